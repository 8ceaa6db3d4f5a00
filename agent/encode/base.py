"""From the memory of a captured screen to an image that the coders take."""

from PIL import Image

from agent.capture.base import Box, Picture


def image_of(picture: Picture, box: Box) -> Image.Image:
    """Return a part of the screen as an RGB image; its pixels are copied."""
    start = box.y0 * picture.stride + box.x0 * 4
    end = (box.y1 - 1) * picture.stride + box.x1 * 4
    return Image.frombytes(
        "RGB",
        (box.x1 - box.x0, box.y1 - box.y0),
        picture.pixels[start:end],
        "raw",
        picture.layout,
        picture.stride,
        1,
    )
