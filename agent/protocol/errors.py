"""The one error of the protocol. Codes: docs/protocol.md section 7."""

from enum import StrEnum


class Code(StrEnum):
    """Why a message, an exchange or a socket was refused."""

    PROTOCOL_UNSUPPORTED = "protocol-unsupported"
    HELLO_EXPECTED = "hello-expected"
    HELLO_TIMEOUT = "hello-timeout"
    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    TOO_FAST = "too-fast"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    NO_CREDIT = "no-credit"
    BAD_CREDIT = "bad-credit"
    UNKNOWN_ID = "unknown-id"
    BUSY = "busy"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    TOO_MANY_SOCKETS = "too-many-sockets"
    NOT_ALLOWED = "not-allowed"
    SERVER_STOPPING = "server-stopping"
    INTERNAL = "internal"
    # Between the ends only; the server never sees why.
    WRONG_PASSWORD = "wrong-password"  # noqa: S105
    PASSWORD_ROTATED = "password-rotated"  # noqa: S105
    LOCKED = "locked"
    NOT_CONFIRMED = "not-confirmed"
    NOT_RESUMED = "not-resumed"
    INVALID_SHARE = "invalid-share"
    OUT_OF_ORDER = "out-of-order"
    BAD_RECORD = "bad-record"


class ProtocolError(Exception):
    """The other end broke the protocol, or refused.

    Attributes:
        code: what goes to the other end, one of `Code`.
        detail: what and where, for a log; never a secret, never shown to a person.
    """

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail


class Refused(ProtocolError):  # noqa: N818 - it is what A said, not a fault of T
    """A refused the key exchange (step `refused`).

    Attributes:
        tries_left: wrong tries that the present password still bears; None if A did not say.
    """

    def __init__(self, code: Code, tries_left: int | None) -> None:
        super().__init__(code)
        self.tries_left = tries_left
