"""The key exchange as two state machines without IO. docs/protocol.md section 4.

A is the agent (responder), T the technician's page (initiator). T proves first that it
knows the password; A counts the try before it answers with its share.
"""

import secrets
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Self

from agent.protocol import cpace, damm
from agent.protocol.errors import Code, ProtocolError, Refused
from agent.protocol.fields import Fields, dump_json, malformed, to_base64url
from agent.protocol.framing import handshake_message, parse_handshake
from agent.protocol.keys import SessionKeys, derive_keys
from agent.protocol.resume import KeptSecrets, ResumeAnswer

CI_PREFIX = b"dibuc/1 CPace-X25519-SHA512\x00"
NONCE_SIZE = 16
AD_MAX = 1024
TRIES = 3  # wrong tries that one password bears
ROTATIONS = 2  # passwords used up like that until the customer must click


@dataclass(frozen=True, slots=True)
class TechnicianIdentity:
    """Who wants to connect, as A shows it: ADa of the exchange."""

    name: str
    company: str
    origin: str

    @classmethod
    def parse(cls, ad: bytes) -> Self:
        """Read ADa; ProtocolError `malformed`."""
        fields = Fields.of_json(ad, AD_MAX)
        return cls(
            fields.line("name", 100), fields.line("company", 100), fields.line("origin", 200)
        )


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """Which agent answers, as T shows it: ADb of the exchange."""

    agent_version: str
    platform: str

    @classmethod
    def parse(cls, ad: bytes) -> Self:
        """Read ADb; ProtocolError `malformed`."""
        fields = Fields.of_json(ad, AD_MAX)
        return cls(fields.line("agent_version", 20), fields.line("platform", 60))


def channel_identifier(support_id: str) -> bytes:
    """Return CI: the suite and the session that the password belongs to."""
    return CI_PREFIX + support_id.encode("ascii")


class _Transcript:
    def __init__(self) -> None:
        self.data = b""

    def add(self, message: bytes) -> None:
        payload = message[1:]
        self.data += struct.pack("!I", len(payload)) + payload


class _Expecting(Enum):
    HELLO = auto()
    NONCE = auto()
    INITIATOR = auto()
    RESPONDER = auto()
    CONFIRM = auto()
    CONFIRMED = auto()
    NOTHING = auto()


