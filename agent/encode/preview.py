"""Half the resolution first: what much change looks like, in a tenth of its bytes."""

from agent.capture.base import Box
from agent.encode import jpeg
from agent.encode.area import TILE
from agent.encode.base import image_of
from agent.encode.coder import Work
from agent.encode.lossy import Level
from agent.encode.means import Jpeg
from agent.protocol.picture import Codec

# Worth while if what is left would take so many seconds, and the preview a third of that.
SECONDS_LEAST = 0.1
SHARE_MOST = 1 / 3
# Smaller boxes wait for their pixels.
PIXELS_LEAST = 64 * 1024
# Rows of tiles that are coded to learn what a preview costs.
SAMPLE_ROWS = 4


def preview_rest(work: Work, how: Jpeg, *, least: int = PIXELS_LEAST) -> None:
    """Append a preview of everything that this frame does not bring, and will be mended at once.

    Args:
        work: the frame; what is left of it is in `changed`.
        how: how well.
        least: pixels of the smallest box that gets one.
    """
    for box in work.kernel.rectangles(work.changed):
        pixels = work.changed.pixels(box)
        if pixels.area >= least:
            work.add(pixels, Codec.PREVIEW, _coded(work, pixels, how))
            work.canvas.lossy.add(box, work.now, Level.PREVIEW)
            work.brought(box)


def worth_while(work: Work, how: Jpeg) -> bool:
    """Whether what waits looks so dear, after what this frame has cost, that a preview pays."""
    boxes = work.kernel.rectangles(work.changed)
    largest = max(boxes, key=lambda box: box.area, default=None)
    if largest is None or not work.painted or work.changed.pixels(largest).area < PIXELS_LEAST:
        return False
    left = work.changed.cells.count(1) * TILE * TILE
    dear = left * work.size / work.painted
    if dear < SECONDS_LEAST * work.means.bytes_per_second:
        return False
    rows = Box(largest.x0, largest.y0, largest.x1, min(largest.y1, largest.y0 + SAMPLE_ROWS))
    sample = work.changed.pixels(rows)
    return left * len(_coded(work, sample, how)) / sample.area < SHARE_MOST * dear


def _coded(work: Work, pixels: Box, how: Jpeg) -> bytes:
    image = image_of(work.picture, pixels)
    return jpeg.encode(image.reduce(2), how)
