"""Photographic or drawn? Text and interface have long runs of equal pixels, photographs few."""

from PIL import Image, ImageChops

from agent.capture.base import Box
from agent.encode.area import TILE

# Smaller areas are not worth a picture of their own: their lossless bytes are few.
MIN_PHOTO_TILES = 9
# A box of so many tiles has at least that many marked ones, since narrow gaps are bridged.
MARKED_LEAST = 5
# A single row of tiles is rather a line of text, cut through its letters.
MIN_PHOTO_SIDE = 2
# A fourth of the rows tells enough.
SAMPLED = 4
# Share of pixels that differ from their right neighbour at all, and by a little only.
MANY_UNEQUAL = 0.65
MANY_GENTLE = 0.45
GENTLE = 16

_UNEQUAL = [0, *([255] * 255)]
_GENTLE = [0, *([255] * GENTLE), *([0] * (255 - GENTLE))]


def photographic_tiles(image: Image.Image) -> list[bytes]:
    """For each row of tiles of an RGB image, one byte a tile: 1 photographic, 0 drawn.

    Only the green part is looked at; it carries most of what the eye sees.

    Args:
        image: every `SAMPLED`th row of a part of the screen that starts at a tile's corner.
    """
    width, height = image.size
    columns, rows = -(-width // TILE), -(-height // (TILE // SAMPLED))
    if width < 2:  # noqa: PLR2004 (a single column has no neighbours)
        return [bytes(columns)] * rows
    green = image.getchannel("G")
    steps = ImageChops.difference(
        green.crop((0, 0, width - 1, height)), green.crop((1, 0, width, height))
    )
    tile = (TILE, TILE // SAMPLED)
    padded = Image.new("L", (width, height))
    padded.paste(steps)
    unequal = padded.point(_UNEQUAL).reduce(tile).tobytes()
    gentle = padded.point(_GENTLE).reduce(tile).tobytes()
    flags = bytes(
        u >= MANY_UNEQUAL * 255 or g >= MANY_GENTLE * 255
        for u, g in zip(unequal, gentle, strict=True)
    )
    return [flags[row * columns : (row + 1) * columns] for row in range(rows)]


def photographs(boxes: list[Box]) -> list[Box]:
    """Return those boxes of photographic tiles that are worth a picture of their own.

    Args:
        boxes: in tiles; some of a box may hold drawn ones.
    """
    return [
        box
        for box in boxes
        if box.area >= MIN_PHOTO_TILES and min(box.x1 - box.x0, box.y1 - box.y0) >= MIN_PHOTO_SIDE
    ]
