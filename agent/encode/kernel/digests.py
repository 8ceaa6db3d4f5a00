"""What a tile is recognised by: the Python side. NH of RFC 4418, 5.2.2, twice."""

import struct

from agent.capture.base import Box, Picture
from agent.encode.area import TILE

SHIFT = 4
_WORDS = TILE * TILE


def digest(picture: Picture, box: Box, key: bytes) -> bytes:
    """Return the digest of one tile, given as a box of pixels."""
    words = [0] * _WORDS
    for y in range(box.y0, box.y1):
        start = y * picture.stride + box.x0 * 4
        row = struct.unpack_from(f"<{box.x1 - box.x0}I", picture.pixels, start)
        place = (y - box.y0) * TILE
        # A pixel's fourth byte means nothing.
        words[place : place + len(row)] = [word & 0xFFFFFF for word in row]
    keys = struct.unpack(f"<{_WORDS + SHIFT}I", key)
    return struct.pack("<QQ", _nh(words, keys), _nh(words, keys[SHIFT:]))


def _nh(words: list[int], keys: tuple[int, ...]) -> int:
    total = 0
    for i in range(0, _WORDS, 2):
        total += ((words[i] + keys[i]) & 0xFFFFFFFF) * ((words[i + 1] + keys[i + 1]) & 0xFFFFFFFF)
    return total & 0xFFFFFFFFFFFFFFFF
