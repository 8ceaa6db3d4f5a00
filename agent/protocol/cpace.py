"""CPace-X25519-SHA512, the arithmetic alone (draft-irtf-cfrg-cpace-21).

X25519, SHA-512 and HMAC come from `cryptography`. Only the map from a hash to a point of
the curve (Elligator2) is ours. It has no branch and no table index that depends on the
password, but Python's long integers are not constant-time, so an attacker who can measure
nanoseconds ON the customer's machine might learn something. Over the network this is far
below the noise, and each password bears three tries.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from agent.protocol.errors import Code, ProtocolError

DSI = b"CPace255"
DSI_ISK = b"CPace255_ISK"
MAC_LABEL = b"CPaceMac"
SID_OUTPUT_LABEL = b"CPaceSidOutput"
HASH_BLOCK = 128  # SHA-512's input block in bytes
SHARE_SIZE = 32
TAG_SIZE = 64

_P = 2**255 - 19
_A = 486662


def prepend_length(data: bytes) -> bytes:
    """Return `data` behind its length in LEB128 (7 bits a byte, the low ones first)."""
    rest, head = len(data) >> 7, bytearray([len(data) & 0x7F])
    while rest:
        head[-1] |= 0x80
        head.append(rest & 0x7F)
        rest >>= 7
    return bytes(head) + data


def lv_cat(*parts: bytes) -> bytes:
    """Return all parts, each behind its length."""
    return b"".join(prepend_length(part) for part in parts)


def generator_string(prs: bytes, ci: bytes, sid: bytes) -> bytes:
    """Return what is hashed to the generator.

    Zeros after the password fill the first input block of the hash, so that the time of
    hashing says nothing about the password beyond its length.
    """
    padding = max(0, HASH_BLOCK - 1 - len(lv_cat(prs)) - len(lv_cat(DSI)))
    return lv_cat(DSI, prs, bytes(padding), ci, sid)


def elligator2(r: int) -> int:
    """Map a field element to the u coordinate of a point (RFC 9380 section 6.7.1, Z = 2)."""
    v = -_A * pow(1 + 2 * r * r, _P - 2, _P) % _P
    # Euler's criterion on the curve's equation: 1, or p - 1 where v is on the twist.
    euler = pow(v * (v * (v + _A) + 1), (_P - 1) // 2, _P)
    # v, or -v - A: chosen by arithmetic, not by a branch.
    on_twist = (1 - euler) * pow(2, -1, _P) % _P
    return (v + on_twist * (-_A - 2 * v)) % _P


def generator(prs: bytes, ci: bytes, sid: bytes) -> bytes:
    """Return the session's generator: 32 bytes, the u coordinate, low byte first."""
    digest = hashlib.sha512(generator_string(prs, ci, sid)).digest()[:32]
    r = int.from_bytes(digest, "little") & (2**255 - 1)
    return elligator2(r % _P).to_bytes(32, "little")


def scalar_mult(scalar: bytes, point: bytes) -> bytes:
    """Return X25519(scalar, point); ProtocolError `invalid-share` if the result is zero."""
    try:
        result = X25519PrivateKey.from_private_bytes(scalar).exchange(
            X25519PublicKey.from_public_bytes(point)
        )
    except ValueError:
        # OpenSSL refuses points of low order itself; a wrong length comes here too.
        raise ProtocolError(Code.INVALID_SHARE, "low order or wrong length") from None
    if not any(result):
        raise ProtocolError(Code.INVALID_SHARE, "low order")
    return result


def new_scalar() -> bytes:
    """Return a fresh secret scalar of 32 bytes; X25519 clamps it."""
    return secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Half:
    """What one end contributes in the open: its share (32 bytes) and associated data."""

    share: bytes
    ad: bytes

    def encoded(self) -> bytes:
        """Return share and data, each behind its length."""
        return lv_cat(self.share, self.ad)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What both ends hold when they used the same password: the key and both tags."""

    isk: bytes
    tag_initiator: bytes
    tag_responder: bytes


def outcome(sid: bytes, k: bytes, initiator: Half, responder: Half) -> Outcome:
    """Return the intermediate session key (64 bytes) and the confirmation tags (64 bytes).

    Args:
        sid: the session id that both ends contributed to.
        k: the X25519 result, 32 bytes.
        initiator: Ya and ADa.
        responder: Yb and ADb.
    """
    transcript = initiator.encoded() + responder.encoded()
    isk = hashlib.sha512(lv_cat(DSI_ISK, sid, k) + transcript).digest()
    mac_key = hashlib.sha512(MAC_LABEL + sid + isk).digest()
    return Outcome(
        isk=isk,
        tag_initiator=hmac.digest(mac_key, initiator.encoded(), "sha512"),
        tag_responder=hmac.digest(mac_key, responder.encoded(), "sha512"),
    )


def sid_output(initiator: Half, responder: Half) -> bytes:
    """Return the public name of a finished run, 64 bytes."""
    transcript = initiator.encoded() + responder.encoded()
    return hashlib.sha512(SID_OUTPUT_LABEL + transcript).digest()


def same_tag(expected: bytes, received: bytes) -> bool:
    """Compare two tags in constant time."""
    return hmac.compare_digest(expected, received)
