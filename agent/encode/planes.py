"""What the technician's page keeps for later: four planes, restored by a few bytes.

What is about to be covered and stood still before is kept; what comes back is recognised by
digests of its tiles, so that the pixels themselves are remembered at the other end only. The
digests are keyed: nobody who draws on the screen can make two tiles look the same.
"""

import secrets

from agent.capture.base import Box
from agent.encode.area import TileGrid, rectangles
from agent.encode.coder import Canvas, Stage, Work
from agent.encode.kernel.base import DIGEST, KEY_BYTES
from agent.encode.lossy import CALM, Level
from agent.encode.motion import Motion
from agent.protocol.picture import PLANE_PIXELS_MAX, PLANES, Codec, plane_data

# Less than that, in tiles, costs little to send again.
KEEP_LEAST = 16
RESTORE_LEAST = 6
# Each rectangle is one more copy for the page.
KEEPS_MOST = 12
RESTORES_MOST = 16
# What is tried first: so many tiles tell whether much of what changed is known.
SAMPLE = 48
# If so much of it is, it is restored before anything else is looked for.
KNOWN_SHARE = 0.5

_PREVIEW = bytes(level == Level.PREVIEW for level in range(256))
_ROUGH = bytes(level > 0 for level in range(256))


class Plane:
    """One plane, tile by tile.

    Attributes:
        kept: 1 where something was kept, else 0.
        digests: of what was kept there.
        levels: how roughly the technician had it: 0 exactly, else a `Level`.
        used: when it was last kept on or restored from, counted in frames.
    """

    def __init__(self, width: int, height: int) -> None:
        """Begin empty."""
        self.kept = TileGrid(width, height)
        self.digests = bytearray(DIGEST * len(self.kept.cells))
        self.levels = bytearray(len(self.kept.cells))
        self.used = 0


