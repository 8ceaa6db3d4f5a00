"""Digests of whole pictures, by the words of docs/protocol.md section 6.2."""

import hashlib

from tests.vectors.seeds import seeded

BAND = 64
SIZES = ((1, 1), (5, 3), (3, 63), (2, 64), (2, 65), (1, 130))


def checksum() -> object:
    """Return the content of checksum.json."""
    pictures = []
    for width, height in SIZES:
        rgb = seeded(f"checksum {width} {height}", width * height * 3)
        band = BAND * width * 3
        hashes = [
            hashlib.sha256(rgb[start : start + band]).digest() for start in range(0, len(rgb), band)
        ]
        digest = hashlib.sha256(b"".join(hashes)).hexdigest()
        pictures.append({"width": width, "height": height, "rgb": rgb.hex(), "digest": digest})
    return {"pictures": pictures}
