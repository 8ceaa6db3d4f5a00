"""What a picture hashes to, the same at both ends. docs/protocol.md section 6.2."""

import hashlib

from agent.capture.base import Box, Picture
from agent.encode.kernel import Kernel

# By bands, since a browser hashes nothing piece by piece, and a whole screen is large.
BAND = 64


def digest(kernel: Kernel, picture: Picture) -> bytes:
    """Return 32 bytes: SHA-256 over the SHA-256 of each band of rows."""
    bands = hashlib.sha256()
    for top in range(0, picture.height, BAND):
        box = Box(0, top, picture.width, min(top + BAND, picture.height))
        bands.update(hashlib.sha256(kernel.pack(picture, box)).digest())
    return bands.digest()
