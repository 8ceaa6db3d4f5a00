"""Which tiles the technician has only roughly, how roughly, and when that is to be mended."""

from collections.abc import Collection
from enum import IntEnum
from typing import NamedTuple

from agent.capture.base import Box
from agent.encode.area import TILE, TileGrid, touched
from agent.encode.copy import Copy

# What has not moved for so many seconds is calm.
CALM = 0.25
# Tiles that are due within so many seconds are due with the first of them.
TOGETHER = 0.05
NUMBERS = 255

_IS_LOSSY = bytes([0] + [1] * NUMBERS)


class Level(IntEnum):
    """How roughly, roughest first."""

    PREVIEW = 1  # half the resolution
    FILM = 2  # a picture out of a film
    ROUGH = 3  # a JPEG as good as the line allowed
    FINE = 4  # a JPEG that looks right


class _Moment(NamedTuple):
    due: float
    level: Level


class LossyTiles:
    """One byte a tile: 0 lossless, else a number that stands for a moment.

    Bytes, because whole rows of them can be moved and counted at once.

    Attributes:
        grid: those bytes.
    """

    def __init__(self, width: int, height: int) -> None:
        """Begin with a screen, in pixels, of which everything is lossless."""
        self.grid = TileGrid(width, height)
        # Number -> when, in the caller's seconds, and what; the newest last.
        self._moments: dict[int, _Moment] = {}

    def __bool__(self) -> bool:
        return self.grid.cells.count(0) != len(self.grid.cells)

    @property
    def previews(self) -> bool:
        """Whether the technician has anything only as a preview."""
        return any(moment.level is Level.PREVIEW for moment in self._live())

    def due_at(self) -> float | None:
        """When the first of them is due; None if there is none."""
        return min((moment.due for moment in self._live()), default=None)

    def due(self, now: float) -> tuple[Level, TileGrid] | None:
        """Return the roughest level of which something is due, and its tiles, marked."""
        level = min((moment.level for moment in self._live() if moment.due <= now), default=None)
        if level is None:
            return None
        table = bytearray(NUMBERS + 1)
        for number, moment in self._moments.items():
            table[number] = moment.level == level and moment.due <= now
        grid = TileGrid(self.grid.width, self.grid.height)
        grid.cells[:] = self.grid.cells.translate(table)
        return level, grid

    def levels(self) -> bytes:
        """Return how roughly the technician has each tile: 0 exactly, else a `Level`."""
        table = bytearray(NUMBERS + 1)
        for number, moment in self._moments.items():
            table[number] = moment.level
        return bytes(self.grid.cells.translate(table))

    def add(self, tiles: Box, due: float, level: Level) -> None:
        """Note that a box of tiles was sent roughly, and when that is to be mended."""
        self.grid.fill(tiles, self._number(_Moment(due, level)))

    def hasten(self, level: Level, now: float) -> None:
        """Make everything of this level due now."""
        for number, moment in self._moments.items():
            if moment.level is level:
                self._moments[number] = _Moment(min(moment.due, now), level)

    def lossless(self, box: Box) -> None:
        """Note that a box of pixels was sent losslessly; tiles wholly in it are no longer lossy."""
        grid = self.grid
        x0, y0 = -(-box.x0 // TILE), -(-box.y0 // TILE)
        x1 = grid.columns if box.x1 == grid.width else box.x1 // TILE
        y1 = grid.rows if box.y1 == grid.height else box.y1 // TILE
        if x0 < x1:
            grid.fill(Box(x0, y0, x1, y1), 0)

    def copied(self, copy: Copy, now: float) -> None:
        """Note that a box of pixels came from another place, with the faults it had there."""
        grid, source, target = self.grid, touched(copy.source_box), touched(copy.box)
        rows = {
            y: bytes(source.x0)
            + grid.row(y)[source.x0 : source.x1].translate(_IS_LOSSY)
            + bytes(grid.columns - source.x1)
            for y in range(source.y0, source.y1)
        }
        if not any(1 in row for row in rows.values()):
            self.lossless(copy.box)
            return
        # A tile of the target comes from up to two rows and two columns of tiles.
        dx, dy = copy.source_box.x0 - copy.box.x0, copy.source_box.y0 - copy.box.y0
        across = range(dx // TILE, -(-dx // TILE) + 1)
        down = range(dy // TILE, -(-dy // TILE) + 1)
        faults = {
            y: _united(
                [_part(rows[y + i], target, j) for i in down if y + i in rows for j in across]
            )
            for y in range(target.y0, target.y1)
        }
        numbers = set(b"".join(grid.row(y)[source.x0 : source.x1] for y in rows)) - {0}
        level = min(self._moments[number].level for number in numbers)
        self.lossless(copy.box)
        number = self._number(_Moment(now + CALM, level))
        for y, faulty in faults.items():
            if 1 in faulty:
                start = y * grid.columns + target.x0
                before = grid.cells[start : start + len(faulty)]
                grid.cells[start : start + len(faulty)] = bytes(
                    number if fault else old for fault, old in zip(faulty, before, strict=True)
                )

    def _live(self) -> Collection[_Moment]:
        # Asked several times a frame: a set of thousands of tiles would take longer. Mostly there
        # is none at all.
        if self._moments:
            cells = self.grid.cells
            self._moments = {n: moment for n, moment in self._moments.items() if n in cells}
        return self._moments.values()

    def _number(self, moment: _Moment) -> int:
        """Return the number that stands for this moment."""
        for number, known in self._moments.items():
            if known.level == moment.level and known.due <= moment.due < known.due + TOGETHER:
                return number
        live = set(self.grid.cells)
        self._moments = {n: known for n, known in self._moments.items() if n in live}
        number = next((n for n in range(1, NUMBERS + 1) if n not in self._moments), 0)
        if not number:
            # So many moments and nothing mended meanwhile: the newest waits a little less.
            return next(reversed(self._moments))
        self._moments[number] = moment
        return number


def _part(row: bytes, target: Box, shift: int) -> bytes:
    """Return the cells of a row that a target's columns come from; 0 beyond the screen's edges."""
    first, last = target.x0 + shift, target.x1 + shift
    cells = row[max(first, 0) : max(last, 0)]
    return cells.rjust(len(cells) + max(-first, 0), b"\0").ljust(last - first, b"\0")


def _united(rows: list[bytes]) -> bytes:
    """Return 1 where one of these rows has 1."""
    together = 0
    for row in rows:
        together |= int.from_bytes(row)
    return together.to_bytes(len(rows[0])) if rows else b""
