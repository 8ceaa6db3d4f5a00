"""What an exchange yields: the keys of both directions. docs/protocol.md sections 4.1 and 4.4."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RESUME_PREFIX = b"dibuc/1 resume\x00"
EPOCH_MAX = 255

_VERIFICATION_CODES = 1_000_000


@dataclass(frozen=True, slots=True)
class DirectionKeys:
    """What `records.Sealer` and `records.Opener` of one direction take."""

    key: bytes  # 32 bytes
    iv: bytes  # 12 bytes


@dataclass(frozen=True, slots=True)
class ResumeSecret:
    """What is left of an epoch when its keys are forgotten: the next one begins from it."""

    secret: bytes  # 32 bytes
    epoch: int
    verification_code: str


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """What a finished exchange yields."""

    agent_to_technician: DirectionKeys
    technician_to_agent: DirectionKeys
    resume: bytes  # 32 bytes
    verification_code: str  # shown at both ends: '123 456'
    epoch: int = 0  # of the records sealed with these keys

    @property
    def resume_secret(self) -> ResumeSecret:
        """Return what to keep for a line that breaks."""
        return ResumeSecret(self.resume, self.epoch, self.verification_code)


@dataclass(frozen=True, slots=True)
class ResumedKeys:
    """What a resumption yields: the keys of its epoch, and how each end proves that it has them."""

    keys: SessionKeys
    tag_agent: bytes  # 32 bytes
    tag_technician: bytes  # 32 bytes


@dataclass(frozen=True, slots=True)
class ResumeHalf:
    """What one end contributes to a resumption in the open: nonce and X25519 share."""

    nonce: bytes  # 16 bytes
    share: bytes  # 32 bytes


Expand = Callable[[bytes, int], bytes]


def derive_keys(isk: bytes, transcript: bytes) -> SessionKeys:
    """Return the keys from CPace's key and the payloads of steps 1 to 4 with their lengths."""
    expand = _expander(isk, transcript)
    number = int.from_bytes(expand(b"verification", 4), "big") % _VERIFICATION_CODES
    return _keys(expand, f"{number // 1000:03} {number % 1000:03}", 0)


def resume_transcript(
    support_id: str, epoch: int, technician: ResumeHalf, agent: ResumeHalf
) -> bytes:
    """Return what a resumption's keys are bound to; every part has a fixed length."""
    return b"".join(
        (
            RESUME_PREFIX,
            support_id.encode("ascii"),
            bytes([epoch]),
            technician.nonce,
            technician.share,
            agent.nonce,
            agent.share,
        )
    )


def derive_resumed(before: ResumeSecret, shared: bytes, transcript: bytes) -> ResumedKeys:
    """Return the keys of the epoch after `before`.

    Args:
        before: what both ends still hold.
        shared: the X25519 result, 32 bytes, without which the secret alone opens nothing.
        transcript: from `resume_transcript`.
    """
    expand = _expander(before.secret + shared, transcript)
    mac_key = expand(b"resume-confirm", 32)
    return ResumedKeys(
        # The code belongs to the exchange that people may have compared.
        keys=_keys(expand, before.verification_code, before.epoch + 1),
        tag_agent=hmac.digest(mac_key, b"agent", "sha256"),
        tag_technician=hmac.digest(mac_key, b"technician", "sha256"),
    )


def _expander(secret: bytes, transcript: bytes) -> Expand:
    salt = hashlib.sha256(transcript).digest()

    def expand(info: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, salt, b"dibuc/1 " + info).derive(secret)

    return expand


def _keys(expand: Expand, verification_code: str, epoch: int) -> SessionKeys:
    to_technician = expand(b"agent-to-technician", 44)
    to_agent = expand(b"technician-to-agent", 44)
    return SessionKeys(
        agent_to_technician=DirectionKeys(to_technician[:32], to_technician[32:]),
        technician_to_agent=DirectionKeys(to_agent[:32], to_agent[32:]),
        resume=expand(b"resume", 32),
        verification_code=verification_code,
        epoch=epoch,
    )
