"""The picture as the technician has it, and the frames that bring it up to date.

The encoder keeps a copy of what was sent (the shadow). A frame is what differs from it:
what only moved as copies of what is there already, drawn parts losslessly, and photographic
parts as JPEG, and those losslessly too once they have been calm for a moment. After that the
two screens are identical, bit for bit.
"""

import dataclasses

from agent.capture.base import Box, Picture
from agent.encode import classify, jpeg
from agent.encode.area import TILE, TileGrid, rectangles, widened
from agent.encode.base import image_of
from agent.encode.copy import Copy, find_copies
from agent.encode.kernel import Kernel, Pair, load
from agent.encode.lossy import LossyTiles
from agent.encode.zstd import ZstdStream
from agent.protocol.picture import Codec, Frame, Rect, copy_data

# So many pixels at most in one such frame, so that typing need not wait behind it.
REFINE_PIXELS = 256 * 1024
# Beyond this, the rest of a frame goes as JPEG: a frame may have 16 MiB.
LOSSLESS_BYTES = 8 * 1024 * 1024


class ScreenEncoder:
    """Turns captured pictures into frames. Everything it returns must be sent, in order."""

    def __init__(self, kernel: Kernel | None = None) -> None:
        """Begin; without a kernel the fastest there is is taken."""
        self._kernel = kernel or load()
        self._shadow: Picture | None = None
        self._stream = ZstdStream(1, 1)
        self._lossy = LossyTiles(1, 1)

    def first(self, picture: Picture, now: float) -> Frame:
        """Return the whole screen in a fresh stream, for a pairing, a new size or a refresh.

        Args:
            picture: the screen, up to date everywhere.
            now: monotonic seconds.
        """
        pixels = memoryview(bytearray(picture.pixels))
        self._shadow = dataclasses.replace(picture, pixels=pixels)
        self._stream = ZstdStream(picture.width, picture.height)
        self._lossy = LossyTiles(picture.width, picture.height)
        grid = TileGrid(picture.width, picture.height, marked=True)
        rects = self._rects(self._shadow, None, grid, now)
        return Frame(picture.width, picture.height, tuple(rects), fresh=True)

    def update(
        self, picture: Picture, intervals: list[tuple[int, int]], now: float
    ) -> Frame | None:
        """Return what has changed in these rows since the last frame, or None if nothing has.

        Args:
            picture: the screen, of the same size as at `first`.
            intervals: rows that are up to date in it, first inside, last outside.
            now: monotonic seconds.
        """
        shadow = self._shadow
        if shadow is None:
            raise RuntimeError("first() was never called")
        pair = Pair(picture, shadow)
        grid = TileGrid(picture.width, picture.height)
        self._kernel.mark(pair, grid, intervals)
        if not grid:
            return None
        # Without the compiled loops looking for them takes longer than sending the pixels.
        searching = self._kernel.compiled
        copies = find_copies(self._kernel, pair, grid, intervals) if searching else []
        for copy in copies:
            self._kernel.move(shadow, copy.box, copy.source)
            self._lossy.copied(copy, now)
        if copies:
            # What the copies brought is compared like everything else.
            grid = TileGrid(picture.width, picture.height)
            self._kernel.mark(pair, grid, intervals)
        rects = [_copied(copy) for copy in copies] + self._rects(picture, pair, grid, now)
        _take_over(pair, grid, intervals)
        return Frame(picture.width, picture.height, tuple(rects))

    def refine_at(self) -> float | None:
        """When `refine` next has something to do, in the same seconds; None if never."""
        return self._lossy.calm_at()

    def refine(self, now: float) -> Frame | None:
        """Return a part of what is calm and went as JPEG, now lossless; None if nothing is."""
        shadow, due = self._shadow, self.refine_at()
        if shadow is None or due is None or due > now:
            return None
        rects: list[Rect] = []
        budget = REFINE_PIXELS
        calm = self._lossy.calm(now)
        for box in rectangles(calm):
            columns = box.x1 - box.x0
            rows = min(box.y1 - box.y0, max(1, budget // (columns * 256)))
            part = Box(box.x0, box.y0, box.x1, box.y0 + rows)
            rects.append(self._lossless(shadow, calm.pixels(part)))
            budget -= part.area * 256
            if budget <= 0:
                break
        return Frame(shadow.width, shadow.height, tuple(rects))

    def _rects(self, picture: Picture, pair: Pair | None, grid: TileGrid, now: float) -> list[Rect]:
        """Code the marked tiles; with a pair only what differs in them to the pixel."""
        photos, drawn = classify.split(grid, self._kernel.photographic(picture, grid))
        rects = [self._photo(picture, grid, box, now) for box in photos]
        size = 0
        for box in widened(drawn, grid.columns):
            if size > LOSSLESS_BYTES:
                rects.append(self._photo(picture, grid, box, now))
                continue
            pixels = grid.pixels(box)
            for part in [pixels] if pair is None else self._kernel.split(pair, pixels):
                rects.append(self._lossless(picture, part))
                size += len(rects[-1].data)
        return rects

    def _photo(self, picture: Picture, grid: TileGrid, box: Box, now: float) -> Rect:
        self._lossy.add(box, now)
        pixels = grid.pixels(box)
        return _rect(pixels, Codec.JPEG, jpeg.encode(image_of(picture, pixels)))

    def _lossless(self, picture: Picture, pixels: Box) -> Rect:
        self._lossy.lossless(pixels)
        return _rect(pixels, Codec.ZSTD, self._stream.encode(self._kernel.pack(picture, pixels)))


def _take_over(pair: Pair, grid: TileGrid, intervals: list[tuple[int, int]]) -> None:
    """Copy those of the rows in which a tile is marked from the new picture to the old one."""
    stride = pair.new.stride
    for first, last in intervals:
        for row in range(first // TILE, -(-last // TILE)):
            if 1 in grid.row(row):
                top, bottom = max(first, row * TILE), min(last, (row + 1) * TILE)
                part = slice(top * stride, bottom * stride)
                pair.old.pixels[part] = pair.new.pixels[part]


def _rect(box: Box, codec: Codec, data: bytes) -> Rect:
    return Rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, codec, data)


def _copied(copy: Copy) -> Rect:
    return _rect(copy.box, Codec.COPY, copy_data(*copy.source))
