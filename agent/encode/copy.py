"""What was scrolled or dragged: parts of the picture that the technician has already, elsewhere.

A pure decision over two pictures. Whoever paints the copies on the old picture, in their
order, comes closer to the new one; what still differs is compared again and sent otherwise,
so that a wrong guess costs bytes, never a pixel.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.capture.base import Box, row_intervals
from agent.encode.area import TILE, TileGrid
from agent.encode.kernel import Kernel, Offset, Pair

# Less than this much change, in tiles, is coded before a copy of it is found.
CHANGED_LEAST = 12
# Once something was found, what is left must be so much of the change to look for more.
LEFT_LEAST = 0.25
# A copy brings at least so many changed tiles. What is less is as short if it is sent otherwise.
GAIN_LEAST = 6
COPIES_MOST = 12
# So many rectangles of what went one way are tried; some hold nothing that changed.
TRIES_PER_WAY = 16
# Lines that must have gone the same way.
SCROLL_VOTES = 12
# How far a window is looked for, in pixels, and how many tiles of it: near first.
NEAR = (48, 40)
FAR = (160, 20)
# All but a frame's largest copy bring so many pixels: smaller scraps of text are shorter in the
# stream, which knows the words, and cut up what goes there (measured: docs/copies.md).
MORE_LEAST = 4096
# A way that is only likely is believed if the largest rectangle that went it brings such a share
# of the change: what is of one colour seems to go any way.
LIKELY_SHARE = 0.4
# All copies of a frame together, in screens.
SCREENS_MOST = 1.25


@dataclass(frozen=True, slots=True)
class Copy:
    """One part of the picture that comes from another place of it."""

    box: Box
    source: tuple[int, int]

    @property
    def way(self) -> tuple[int, int]:
        """Where it comes from, seen from where it goes."""
        return self.source[0] - self.box.x0, self.source[1] - self.box.y0

    @property
    def source_box(self) -> Box:
        """Where it comes from."""
        x, y = self.source
        return Box(x, y, x + self.box.x1 - self.box.x0, y + self.box.y1 - self.box.y0)


def find_copies(
    kernel: Kernel,
    pair: Pair,
    changed: TileGrid,
    intervals: list[tuple[int, int]],
    likely: tuple[int, int] | None = None,
    *,
    dragged: bool = False,
) -> list[Copy]:
    """Return copies in painting order, each within the rows of one interval.

    Args:
        kernel: the inner loops.
        pair: the picture as it is and as the technician has it.
        changed: the tiles that differ.
        intervals: rows that are up to date in the new picture, first inside, last outside.
        likely: a way that is tried before any is looked for.
        dragged: whether dragging is looked for before scrolling, as it was that just before.
    """
    left = TileGrid(changed.width, changed.height)
    left.cells[:] = changed.cells
    found: list[Copy] = []
    budget = int(SCREENS_MOST * changed.width * changed.height)
    for way in _ways(kernel, pair, left, likely, dragged=dragged):
        share = LIKELY_SHARE if way == likely and not found else 0.0
        for box in _boxes(kernel, pair, left, (way, share)):
            for part in _within(box, intervals):
                budget -= part.area
                if len(found) < COPIES_MOST and budget >= 0:
                    found.append(Copy(part, (part.x0 + way[0], part.y0 + way[1])))
        if len(found) == COPIES_MOST:
            break
    return _ordered(_apart(found))


def _ways(
    kernel: Kernel, pair: Pair, left: TileGrid, likely: tuple[int, int] | None, *, dragged: bool
) -> Iterator[tuple[int, int]]:
    """Ways that something may have moved; asks for more as long as much is left unexplained."""
    searches: list[Callable[[], list[Offset]]] = [
        lambda: kernel.scrolls(pair, left, vertical=True, enough=SCROLL_VOTES),
        lambda: kernel.drags(pair, left, radius=NEAR[0], patches=NEAR[1]),
        lambda: kernel.scrolls(pair, left, vertical=False, enough=SCROLL_VOTES),
        lambda: kernel.drags(pair, left, radius=FAR[0], patches=FAR[1]),
    ]
    if dragged:
        searches[0], searches[1] = searches[1], searches[0]
    tried: set[tuple[int, int]] = set()
    changed = left.cells.count(1)
    if likely is not None and changed >= CHANGED_LEAST:
        tried.add(likely)
        yield likely
    for search in searches:
        count = left.cells.count(1)
        if count < CHANGED_LEAST or (count < changed and count < LEFT_LEAST * changed):
            return
        for offset in search():
            way = (offset.dx, offset.dy)
            if way not in tried and left.cells.count(1) >= CHANGED_LEAST:
                tried.add(way)
                yield way


def _boxes(
    kernel: Kernel, pair: Pair, left: TileGrid, way_and_share: tuple[tuple[int, int], float]
) -> Iterator[Box]:
    """Parts that came from there, in pixels; clears their tiles in `left`.

    None if the largest brings a smaller share of what is left than this.
    """
    way, share = way_and_share
    likely_least = share * left.count
    screen = Box(0, 0, left.width, left.height)
    matched = kernel.match(pair, _bounds(left, Box(0, 0, left.columns, left.rows)), way)
    for _ in range(TRIES_PER_WAY):
        tiles = kernel.largest(matched)
        if tiles is None or tiles.area < GAIN_LEAST:
            return
        matched.fill(tiles, 0)
        gain = _marked(left, tiles)
        if gain < likely_least:
            return
        if gain < GAIN_LEAST:
            continue
        likely_least = 0.0
        tiles = _bounds(left, tiles)
        left.fill(tiles, 0)
        start = left.pixels(tiles)
        # A tile that moved only in part is no match, but that part belongs to the copy.
        limit = Box(
            max(start.x0 - TILE + 1, 0),
            max(start.y0 - TILE + 1, 0),
            min(start.x1 + TILE - 1, screen.x1),
            min(start.y1 + TILE - 1, screen.y1),
        )
        yield kernel.grow(pair, start, limit, way)


def _bounds(grid: TileGrid, tiles: Box) -> Box:
    """Return the smallest box around the marked tiles of a box in which there are some."""
    rows = [grid.row(y)[tiles.x0 : tiles.x1] for y in range(tiles.y0, tiles.y1)]
    marked = [y for y, row in enumerate(rows, start=tiles.y0) if 1 in row]
    x0 = min(row.find(1) for row in rows if 1 in row)
    x1 = max(row.rfind(1) for row in rows) + 1
    return Box(tiles.x0 + x0, marked[0], tiles.x0 + x1, marked[-1] + 1)


def _marked(grid: TileGrid, tiles: Box) -> int:
    return sum(
        grid.cells.count(1, y * grid.columns + tiles.x0, y * grid.columns + tiles.x1)
        for y in range(tiles.y0, tiles.y1)
    )


def _within(box: Box, intervals: list[tuple[int, int]]) -> Iterator[Box]:
    """Yield the parts of a box in these rows; only there is compared what a copy spoils."""
    for top, bottom in row_intervals([Box(0, a, 1, b) for a, b in intervals], box.y1):
        if max(top, box.y0) < min(bottom, box.y1):
            yield Box(box.x0, max(top, box.y0), box.x1, min(bottom, box.y1))


def _apart(copies: list[Copy]) -> list[Copy]:
    """Cut away what a larger copy brings as well, and leave out what is little then.

    Copies that go the same way and do not overlap can always be ordered, as bricks can be
    taken from a wall; those that do overlap often could not.
    """
    apart: list[Copy] = []
    for copy in sorted(copies, key=lambda copy: -copy.box.area):
        rest = copy.box
        for other in apart:
            if _overlap(rest, other.box):
                rest = _largest_beside(rest, other.box)
        if not apart or _area(rest) >= MORE_LEAST:
            dx, dy = copy.way
            apart.append(Copy(rest, (rest.x0 + dx, rest.y0 + dy)))
    return apart


def _largest_beside(box: Box, other: Box) -> Box:
    return max(
        (
            Box(box.x0, box.y0, box.x1, other.y0),
            Box(box.x0, other.y1, box.x1, box.y1),
            Box(box.x0, box.y0, other.x0, box.y1),
            Box(other.x1, box.y0, box.x1, box.y1),
        ),
        key=_area,
    )


def _area(box: Box) -> int:
    return max(0, box.x1 - box.x0) * max(0, box.y1 - box.y0)


def _ordered(copies: list[Copy]) -> list[Copy]:
    """Put them so that none paints over what a later one needs; those that cannot be are left out.

    Within one copy source and target may overlap; two targets do not.
    """
    waiting, ordered = list(copies), []
    while waiting:
        free = next(
            (
                copy
                for copy in waiting
                if not any(_overlap(copy.box, o.source_box) for o in waiting if o is not copy)
            ),
            None,
        )
        if free is None:
            # A ring: the smallest is the cheapest to send otherwise.
            waiting.remove(min(waiting, key=lambda copy: copy.box.area))
            continue
        waiting.remove(free)
        ordered.append(free)
    return ordered


def _overlap(one: Box, two: Box) -> bool:
    return one.x0 < two.x1 and two.x0 < one.x1 and one.y0 < two.y1 and two.y0 < one.y1
