"""Lossy, for photographs only; they are sent losslessly once they are calm."""

import io

from PIL import Image

from agent.encode.means import Jpeg


def encode(image: Image.Image, how: Jpeg) -> bytes:
    """Code an RGB image as a baseline JPEG."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=how.quality, subsampling=how.subsampling)
    return buffer.getvalue()
