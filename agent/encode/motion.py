"""Where something has been moving for a while: what a film looks like to whoever sends it.

Pure functions and states on tiles; time comes from the caller, in monotonic seconds.
"""

from agent.capture.base import Box
from agent.encode.area import TileGrid

# Time is cut into ticks: a tile has moved in a tick or not, however many frames fell into it.
# At a slow pace every frame is a tick of its own, down to ten a second: screens that are switched
# twice a second are no film, whatever else moves a little between them.
TICK = 1 / 30
TICK_MOST = 0.1
# Of the last eight ticks, so many make motion. Few: what is a photograph and changes once more
# within a fourth of a second costs less as a film, even if it was only a picture that faded in.
MOVING = 2
# After so long without any frame, nothing is moving.
REST = 0.4
# Tiles nearer than that to each other move together.
NEAR = 2

_OLDER = bytes((number << 1) & 0xFF for number in range(256))
_ANY = bytes(number > 0 for number in range(256))
_MOVING = bytes(number.bit_count() >= MOVING for number in range(256))


class Motion:
    """What has moved in the last eight ticks: a bit for each, in a byte for each tile."""

    def __init__(self, width: int, height: int) -> None:
        """Begin at rest, with a screen of so many pixels."""
        self._tick: float | None = None
        self._noted = 0.0
        self._begin(width, height)

    def _begin(self, width: int, height: int) -> None:
        self._grid = TileGrid(width, height)
        # Where in it there is anything: usually little moves, and the rest need not be looked at.
        self._span = slice(0, 0)
        self._moved = TileGrid(width, height)

    def note(self, changed: TileGrid, now: float) -> bool:
        """Note the marked tiles as changed; return whether a tick is over."""
        # The first frame is a tick of its own.
        passed = TICK
        if self._tick is None or now - self._noted > REST:
            self._begin(changed.width, changed.height)
        else:
            passed = now - self._tick
        self._noted = now
        span = changed.span
        self._moved.cells[span] = _either(self._moved.cells[span], changed.cells[span])
        if passed < TICK:
            return False
        self._age(min(8, max(1, int((passed - TICK) / TICK_MOST))))
        self._tick = max(now - passed + TICK, now - TICK)
        return True

    def _age(self, ticks: int) -> None:
        """Let so many ticks pass; what has moved has done so in the last one."""
        older = self._grid.cells[self._span]
        for _ in range(ticks):
            older = older.translate(_OLDER)
        self._grid.cells[self._span] = older
        last = self._span.start + len(older.rstrip(b"\0"))
        first = min(self._span.stop - len(older.lstrip(b"\0")), last)
        span = self._moved.span
        if span.start < span.stop:
            moved = self._moved.cells[span]
            self._grid.cells[span] = _either(self._grid.cells[span], moved)
            self._moved.cells[span] = bytes(len(moved))
            first, last = (
                (min(first, span.start), max(last, span.stop))
                if first < last
                else (span.start, span.stop)
            )
        self._span = slice(first, last)

    def recent(self, now: float) -> TileGrid:
        """Return the tiles that have changed in one of the ticks, marked; none after a rest."""
        grid = TileGrid(self._grid.width, self._grid.height)
        if now - self._noted <= REST:
            grid.cells[self._span] = self._grid.cells[self._span].translate(_ANY)
            span = self._moved.span
            grid.cells[span] = _either(grid.cells[span], self._moved.cells[span])
        return grid

    def moving(self) -> TileGrid:
        """Return the tiles that have changed in most ticks, marked."""
        grid = TileGrid(self._grid.width, self._grid.height)
        grid.cells[self._span] = self._grid.cells[self._span].translate(_MOVING)
        return grid


def groups(boxes: list[Box]) -> list[Box]:
    """Return boxes, in tiles, around those that are near to each other; largest first."""
    found: list[Box] = []
    for box in boxes:
        group = box
        # A group that grows may reach another one that was apart from it before.
        while near := [other for other in found if is_near(other, group)]:
            group = around([group, *near])
            found = [other for other in found if other not in near]
        found.append(group)
    return sorted(found, key=lambda box: -box.area)


def is_near(one: Box, two: Box) -> bool:
    """Whether two boxes of tiles belong together."""
    return (
        one.x0 - NEAR < two.x1
        and two.x0 - NEAR < one.x1
        and one.y0 - NEAR < two.y1
        and two.y0 - NEAR < one.y1
    )


def around(boxes: list[Box]) -> Box:
    """Return the smallest box that holds all of these."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def marked(grid: TileGrid, tiles: Box) -> int:
    """Return the number of marked tiles of a box."""
    return sum(
        grid.cells.count(1, y * grid.columns + tiles.x0, y * grid.columns + tiles.x1)
        for y in range(tiles.y0, tiles.y1)
    )


def _either(one: bytes | bytearray, two: bytes | bytearray) -> bytes:
    """Return the bits that are set in one of two rows of bytes of the same length."""
    return (int.from_bytes(one) | int.from_bytes(two)).to_bytes(len(one))
