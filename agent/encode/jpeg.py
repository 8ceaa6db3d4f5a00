"""Lossy, for photographs only; they are sent losslessly once they are calm."""

import io

from PIL import Image

QUALITY = 82


def encode(image: Image.Image) -> bytes:
    """Code an RGB image as a baseline JPEG with full colour resolution (4:4:4)."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()
