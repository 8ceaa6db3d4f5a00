"""What the technician's page keeps for later: four planes, restored by a few bytes.

What is about to be covered and stood still before is kept; what comes back is recognised by
digests of its tiles, so that the pixels themselves are remembered at the other end only. The
digests are keyed: nobody who draws on the screen can make two tiles look the same. Of the plane
that was used last the pixels are here as well, since a window that is dragged does not uncover
whole tiles.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from itertools import compress

from agent.capture.base import Box, Picture
from agent.encode.area import TileGrid, touched
from agent.encode.coder import Canvas, Stage, Work, moved
from agent.encode.kernel.base import DIGEST, KEY_BYTES, Pair
from agent.encode.lossy import CALM, Level
from agent.encode.motion import Motion, marked
from agent.protocol.picture import PLANE_PIXELS_MAX, PLANES, Codec, plane_data

# Less than that, in tiles of more than one colour, costs little to send again: of a frame, and
# of a rectangle.
COVERED_LEAST = 8
KEEP_LEAST = 4
RESTORE_LEAST = 6
# So many rectangles bring nearly all; twice as many saved no bytes.
KEEPS_MOST = 8
RESTORES_MOST = 12
TRIES_MOST = 24
# The smallest part of a tile that is restored, in pixels: less costs fewer bytes as it is.
PART_LEAST = 48
# What is tried first: so many tiles tell whether much of what changed is known.
SAMPLE = 48
# If so much of it is, it is restored before anything else is looked for.
KNOWN_SHARE = 0.5
# Of the screen, the largest part whose pixels are remembered.
NEAR_MOST = 0.75

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
        """Begin empty, for a picture of that many pixels."""
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
        self._near = Near()

    def restart(self, canvas: Canvas) -> None:
        width, height = canvas.shadow.width, canvas.shadow.height
        possible = width * height <= PLANE_PIXELS_MAX
        self._planes = [Plane(width, height) for _ in range(PLANES if possible else 0)]
        self._motion = Motion(width, height)
        self._near = Near()

    def run(self, work: Work) -> None:
        if not self._planes or not work.kernel.compiled:
            return
        self._frames += 1
        if work.left.count < RESTORE_LEAST:
            self._motion.note(work.left, work.now)
            return
        standing = work.left.without(self._motion.recent(work.now))
        self._motion.note(work.left, work.now)
        # What is known is looked for before it is known anew.
        sample = self._sample(work)
        known = max((grid.count for grid in self._known(work, sample)), default=0)
        if standing.count >= COVERED_LEAST:
            self._keep(work, standing)
        if known and known >= KNOWN_SHARE * sample.count:
            self.bring_back(work)

    def bring_back(self, work: Work) -> None:
        """Restore what is known of the tiles left."""
        if any(self._known(work, self._sample(work))):
            known = self._known(work, work.left)
            room = RESTORES_MOST
            for number in sorted(range(len(known)), key=lambda n: -known[n].count):
                room -= self._bring_tiles(work, number, known[number], room)
        self._bring_parts(work)

    def _bring_tiles(self, work: Work, number: int, known: TileGrid, room: int) -> int:
        """Restore whole tiles; return how many rectangles it took."""
        grid = known.both(work.left)
        coloured = grid.without(work.kernel.flat(work.picture, grid))
        count = 0
        for tiles in _largest(work, grid, RESTORE_LEAST):
            if count == room:
                break
            if marked(coloured, tiles) >= RESTORE_LEAST:
                count += 1
                self._restore(work, number, work.left.pixels(tiles))
                work.changed.fill(tiles, 0)
                work.left.fill(tiles, 0)
        return count

    def _bring_parts(self, work: Work) -> None:
        """Restore parts of tiles, from the plane whose pixels are here."""
        if not work.left:
            return
        found: list[Box] = []
        for tiles in work.kernel.rectangles(work.left):
            for box in self._near.parts(work, work.left.pixels(tiles)):
                self._restore(work, self._near.number, box)
                found.append(box)
        if found:
            moved(work, found)

    def _sample(self, work: Work) -> TileGrid:
        """Return some of the tiles left, spread evenly over them, none of one colour."""
        left = work.left
        grid = TileGrid(left.width, left.height)
        places = list(compress(range(len(left.cells)), left.cells))
        count = min(SAMPLE, len(places))
        for index in range(count):
            grid.cells[places[(2 * index + 1) * len(places) // (2 * count)]] = 1
        return grid.without(work.kernel.flat(work.picture, grid))

    def _known(self, work: Work, grid: TileGrid) -> list[TileGrid]:
        """For each plane, those of the marked tiles that it holds as the screen shows them."""
        if not grid:
            return []
        digests = self._digests(work, grid, new=True)
        return [
            work.kernel.recognise(plane.digests, digests, grid.both(plane.kept))
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
        wanted = standing.without(_marked(levels, _PREVIEW, standing))
        fresh = wanted
        for plane in self._planes:
            same = work.kernel.recognise(plane.digests, digests, fresh.both(plane.kept))
            # What is there roughly and here exactly is worth keeping again.
            rough = _marked(plane.levels, _ROUGH, same)
            same = same.without(rough.without(_marked(levels, _ROUGH, same)))
            if same:
                plane.used = self._frames
                fresh = fresh.without(same)
        coloured = fresh.without(work.kernel.flat(work.canvas.shadow, fresh))
        if coloured.count < COVERED_LEAST:
            return
        # Much that is new is kept in one piece with what is not.
        grid = wanted if fresh.count * 2 >= wanted.count else fresh
        number = self._place(grid)
        count = 0
        for box in _largest(work, grid, KEEP_LEAST):
            if count < KEEPS_MOST and marked(coloured, box) >= KEEP_LEAST:
                count += 1
                self._keep_box(work, number, box, (digests, levels))

    def _place(self, wanted: TileGrid) -> int:
        """Return the plane on which the least is lost; of equals the one used last if free."""

        def lost(number: int) -> tuple[int, int]:
            plane = self._planes[number]
            over = plane.kept.both(wanted).count
            return over, plane.used if over else -plane.used

        return min(range(len(self._planes)), key=lost)

    def _keep_box(self, work: Work, number: int, box: Box, known: tuple[bytearray, bytes]) -> None:
        """Keep a box of tiles, whose digests and levels are known."""
        plane = self._planes[number]
        plane.kept.fill(box, 1)
        plane.used = self._frames
        columns = plane.kept.columns
        digests, levels = known
        for row in range(box.y0, box.y1):
            first, last = row * columns + box.x0, row * columns + box.x1
            plane.levels[first:last] = levels[first:last]
            part = slice(DIGEST * first, DIGEST * last)
            plane.digests[part] = digests[part]
        self._near.keep(work, number, box)
        work.add(plane.kept.pixels(box), Codec.KEEP, plane_data(number))

    def _restore(self, work: Work, number: int, pixels: Box) -> None:
        plane = self._planes[number]
        plane.used = self._frames
        work.add(pixels, Codec.RESTORE, plane_data(number))
        work.canvas.take(work.picture, pixels)
        work.canvas.lossy.lossless(pixels)
        columns, tiles = plane.kept.columns, touched(pixels)
        for row in range(tiles.y0, tiles.y1):
            for column in range(tiles.x0, tiles.x1):
                if level := plane.levels[row * columns + column]:
                    tile = Box(column, row, column + 1, row + 1)
                    work.canvas.lossy.add(tile, work.now + CALM, Level(level))


class Near:
    """The pixels of the plane that was kept on last; of one only, since they take memory.

    Attributes:
        number: the plane's.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self.number = -1
        self._picture: Picture | None = None
        self._kept = TileGrid(1, 1)

    def keep(self, work: Work, number: int, tiles: Box) -> None:
        """Note what the technician has in a box of tiles as kept on a plane."""
        shadow = work.canvas.shadow
        if self._picture is None:
            self._picture = replace(shadow, pixels=memoryview(bytearray(shadow.pixels.nbytes)))
        if number != self.number:
            self.number = number
            self._kept = TileGrid(shadow.width, shadow.height)
        if tiles.area > NEAR_MOST * len(self._kept.cells):
            # The next whole screen does not uncover parts.
            self._kept.fill(tiles, 0)
            return
        self._kept.fill(tiles, 1)
        work.kernel.paste(shadow, self._picture, self._kept.pixels(tiles))

    def parts(self, work: Work, pixels: Box) -> list[Box]:
        """Return what has changed in a box of pixels and is on the plane as it looks now."""
        if self._picture is None:
            return []
        kept = Pair(work.picture, self._picture)
        return [
            box
            for box in work.kernel.split(work.pair, pixels)
            if box.area >= PART_LEAST and self._has(box) and work.kernel.same(kept, box)
        ]

    def _has(self, pixels: Box) -> bool:
        tiles = touched(pixels)
        return marked(self._kept, tiles) == tiles.area


class Restore(Stage):
    """Brings back what is left once everything is where it was moved to."""

    def __init__(self, keep: Keep) -> None:
        """Take it from these planes."""
        self._keep = keep

    def run(self, work: Work) -> None:
        if work.kernel.compiled and work.left.count >= RESTORE_LEAST:
            self._keep.bring_back(work)


def _largest(work: Work, grid: TileGrid, least: int) -> Iterator[Box]:
    """Yield the largest rectangles of marked tiles, and clear them in the grid."""
    for _ in range(TRIES_MOST):
        box = work.kernel.largest(grid)
        if box is None or box.area < least:
            return
        grid.fill(box, 0)
        yield box


def _marked(levels: bytes | bytearray, which: bytes, like: TileGrid) -> TileGrid:
    result = TileGrid(like.width, like.height)
    result.cells[:] = levels.translate(which)
    return result