class Keep(Stage):
    """Keeps what is about to be covered; runs before everything that paints.

    Attributes:
        restore: the stage that brings back what is left after copies.
    """

    def __init__(self) -> None:
        """Begin with empty planes."""
        self.restore = Restore(self)
        self._key = secrets.token_bytes(KEY_BYTES)
        self._planes: list[Plane] = []
        self._motion = Motion(1, 1)
        self._frames = 0

    def restart(self, canvas: Canvas) -> None:
        width, height = canvas.shadow.width, canvas.shadow.height
        possible = width * height <= PLANE_PIXELS_MAX
        self._planes = [Plane(width, height) for _ in range(PLANES if possible else 0)]
        self._motion = Motion(width, height)

    def run(self, work: Work) -> None:
        if not self._planes or not work.kernel.compiled:
            return
        self._frames += 1
        standing = _without(work.left, self._motion.recent(work.now))
        self._motion.note(work.left, work.now)
        if work.left.cells.count(1) < RESTORE_LEAST:
            return
        # What is known is looked for before it is known anew.
        sample = _sample(work.left)
        known = max((marked_in(grid) for grid in self._known(work, sample)), default=0)
        if standing.cells.count(1) >= KEEP_LEAST:
            self._keep(work, standing)
        if known >= KNOWN_SHARE * marked_in(sample):
            self.bring_back(work)

    def bring_back(self, work: Work) -> None:
        """Restore what is known of the tiles left."""
        sample = _sample(work.left)
        if not any(any(grid.cells) for grid in self._known(work, sample)):
            return
        known = self._known(work, work.left)
        restored = 0
        for number in sorted(range(len(known)), key=lambda n: -marked_in(known[n])):
            grid = _and(known[number], work.left)
            while restored < RESTORES_MOST:
                tiles = work.kernel.largest(grid)
                if tiles is None or tiles.area < RESTORE_LEAST:
                    break
                grid.fill(tiles, 0)
                self._restore(work, number, tiles)
                restored += 1

    def _known(self, work: Work, grid: TileGrid) -> list[TileGrid]:
        """For each plane, those of the marked tiles that it holds as the screen shows them."""
        if not grid:
            return []
        digests = self._digests(work, grid, new=True)
        return [
            work.kernel.recognise(plane.digests, digests, _and(grid, plane.kept))
            for plane in self._planes
        ]

    def _digests(self, work: Work, grid: TileGrid, *, new: bool) -> bytearray:
        digests = bytearray(DIGEST * len(grid.cells))
        picture = work.picture if new else work.canvas.shadow
        work.kernel.digest(picture, grid, self._key, digests)
        return digests

    def _keep(self, work: Work, standing: TileGrid) -> None:
        levels = work.canvas.lossy.levels()
        digests = self._digests(work, standing, new=False)
        wanted = _without(standing, _marked(levels, _PREVIEW, standing))
        for plane in self._planes:
            same = work.kernel.recognise(plane.digests, digests, _and(wanted, plane.kept))
            # What is there roughly and here exactly is worth keeping again.
            rough = _marked(plane.levels, _ROUGH, same)
            same = _without(same, _without(rough, _marked(levels, _ROUGH, same)))
            if same:
                plane.used = self._frames
                wanted = _without(wanted, same)
        boxes = [box for box in rectangles(wanted) if box.area >= KEEP_LEAST][:KEEPS_MOST]
        budget = len(wanted.cells)
        number = self._place(wanted)
        for box in boxes:
            budget -= box.area
            if budget >= 0:
                self._keep_box(work, number, box, levels)

    def _place(self, wanted: TileGrid) -> int:
        """Return the plane on which the least is lost; of equals the one used last if free."""

        def lost(number: int) -> tuple[int, int]:
            plane = self._planes[number]
            over = marked_in(_and(plane.kept, wanted))
            return over, plane.used if over else -plane.used

        return min(range(len(self._planes)), key=lost)

    def _keep_box(self, work: Work, number: int, box: Box, levels: bytes) -> None:
        plane = self._planes[number]
        whole = TileGrid(plane.kept.width, plane.kept.height)
        whole.fill(box, 1)
        # What else lies in the box is kept along with it.
        work.kernel.digest(work.canvas.shadow, whole, self._key, plane.digests)
        plane.kept.fill(box, 1)
        plane.used = self._frames
        columns = plane.kept.columns
        for row in range(box.y0, box.y1):
            part = slice(row * columns + box.x0, row * columns + box.x1)
            plane.levels[part] = levels[part]
        work.add(plane.kept.pixels(box), Codec.KEEP, plane_data(number))

    def _restore(self, work: Work, number: int, tiles: Box) -> None:
        plane = self._planes[number]
        plane.used = self._frames
        pixels = work.left.pixels(tiles)
        work.add(pixels, Codec.RESTORE, plane_data(number))
        work.canvas.take(work.picture, pixels)
        work.canvas.lossy.lossless(pixels)
        columns = plane.kept.columns
        for row in range(tiles.y0, tiles.y1):
            for column in range(tiles.x0, tiles.x1):
                if level := plane.levels[row * columns + column]:
                    tile = Box(column, row, column + 1, row + 1)
                    work.canvas.lossy.add(tile, work.now + CALM, Level(level))
        work.changed.fill(tiles, 0)
        work.left.fill(tiles, 0)


class Restore(Stage):
    """Brings back what is left once everything is where it was moved to."""

    def __init__(self, keep: Keep) -> None:
        """Take it from these planes."""
        self._keep = keep

    def run(self, work: Work) -> None:
        if work.kernel.compiled and marked_in(work.left) >= RESTORE_LEAST:
            self._keep.bring_back(work)


def marked_in(grid: TileGrid) -> int:
    """Return the number of marked tiles."""
    return grid.cells.count(1)


def _sample(grid: TileGrid) -> TileGrid:
    """Return some of the marked tiles, spread evenly."""
    count = marked_in(grid)
    result = TileGrid(grid.width, grid.height)
    if count <= SAMPLE:
        result.cells[:] = grid.cells
        return result
    wanted = {(2 * i + 1) * count // (2 * SAMPLE) for i in range(SAMPLE)}
    place = -1
    for index in range(count):
        place = grid.cells.find(1, place + 1)
        if index in wanted:
            result.cells[place] = 1
    return result


def _and(one: TileGrid, two: TileGrid) -> TileGrid:
    result = TileGrid(one.width, one.height)
    both = int.from_bytes(one.cells) & int.from_bytes(two.cells)
    result.cells[:] = both.to_bytes(len(one.cells))
    return result


def _without(one: TileGrid, two: TileGrid) -> TileGrid:
    result = TileGrid(one.width, one.height)
    only = int.from_bytes(one.cells) & ~int.from_bytes(two.cells)
    result.cells[:] = only.to_bytes(len(one.cells))
    return result


def _marked(levels: bytes | bytearray, which: bytes, like: TileGrid) -> TileGrid:
    result = TileGrid(like.width, like.height)
    result.cells[:] = levels.translate(which)
    return result