class Responder:
    """A's half. It lives as long as the agent and owns the password.

    Every handshake from T goes into `receive`; what that returns goes to T. Read `password`,
    `tries_left` and `locked` again after each call, since any of them may have changed. The
    exchange is done when `keys` is set; from then on `peer` says who it is, and `password` is
    already the next one. Where the customer has agreed (`keep`), the same T may come back
    without a password until `forget`.
    """

    def __init__(
        self,
        support_id: str,
        identity: AgentIdentity,
        *,
        make_password: Callable[[], str] = damm.new_password,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Wait for the first technician.

        Args:
            support_id: 9 digits, from the server.
            identity: what T learns about this agent.
            make_password: returns 8 digits; another one only for test vectors.
            random_bytes: nonce and scalar; another one only for test vectors.
        """
        self.support_id = support_id
        self.keys: SessionKeys | None = None
        self.peer: TechnicianIdentity | None = None
        # Whether `keys` come from a resumption: the customer has agreed before.
        self.resumed = False
        self._kept = KeptSecrets()
        self._kept_peer: TechnicianIdentity | None = None
        self._ad = dump_json(asdict(identity)).encode()
        self._make_password = make_password
        self._random_bytes = random_bytes
        self._password = make_password()
        self._tries_left = TRIES
        self._rotations = 0
        self._begin()

    @property
    def password(self) -> str:
        """The 8 digits that the customer reads out."""
        return self._password

    @property
    def tries_left(self) -> int:
        """Wrong tries that the present password still bears."""
        return 0 if self.locked else self._tries_left

    @property
    def locked(self) -> bool:
        """Whether too many passwords were used up, and the customer must click."""
        return self._rotations >= ROTATIONS

    def unlock(self) -> None:
        """Make a new password and give all tries back: the customer clicked."""
        self._rotations = 0
        self._tries_left = TRIES
        self.rotate()

    def rotate(self) -> None:
        """Replace the password, which ends a running exchange. It gives no try back."""
        self._password = self._make_password()
        self._begin()

    def renumber(self, support_id: str) -> None:
        """Go on under another support ID, with a new password. It gives no try back.

        Otherwise whoever hands out the IDs could buy tries with every new one.
        """
        self.support_id = support_id
        self.forget()
        self.unpair()
        self.rotate()

    @property
    def resumable(self) -> bool:
        """Whether T may come back without a password."""
        return bool(self._kept)

    def keep(self) -> None:
        """Let this T come back after a lost line: the customer has agreed to it."""
        if self.keys is not None and not self.resumed:
            self._kept.begin(self.keys.resume_secret)
            self._kept_peer = self.peer

    def settle(self) -> None:
        """Forget what came before the present keys: a record of T under these has opened."""
        self._kept.settle()

    def forget(self) -> None:
        """Let nobody come back without a password."""
        self._kept.forget()
        self._kept_peer = None

    def unpair(self) -> None:
        """Forget T and the keys: T or the server is gone, and another pairing may come.

        It gives no try back; otherwise leaving and coming back would buy any number of them.
        What `keep` has kept stays.
        """
        self.keys = None
        self.peer = None
        self.resumed = False
        self._begin()

    def receive(self, message: bytes) -> list[bytes]:
        """Take one handshake from T; return the handshakes that answer it.

        Whatever is wrong with it is answered with the step `refused`, and T may begin again
        with `hello`; a try that was counted stays counted.
        """
        try:
            return self._step(message)
        except ProtocolError as error:
            if self.keys is None:
                self._begin()
            return [_refused(error.code)]

    def _begin(self) -> None:
        self._expecting = _Expecting.NOTHING if self.keys else _Expecting.HELLO
        self._transcript = _Transcript()
        self._nonce = b""
        self._outcome: cpace.Outcome | None = None
        self._claimed: TechnicianIdentity | None = None
        self._resuming: ResumeAnswer | None = None

    def _step(self, message: bytes) -> list[bytes]:
        fields = Fields(parse_handshake(message))
        step = fields.text("step", 20)
        if self.keys:
            raise ProtocolError(Code.OUT_OF_ORDER, f"{step} after the exchange")
        if step == "hello":
            return self._hello(message)
        if step == "resume":
            return self._resume(fields)
        if step == "proof" and self._resuming is not None:
            return self._proof(fields, self._resuming)
        if step == "initiator" and self._expecting is _Expecting.INITIATOR:
            return self._initiator(message, fields)
        if step == "confirm" and self._expecting is _Expecting.CONFIRM:
            return self._confirm(fields)
        if step in {"initiator", "confirm", "proof"}:
            raise ProtocolError(Code.OUT_OF_ORDER, step)
        raise malformed("unknown step")

    def _hello(self, message: bytes) -> list[bytes]:
        self._begin()
        if self.locked:
            return [_refused(Code.LOCKED, 0)]
        if self._tries_left == 0:
            # The last try was counted, and T left before it proved anything.
            return [self._use_up()]
        self._nonce = self._random_bytes(NONCE_SIZE)
        answer = handshake_message({"step": "nonce", "nonce": to_base64url(self._nonce)})
        self._transcript.add(message)
        self._transcript.add(answer)
        self._expecting = _Expecting.INITIATOR
        return [answer]

    def _initiator(self, message: bytes, fields: Fields) -> list[bytes]:
        nonce = fields.octets("nonce", NONCE_SIZE, NONCE_SIZE)
        share = fields.octets("share", cpace.SHARE_SIZE, cpace.SHARE_SIZE)
        ad = fields.octets("ad", 2, AD_MAX)
        self._claimed = TechnicianIdentity.parse(ad)
        # Before anything is computed from the password, let alone sent.
        self._tries_left -= 1
        sid = nonce + self._nonce
        ci = channel_identifier(self.support_id)
        scalar = self._random_bytes(cpace.SHARE_SIZE)
        base = cpace.generator(self._password.encode("ascii"), ci, sid)
        own = cpace.Half(cpace.scalar_mult(scalar, base), self._ad)
        theirs = cpace.Half(share, ad)
        self._outcome = cpace.outcome(sid, cpace.scalar_mult(scalar, share), theirs, own)
        answer = handshake_message(
            {
                "step": "responder",
                "share": to_base64url(own.share),
                "ad": to_base64url(own.ad),
            }
        )
        self._transcript.add(message)
        self._transcript.add(answer)
        self._expecting = _Expecting.CONFIRM
        return [answer]

    def _confirm(self, fields: Fields) -> list[bytes]:
        tag = fields.octets("tag", cpace.TAG_SIZE, cpace.TAG_SIZE)
        outcome = self._outcome
        if outcome is None or not cpace.same_tag(outcome.tag_initiator, tag):
            self._begin()
            if self._tries_left:
                return [_refused(Code.WRONG_PASSWORD, self._tries_left)]
            return [self._use_up()]
        self.keys = derive_keys(outcome.isk, self._transcript.data)
        self.peer = self._claimed
        # Whoever knew the password is the technician now.
        self.forget()
        self._tries_left = TRIES
        self._rotations = 0
        self.rotate()  # the old one is spent
        return [
            handshake_message({"step": "confirmed", "tag": to_base64url(outcome.tag_responder)})
        ]

    def _resume(self, fields: Fields) -> list[bytes]:
        self._begin()
        self._resuming = ResumeAnswer(self.support_id, self._kept, fields, self._random_bytes)
        self._expecting = _Expecting.NOTHING
        return [self._resuming.message]

    def _proof(self, fields: Fields, resuming: ResumeAnswer) -> list[bytes]:
        self._begin()
        self.keys = resuming.proved(fields)
        self.peer = self._kept_peer
        self.resumed = True
        self._kept.add(resuming.before, self.keys.resume_secret)
        self._begin()
        return [handshake_message({"step": "resumed"})]

    def _use_up(self) -> bytes:
        self._rotations += 1
        self._tries_left = TRIES
        self.rotate()
        return _refused(Code.LOCKED if self.locked else Code.PASSWORD_ROTATED, self.tries_left)


class Initiator:
    """T's half, for tests and benches; the page has its own in JavaScript. One for each try."""

    def __init__(
        self,
        support_id: str,
        password: str,
        identity: TechnicianIdentity,
        *,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Prepare one try.

        Args:
            support_id: 9 digits.
            password: 8 digits, as the customer read them.
            identity: what the customer sees about T.
            random_bytes: nonce and scalar; another one only for test vectors.
        """
        self.support_id = support_id
        self.keys: SessionKeys | None = None
        self.peer: AgentIdentity | None = None
        self._prs = password.encode("ascii")
        self._ad = dump_json(asdict(identity)).encode()
        self._random_bytes = random_bytes
        self._transcript = _Transcript()
        self._expecting = _Expecting.NONCE
        self._sid = b""
        self._scalar = b""
        self._share = b""
        self._outcome: cpace.Outcome | None = None
        self._claimed: AgentIdentity | None = None

    def start(self) -> bytes:
        """Return step 1."""
        message = handshake_message({"step": "hello"})
        self._transcript.add(message)
        return message

    def receive(self, message: bytes) -> list[bytes]:
        """Take one handshake from A; return what answers it.

        Raises Refused when A says no, ProtocolError otherwise; this try is then over.
        """
        expecting, self._expecting = self._expecting, _Expecting.NOTHING
        fields = Fields(parse_handshake(message))
        step = fields.text("step", 20)
        if step == "refused":
            raise _read_refusal(fields)
        if step == "nonce" and expecting is _Expecting.NONCE:
            return self._nonce(message, fields)
        if step == "responder" and expecting is _Expecting.RESPONDER:
            return self._responder(message, fields)
        if step == "confirmed" and expecting is _Expecting.CONFIRMED:
            return self._confirmed(fields)
        if step in {"nonce", "responder", "confirmed"}:
            raise ProtocolError(Code.OUT_OF_ORDER, step)
        raise malformed("unknown step")

    def _nonce(self, message: bytes, fields: Fields) -> list[bytes]:
        nonce = self._random_bytes(NONCE_SIZE)
        self._sid = nonce + fields.octets("nonce", NONCE_SIZE, NONCE_SIZE)
        self._scalar = self._random_bytes(cpace.SHARE_SIZE)
        base = cpace.generator(self._prs, channel_identifier(self.support_id), self._sid)
        self._share = cpace.scalar_mult(self._scalar, base)
        answer = handshake_message(
            {
                "step": "initiator",
                "nonce": to_base64url(nonce),
                "share": to_base64url(self._share),
                "ad": to_base64url(self._ad),
            }
        )
        self._transcript.add(message)
        self._transcript.add(answer)
        self._expecting = _Expecting.RESPONDER
        return [answer]

    def _responder(self, message: bytes, fields: Fields) -> list[bytes]:
        theirs = cpace.Half(
            fields.octets("share", cpace.SHARE_SIZE, cpace.SHARE_SIZE),
            fields.octets("ad", 2, AD_MAX),
        )
        self._claimed = AgentIdentity.parse(theirs.ad)
        k = cpace.scalar_mult(self._scalar, theirs.share)
        self._outcome = cpace.outcome(self._sid, k, cpace.Half(self._share, self._ad), theirs)
        self._transcript.add(message)
        self._expecting = _Expecting.CONFIRMED
        tag = to_base64url(self._outcome.tag_initiator)
        return [handshake_message({"step": "confirm", "tag": tag})]

    def _confirmed(self, fields: Fields) -> list[bytes]:
        tag = fields.octets("tag", cpace.TAG_SIZE, cpace.TAG_SIZE)
        if self._outcome is None or not cpace.same_tag(self._outcome.tag_responder, tag):
            raise ProtocolError(Code.NOT_CONFIRMED, "the agent's tag is wrong")
        self.keys = derive_keys(self._outcome.isk, self._transcript.data)
        self.peer = self._claimed
        return []


_REFUSALS = frozenset(
    {
        Code.WRONG_PASSWORD,
        Code.PASSWORD_ROTATED,
        Code.LOCKED,
        Code.INVALID_SHARE,
        Code.OUT_OF_ORDER,
        Code.NOT_RESUMED,
        Code.MALFORMED,
        Code.TOO_LARGE,
    }
)


def _refused(code: Code, tries_left: int | None = None) -> bytes:
    fields: dict[str, object] = {"step": "refused", "code": code.value}
    if tries_left is not None:
        fields["tries_left"] = tries_left
    return handshake_message(fields)


def _read_refusal(fields: Fields) -> ProtocolError:
    code = fields.text("code", 30)
    tries_left = fields.integer("tries_left", 0, TRIES) if "tries_left" in fields else None
    if code not in _REFUSALS:
        return malformed("unknown refusal")
    return Refused(Code(code), tries_left)
