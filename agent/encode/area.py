"""Which 16-pixel tiles have changed, and few rectangles that cover them.

No numpy: rows are compared as `bytes`, which is one memcmp, and halved only where they
differ. A tile is marked if and only if one of its pixels has changed.
"""

import re
from collections.abc import Iterable

from agent.capture.base import Box, row_intervals

TILE = 16
BYTES_PER_PIXEL = 4
MAX_RECTANGLES = 60
# A taller or wider rectangle may hold this share of tiles that have not changed.
WASTE = 0.25
# Rows of which so much has changed are sent in their whole width.
WIDE = 0.25

_UNMARKED = re.compile(rb"\0+")


class TileGrid:
    """One byte for each tile of a screen: 1 marked, 0 not."""

    def __init__(self, width: int, height: int, *, marked: bool = False) -> None:
        """Make a grid for a screen of `width` times `height` pixels."""
        self.width = width
        self.height = height
        self.columns = -(-width // TILE)
        self.rows = -(-height // TILE)
        count = self.columns * self.rows
        self.cells = bytearray(b"\1" * count if marked else count)

    def __bool__(self) -> bool:
        return 1 in self.cells

    def row(self, index: int) -> bytearray:
        """Return a copy of one row of tiles."""
        return self.cells[index * self.columns : (index + 1) * self.columns]

    @property
    def span(self) -> slice:
        """Where in `cells` the marked tiles lie, from the first to the last one.

        Usually little has changed: whoever looks at each tile in Python looks at these only.
        """
        first = self.cells.find(1)
        return slice(max(first, 0), self.cells.rfind(1) + 1)

    @property
    def marked_rows(self) -> range:
        """The rows of tiles from the first to the last one with a marked tile."""
        span = self.span
        return range(span.start // self.columns, -(-span.stop // self.columns))

    @property
    def count(self) -> int:
        """Number of marked tiles."""
        span = self.span
        return self.cells.count(1, span.start, span.stop)

    def both(self, other: "TileGrid") -> "TileGrid":
        """Return the tiles that are marked here and in the other grid."""
        span = self.span
        return self._made(
            int.from_bytes(self.cells[span]) & int.from_bytes(other.cells[span]), span
        )

    def without(self, other: "TileGrid") -> "TileGrid":
        """Return the tiles that are marked here and not in the other grid."""
        span = self.span
        return self._made(
            int.from_bytes(self.cells[span]) & ~int.from_bytes(other.cells[span]), span
        )

    def _made(self, cells: int, span: slice) -> "TileGrid":
        grid = TileGrid(self.width, self.height)
        grid.cells[span] = cells.to_bytes(span.stop - span.start)
        return grid

    def fill(self, box: Box, value: int) -> None:
        """Mark or clear the tiles of a box that is measured in tiles."""
        span = bytes([value]) * (box.x1 - box.x0)
        for row in range(box.y0, box.y1):
            start = row * self.columns
            self.cells[start + box.x0 : start + box.x1] = span

    def pixels(self, box: Box) -> Box:
        """Return a box measured in tiles as pixels, cut off at the screen's edge."""
        return Box(
            box.x0 * TILE,
            box.y0 * TILE,
            min(box.x1 * TILE, self.width),
            min(box.y1 * TILE, self.height),
        )


def touched(pixels: Box) -> Box:
    """Return the tiles that a box of pixels touches."""
    return Box(pixels.x0 // TILE, pixels.y0 // TILE, -(-pixels.x1 // TILE), -(-pixels.y1 // TILE))


def mark_changes(
    grid: TileGrid,
    new: memoryview,
    old: memoryview,
    stride: int,
    intervals: Iterable[tuple[int, int]],
) -> None:
    """Mark every tile with a changed pixel.

    Args:
        grid: the tiles; what is marked already stays marked.
        new: the picture as it is, `stride` bytes a row, four bytes a pixel.
        old: the picture as it was, of the same shape.
        stride: bytes from row to row.
        intervals: rows to look at, first inside, last outside.
    """
    for first, last in intervals:
        top = first
        while top < last:
            bottom = min((top // TILE + 1) * TILE, last)
            part = slice(top * stride, bottom * stride)
            if bytes(new[part]) != bytes(old[part]):
                _mark_band(grid, bytes(new[part]), bytes(old[part]), stride, top // TILE)
            top = bottom


def _mark_band(grid: TileGrid, new: bytes, old: bytes, stride: int, tile_row: int) -> None:
    cells = grid.row(tile_row)
    span = TILE * BYTES_PER_PIXEL
    width = grid.width * BYTES_PER_PIXEL
    for start in range(0, len(new), stride):
        new_row, old_row = new[start : start + width], old[start : start + width]
        if new_row == old_row:
            continue
        for run in list(_UNMARKED.finditer(cells)):
            _mark_row(cells, new_row, old_row, run.span(), span)
        if 0 not in cells:
            break
    offset = tile_row * grid.columns
    grid.cells[offset : offset + grid.columns] = cells


def _mark_row(cells: bytearray, new: bytes, old: bytes, run: tuple[int, int], span: int) -> None:
    """Halve a run of tiles until only the changed ones are left."""
    waiting = [run]
    while waiting:
        first, last = waiting.pop()
        part = slice(first * span, last * span)
        if new[part] == old[part]:
            continue
        if last - first == 1:
            # A pixel's fourth byte means nothing.
            cells[first] = any(new[part][i::4] != old[part][i::4] for i in range(3))
            continue
        middle = (first + last) // 2
        waiting.append((first, middle))
        waiting.append((middle, last))


def rectangles(grid: TileGrid) -> list[Box]:
    """Boxes, measured in tiles, that cover every marked tile: few, and poorly filled never.

    They may overlap. Where more than `MAX_RECTANGLES` would be needed, wider gaps are bridged.
    """
    for gap in (1, 4, 16):
        boxes = _rectangles(grid, gap)
        if len(boxes) <= MAX_RECTANGLES:
            return boxes
    return [
        Box(
            min(box.x0 for box in boxes),
            min(box.y0 for box in boxes),
            max(box.x1 for box in boxes),
            max(box.y1 for box in boxes),
        )
    ]


def widened(boxes: list[Box], columns: int) -> list[Box]:
    """Replace boxes that fill much of their rows by bands over the whole width of the screen.

    What did not change costs next to nothing in a stream that remembers it, if it comes with
    the same length of row as before; a scrolled page in shreds costs twenty times as much.

    Args:
        boxes: in tiles.
        columns: the screen's width in tiles.
    """
    result: list[Box] = []
    for top, bottom in row_intervals(boxes, max((box.y1 for box in boxes), default=0)):
        members = [box for box in boxes if top <= box.y0 < bottom]
        filled = sum(box.area for box in members)
        if filled >= WIDE * columns * (bottom - top):
            result.append(Box(0, top, columns, bottom))
        else:
            result += members
    return result


def _rectangles(grid: TileGrid, gap: int) -> list[Box]:
    pattern = re.compile(rb"\x01+(?:\0{1,%d}\x01+)*" % gap)
    done: list[Box] = []
    growing: list[Box] = []
    for row in grid.marked_rows:
        cells = grid.row(row)
        if not growing and 1 not in cells:
            continue
        runs = [match.span() for match in pattern.finditer(cells)]
        still: list[Box] = []
        for box in growing:
            joined = next((run for run in runs if _fits(box, run)), None)
            if joined is None:
                done.append(box)
                continue
            runs.remove(joined)
            still.append(Box(min(box.x0, joined[0]), box.y0, max(box.x1, joined[1]), row + 1))
        growing = still + [Box(x0, row, x1, row + 1) for x0, x1 in runs]
    return done + growing


def _fits(box: Box, run: tuple[int, int]) -> bool:
    """Whether a run of tiles below a box joins it without much waste."""
    x0, x1 = min(box.x0, run[0]), max(box.x1, run[1])
    together = (x1 - x0) * (box.y1 - box.y0 + 1)
    return together - box.area - (run[1] - run[0]) <= WASTE * together
