"""Going on after a lost line without a password. docs/protocol.md section 4.4.

No IO and no clock: whoever owns the keys forgets them in time.
"""

import secrets
from collections.abc import Callable
from enum import Enum, auto

from agent.protocol import cpace
from agent.protocol.errors import Code, ProtocolError, Refused
from agent.protocol.fields import Fields, malformed, to_base64url
from agent.protocol.framing import handshake_message, parse_handshake
from agent.protocol.keys import (
    EPOCH_MAX,
    ResumedKeys,
    ResumeHalf,
    ResumeSecret,
    SessionKeys,
    derive_resumed,
    resume_transcript,
)

NONCE_SIZE = 16
TAG_SIZE = 32
# RFC 7748: u = 9.
BASE_POINT = b"\x09" + bytes(31)

RandomBytes = Callable[[int], bytes]


class KeptSecrets:
    """What an end keeps for a line that breaks.

    The newest secret, and the one before until the other end has shown that it has the newest,
    too: otherwise a line cut in the middle of a resumption would strand both.
    """

    def __init__(self) -> None:
        self._kept: list[ResumeSecret] = []

    def __bool__(self) -> bool:
        return bool(self._kept)

    def begin(self, secret: ResumeSecret) -> None:
        """Keep this alone: it comes from a password."""
        self._kept = [secret]

    def add(self, before: ResumeSecret, secret: ResumeSecret) -> None:
        """Keep `secret`, and the one `before` from which it was derived."""
        self._kept = [before, secret]

    def settle(self) -> None:
        """Forget all but the newest: a record of its epoch has opened."""
        del self._kept[:-1]

    def forget(self) -> None:
        """Forget all; only a password opens the next pairing."""
        self._kept.clear()

    def newest_first(self) -> list[ResumeSecret]:
        """Return what a resumption may begin from."""
        return self._kept[::-1]

    def before_epoch(self, epoch: int) -> ResumeSecret | None:
        """Return the secret from which the keys of `epoch` are derived, if it is still held."""
        return next((secret for secret in self._kept if secret.epoch + 1 == epoch), None)


class ResumeAnswer:
    """A's half of one attempt: answers T's share, then checks T's proof."""

    def __init__(
        self, support_id: str, kept: KeptSecrets, fields: Fields, random_bytes: RandomBytes
    ) -> None:
        """Take step 1.

        Raises ProtocolError `malformed`, `invalid-share`, or `not-resumed` where the
        secret of the epoch before is not held.
        """
        epoch = fields.integer("epoch", 1, EPOCH_MAX)
        theirs = _half(fields)
        before = kept.before_epoch(epoch)
        if before is None:
            raise ProtocolError(Code.NOT_RESUMED, f"nothing is kept for epoch {epoch}")
        self.before = before
        nonce = random_bytes(NONCE_SIZE)
        scalar = random_bytes(cpace.SHARE_SIZE)
        own = ResumeHalf(nonce, cpace.scalar_mult(scalar, BASE_POINT))
        transcript = resume_transcript(support_id, epoch, theirs, own)
        shared = cpace.scalar_mult(scalar, theirs.share)
        self._resumed = derive_resumed(before, shared, transcript)
        self.message = _said("resuming", own, tag=to_base64url(self._resumed.tag_agent))

    def proved(self, fields: Fields) -> SessionKeys:
        """Return the keys after step 3; ProtocolError `malformed` or `not-resumed`."""
        tag = fields.octets("tag", TAG_SIZE, TAG_SIZE)
        if not cpace.same_tag(self._resumed.tag_technician, tag):
            raise ProtocolError(Code.NOT_RESUMED, "the technician's tag is wrong")
        return self._resumed.keys


class _Expecting(Enum):
    RESUMING = auto()
    RESUMED = auto()
    NOTHING = auto()


class Resumer:
    """T's half of one attempt, for tests; the page has its own in JavaScript."""

    def __init__(
        self,
        support_id: str,
        before: ResumeSecret,
        *,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        """Prepare an attempt; another source of `random_bytes` only for test vectors."""
        self.before = before
        # Set as soon as A has proved itself: from then on A may hold them, too.
        self.derived: SessionKeys | None = None
        self.keys: SessionKeys | None = None
        self._support_id = support_id
        self._epoch = before.epoch + 1
        nonce = random_bytes(NONCE_SIZE)
        self._scalar = random_bytes(cpace.SHARE_SIZE)
        self._own = ResumeHalf(nonce, cpace.scalar_mult(self._scalar, BASE_POINT))
        self._expecting = _Expecting.RESUMING

    def start(self) -> bytes:
        """Return step 1."""
        return _said("resume", self._own, epoch=self._epoch)

    def receive(self, message: bytes) -> list[bytes]:
        """Take one handshake from A; return what answers it.

        Raises Refused when A says no, ProtocolError otherwise; this attempt is then over.
        """
        expecting, self._expecting = self._expecting, _Expecting.NOTHING
        fields = Fields(parse_handshake(message))
        step = fields.text("step", 20)
        if step == "refused":
            raise Refused(Code.NOT_RESUMED, None)
        if step == "resuming" and expecting is _Expecting.RESUMING:
            return self._resuming(fields)
        if step == "resumed" and expecting is _Expecting.RESUMED:
            self.keys = self.derived
            return []
        if step in {"resuming", "resumed"}:
            raise ProtocolError(Code.OUT_OF_ORDER, step)
        raise malformed("unknown step")

    def _resuming(self, fields: Fields) -> list[bytes]:
        theirs = _half(fields)
        tag = fields.octets("tag", TAG_SIZE, TAG_SIZE)
        transcript = resume_transcript(self._support_id, self._epoch, self._own, theirs)
        shared = cpace.scalar_mult(self._scalar, theirs.share)
        resumed: ResumedKeys = derive_resumed(self.before, shared, transcript)
        if not cpace.same_tag(resumed.tag_agent, tag):
            raise ProtocolError(Code.NOT_CONFIRMED, "the agent's tag is wrong")
        self.derived = resumed.keys
        self._expecting = _Expecting.RESUMED
        proof = to_base64url(resumed.tag_technician)
        return [handshake_message({"step": "proof", "tag": proof})]


def _half(fields: Fields) -> ResumeHalf:
    return ResumeHalf(
        fields.octets("nonce", NONCE_SIZE, NONCE_SIZE),
        fields.octets("share", cpace.SHARE_SIZE, cpace.SHARE_SIZE),
    )


def _said(step: str, half: ResumeHalf, **more: object) -> bytes:
    nonce, share = to_base64url(half.nonce), to_base64url(half.share)
    return handshake_message({"step": step, "nonce": nonce, "share": share, **more})
