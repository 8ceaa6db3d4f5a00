"""The picture as the technician has it, and the frames that bring it up to date.

The encoder keeps a copy of what was sent (the shadow). A frame is what differs from it:
drawn parts losslessly, photographic parts as JPEG, and those losslessly too once they have
been calm for a moment. After that the two screens are identical, bit for bit.
"""

import dataclasses

from PIL import Image, ImageChops

from agent.capture.base import Box, Picture
from agent.encode import classify, jpeg
from agent.encode.area import TileGrid, mark_changes, rectangles, widened
from agent.encode.base import image_of
from agent.encode.zstd import ZstdStream
from agent.protocol.picture import Codec, Frame, Rect

# A photographic area that has not changed for so many seconds is sent losslessly.
CALM = 0.3
# So many pixels at most in one such frame, so that typing need not wait behind it.
REFINE_PIXELS = 256 * 1024
# Trimming a large box to the pixel saves next to nothing.
TRIM_PIXELS = 128 * 1024
# Beyond this, the rest of a frame goes as JPEG: a frame may have 16 MiB.
LOSSLESS_BYTES = 8 * 1024 * 1024


class ScreenEncoder:
    """Turns captured pictures into frames. Everything it returns must be sent, in order."""

    def __init__(self) -> None:
        self._shadow: Picture | None = None
        self._stream = ZstdStream(1, 1)
        # Tile index -> when it was last sent as JPEG, in the caller's seconds.
        self._lossy: dict[int, float] = {}

    def first(self, picture: Picture, now: float) -> Frame:
        """Return the whole screen in a fresh stream, for a pairing, a new size or a refresh.

        Args:
            picture: the screen, up to date everywhere.
            now: monotonic seconds.
        """
        pixels = memoryview(bytearray(picture.pixels))
        self._shadow = dataclasses.replace(picture, pixels=pixels)
        self._stream = ZstdStream(picture.width, picture.height)
        self._lossy.clear()
        grid = TileGrid(picture.width, picture.height, marked=True)
        return self._frame(self._shadow, grid, now, fresh=True)

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
        grid = TileGrid(picture.width, picture.height)
        mark_changes(grid, picture.pixels, shadow.pixels, picture.stride, intervals)
        if not grid:
            return None
        before = [
            (box, image_of(shadow, box))
            for box in map(grid.pixels, rectangles(grid))
            if box.area <= TRIM_PIXELS
        ]
        for first, last in intervals:
            part = slice(first * picture.stride, last * picture.stride)
            shadow.pixels[part] = picture.pixels[part]
        trimmed = {box: _trim(box, image, image_of(shadow, box)) for box, image in before}
        return self._frame(shadow, grid, now, trimmed=trimmed)

    def refine_at(self) -> float | None:
        """When `refine` next has something to do, in the same seconds; None if never."""
        return min(self._lossy.values()) + CALM if self._lossy else None

    def refine(self, now: float) -> Frame | None:
        """Return a part of what is calm and went as JPEG, now lossless; None if nothing is."""
        shadow = self._shadow
        calm = [tile for tile, since in self._lossy.items() if since + CALM <= now]
        if shadow is None or not calm:
            return None
        grid = TileGrid(shadow.width, shadow.height)
        for tile in calm:
            grid.cells[tile] = 1
        rects: list[Rect] = []
        budget = REFINE_PIXELS
        for box in rectangles(grid):
            columns = box.x1 - box.x0
            rows = min(box.y1 - box.y0, max(1, budget // (columns * 256)))
            part = Box(box.x0, box.y0, box.x1, box.y0 + rows)
            rects.append(self._lossless(shadow, grid.pixels(part)))
            self._forget(grid, part)
            budget -= part.area * 256
            if budget <= 0:
                break
        return Frame(shadow.width, shadow.height, tuple(rects))

    def _frame(
        self,
        picture: Picture,
        grid: TileGrid,
        now: float,
        *,
        fresh: bool = False,
        trimmed: dict[Box, Box] | None = None,
    ) -> Frame:
        photos, drawn = classify.split(grid, self._photographic(picture, grid))
        rects = [self._photo(picture, grid, box, now) for box in photos]
        size = 0
        for box in widened(drawn, grid.columns):
            pixels = grid.pixels(box)
            if size > LOSSLESS_BYTES:
                rects.append(self._photo(picture, grid, box, now))
                continue
            pixels = (trimmed or {}).get(pixels, pixels)
            rects.append(self._lossless(picture, pixels))
            size += len(rects[-1].data)
        return Frame(picture.width, picture.height, tuple(rects), fresh=fresh)

    def _photographic(self, picture: Picture, changed: TileGrid) -> TileGrid:
        """Return the changed tiles that look like a photograph."""
        result = TileGrid(changed.width, changed.height)
        for box in rectangles(changed):
            if box.area < classify.MIN_PHOTO_TILES:
                continue
            image = image_of(picture, changed.pixels(box), every=classify.SAMPLED)
            for row, flags in enumerate(classify.photographic_tiles(image), start=box.y0):
                start = row * changed.columns
                for column in range(box.x0, box.x1):
                    if flags[column - box.x0] and changed.cells[start + column]:
                        result.cells[start + column] = 1
        return result

    def _photo(self, picture: Picture, grid: TileGrid, box: Box, now: float) -> Rect:
        for row in range(box.y0, box.y1):
            for column in range(box.x0, box.x1):
                self._lossy[row * grid.columns + column] = now
        pixels = grid.pixels(box)
        return _rect(pixels, Codec.JPEG, jpeg.encode(image_of(picture, pixels)))

    def _lossless(self, picture: Picture, pixels: Box) -> Rect:
        return _rect(pixels, Codec.ZSTD, self._stream.encode(image_of(picture, pixels)))

    def _forget(self, grid: TileGrid, box: Box) -> None:
        for row in range(box.y0, box.y1):
            for column in range(box.x0, box.x1):
                self._lossy.pop(row * grid.columns + column, None)


def _rect(box: Box, codec: Codec, data: bytes) -> Rect:
    return Rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, codec, data)


def _trim(box: Box, before: Image.Image, after: Image.Image) -> Box:
    """Return the smallest box within `box` that holds every pixel that differs."""
    found = ImageChops.difference(before, after).getbbox()
    if found is None:
        # Only the unused fourth byte differs; one pixel keeps the frame well formed.
        return Box(box.x0, box.y0, box.x0 + 1, box.y0 + 1)
    left, top, right, bottom = found
    return Box(box.x0 + left, box.y0 + top, box.x0 + right, box.y0 + bottom)
