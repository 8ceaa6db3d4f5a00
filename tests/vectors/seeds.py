"""Bytes that look random and are the same on every run."""

import hashlib
from collections.abc import Callable


def seeded(label: str, size: int) -> bytes:
    """Return `size` bytes that follow from `label`."""
    return hashlib.shake_256(f"dibuc vectors {label}".encode()).digest(size)


def stream(data: bytes) -> Callable[[int], bytes]:
    """Return a source of random bytes that hands out `data` from the front."""
    rest = bytearray(data)

    def take(size: int) -> bytes:
        piece = bytes(rest[:size])
        del rest[:size]
        return piece

    return take
