"""The one interface behind which every way of bringing pixels to the technician stands.

A frame in the making is a `Work`. The stages get it one after the other, each does what it is
good at and leaves the rest: `work.left` holds the tiles it may bring. What a stage cannot do in
this frame, it leaves marked; what has not been brought in the end waits for the next frame, and
is then coded as it looks by that time.

Two kinds of stages, told apart by where `ScreenEncoder` lists them:

- *whole*: see everything that has changed, whenever something has (planes, copies, video).
- *piecewise*: see a part of the screen at a time, until the frame is full (JPEG, zstd).
"""

import abc
import dataclasses
from dataclasses import dataclass, field

from agent.capture.base import Box, Picture
from agent.encode.area import TILE, TileGrid, touched
from agent.encode.copy import Copy
from agent.encode.kernel import Kernel, Pair
from agent.encode.lossy import LossyTiles
from agent.encode.means import Means
from agent.encode.zstd import ZstdStream
from agent.protocol.picture import Codec, Rect


class Canvas:
    """The technician's picture as it will be once everything that was sent is painted.

    Attributes:
        shadow: the true pixels of what was sent last, everywhere.
        lossy: the tiles that he has only roughly: as preview, as JPEG, out of a film.
        stream: the session's one zstd stream. What it has coded must be sent.
    """

    def __init__(self, picture: Picture) -> None:
        """Take a copy of a picture for what the technician has."""
        pixels = memoryview(bytearray(picture.pixels))
        self.shadow = dataclasses.replace(picture, pixels=pixels)
        self.lossy = LossyTiles(picture.width, picture.height)
        self.stream = ZstdStream(picture.width, picture.height)

    def take(self, picture: Picture, box: Box) -> None:
        """Copy a box of pixels from a picture of the same shape: it was sent."""
        stride, shadow = picture.stride, self.shadow.pixels
        if box.x1 - box.x0 == picture.width:
            part = slice(box.y0 * stride, box.y1 * stride)
            shadow[part] = picture.pixels[part]
            return
        length = (box.x1 - box.x0) * 4
        first = box.y0 * stride + box.x0 * 4
        for start in range(first, first + (box.y1 - box.y0) * stride, stride):
            shadow[start : start + length] = picture.pixels[start : start + length]


@dataclass(slots=True)
class Work:
    """One frame in the making.

    Attributes:
        kernel: the inner loops.
        canvas: what the technician has, the rectangles of this frame included.
        picture: the screen as it is; up to date in the rows of `intervals` only.
        intervals: those rows, first inside, last outside; neither touching nor overlapping.
        changed: the tiles that differ and that nothing in this frame brings yet.
        left: those of them that the stage may bring now: for a whole one `changed` itself.
        now: monotonic seconds.
        means: what the line allows.
        fresh: what may have changed since the frame before, in pixels; the rest has waited.
        rects: the frame so far, in painting order.
        copies: what of this frame only moved.
        pair: the screen as it is, and as the technician has it after the rectangles so far.
    """

    kernel: Kernel
    canvas: Canvas
    picture: Picture
    intervals: list[tuple[int, int]]
    changed: TileGrid
    left: TileGrid
    now: float
    means: Means
    fresh: list[Box] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    size: int = 0
    painted: int = 0
    pair: Pair = field(init=False)

    def __post_init__(self) -> None:
        self.pair = Pair(self.picture, self.canvas.shadow)

    def news(self) -> TileGrid:
        """Return the tiles of `changed` that have changed since the frame before."""
        changed, news = self.changed, TileGrid(self.changed.width, self.changed.height)
        for box in self.fresh:
            first = max(box.x0, 0) // TILE
            last = min(-(-box.x1 // TILE), changed.columns)
            for row in range(max(box.y0, 0) // TILE, min(-(-box.y1 // TILE), changed.rows)):
                part = slice(row * changed.columns + first, row * changed.columns + last)
                news.cells[part] = changed.cells[part]
        return news

    @property
    def mending(self) -> bool:
        """Whether it brings what the technician has roughly, though nothing has changed."""
        return self.picture is self.canvas.shadow

    @property
    def full(self) -> bool:
        """Whether the frame is long enough; nothing more is coded into it then."""
        return self.size >= self.means.frame_bytes or self.painted >= self.means.frame_pixels

    def add(self, box: Box, codec: Codec, data: bytes) -> None:
        """Append a rectangle. The caller keeps `canvas` true: shadow and lossy tiles."""
        self.rects.append(Rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, codec, data))
        self.size += len(data)

    def brought(self, tiles: Box) -> None:
        """Note that rectangles bring all of a box of tiles, exactly or roughly."""
        pixels = self.left.pixels(tiles)
        if not self.mending:
            self.canvas.take(self.picture, pixels)
        self.changed.fill(tiles, 0)
        self.left.fill(tiles, 0)
        self.painted += pixels.area


class Stage(abc.ABC):
    """One way of bringing pixels to the technician. It may remember things from frame to frame."""

    def restart(self, canvas: Canvas) -> None:  # noqa: B027 (most stages remember nothing)
        """Forget everything: a fresh stream begins, perhaps of another size."""

    @abc.abstractmethod
    def run(self, work: Work) -> None:
        """Append rectangles for what this stage is good at.

        Which tiles are brought, exactly or roughly, is told by `work.brought`; roughly also by
        `work.canvas.lossy.add`. A stage that moves what the technician has already instead
        (copies, planes) paints the same onto `work.canvas.shadow`, keeps `canvas.lossy` true
        and calls `moved`.
        """


def moved(work: Work, boxes: list[Box]) -> None:
    """Compare again, after something was painted onto the shadow that it brought along.

    Args:
        work: the frame.
        boxes: where it was painted, in pixels; elsewhere nothing new can differ.
    """
    for box in boxes:
        work.changed.fill(touched(box), 1)
    work.changed = work.left = work.kernel.differing(work.pair, work.changed)
