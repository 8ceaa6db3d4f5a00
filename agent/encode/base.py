"""From the memory of a captured screen to an image that the coders take."""

from PIL import Image

from agent.capture.base import Box, Picture


def image_of(picture: Picture, box: Box, *, every: int = 1) -> Image.Image:
    """Return a part of the screen as an RGB image; its pixels are copied.

    Args:
        picture: the screen.
        box: the part.
        every: take only every so many rows, beginning with the first.
    """
    rows = -(-(box.y1 - box.y0) // every)
    stride = picture.stride * every
    start = box.y0 * picture.stride + box.x0 * 4
    end = start + (rows - 1) * stride + (box.x1 - box.x0) * 4
    return Image.frombytes(
        "RGB",
        (box.x1 - box.x0, rows),
        picture.pixels[start:end],
        "raw",
        picture.layout,
        stride,
        1,
    )
