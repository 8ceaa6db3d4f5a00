"""The picture as the technician has it, and the frames that bring it up to date.

The encoder keeps a copy of what was sent (the shadow). A frame is made of what differs from it,
by the stages of `coder.py`, and ends when it is as long as the line carries in a moment. The
rest waits, unmade: what changes again meanwhile is sent once, as it looks then, and what is
small and new overtakes it. What went roughly is mended once it is calm. After that the two
screens are identical, bit for bit.
"""

from dataclasses import replace

from agent.capture.base import Box, Picture, inside, row_intervals
from agent.encode.area import TILE, TileGrid
from agent.encode.coder import Canvas, Stage, Work
from agent.encode.digest import digest
from agent.encode.film import Film
from agent.encode.kernel import Kernel, Pair, Patch, load
from agent.encode.lossy import Level
from agent.encode.means import COVER, UNMEASURED, Means
from agent.encode.mend import mend
from agent.encode.planes import Keep
from agent.encode.preview import preview_rest, worth_while
from agent.encode.stages import Copies, Drawn, Photos
from agent.protocol.picture import Codec, Frame, Rect

# New changes of at most so many pixels go before everything that waits, in a frame of their own.
URGENT_PIXELS = 64 * 1024
# A change of so few pixels is worth nothing but the stream, and is looked for in so many: a letter,
# a clock, a caret. It goes past the stages, which would take three times as long as coding it.
PATCH_PIXELS = 4 * TILE * TILE
PATCHED_WITHIN = 64 * 1024
# Of a frame that may end in a preview, so much is coded to learn what pixels cost.
SAMPLE = 4
# However much is new, every so many frames one makes previews right.
PREVIEWS_EVERY = 3


class ScreenEncoder:
    """Turns captured pictures into frames. Everything it returns must be sent, in order."""

    def __init__(self, kernel: Kernel | None = None) -> None:
        """Begin; without a kernel the fastest there is is taken."""
        self._kernel = kernel or load()
        # The stages run in this order; coder.py tells the two kinds apart.
        self._film = Film()
        keep = Keep()
        self._whole: list[Stage] = [
            *(keep, self._film, Copies(), keep.restore, self._film.watch),
        ]
        self._piecewise: list[Stage] = [Photos(), Drawn()]
        self._canvas: Canvas | None = None
        self._waiting = TileGrid(1, 1)
        self._next_row = 0
        self._overtook = False
        self._unmended = 0

    def first(self, picture: Picture, now: float, means: Means = UNMEASURED) -> Frame:
        """Return the whole screen in a fresh stream, for a pairing, a new size or a refresh.

        What does not fit into a frame comes as a preview.

        Args:
            picture: the screen, up to date everywhere.
            now: monotonic seconds.
            means: what the frame may cost.
        """
        canvas = self._canvas = Canvas(picture)
        for stage in self._whole + self._piecewise:
            stage.restart(canvas)
        self._waiting = TileGrid(picture.width, picture.height)
        self._next_row, self._overtook = 0, False
        everything = TileGrid(picture.width, picture.height, marked=True)
        # The shadow is the picture already, so there is nothing to compare: all is coded.
        work = self._work(canvas, canvas.shadow, [], (now, means))
        work.changed = everything
        self._code(work, _rows(everything, 0, means.frame_pixels))
        preview_rest(work, means.preview or COVER, least=0)
        return _frame(work, fresh=True)

    def show_films(self, *, wanted: bool) -> None:
        """Code films as such from now on, or no longer: the technician's browser can, or not."""
        self._film.wanted = wanted

    @property
    def behind(self) -> bool:
        """Whether something that has changed waits for one of the next frames."""
        return bool(self._waiting) or (self._canvas is not None and self._canvas.lossy.previews)

    def waiting(self) -> list[Box]:
        """Where the screen has to be read again although nothing new has happened there."""
        grid = self._waiting
        return [
            grid.pixels(Box(0, row, grid.columns, row + 1))
            for row in grid.marked_rows
            if 1 in grid.row(row)
        ]

    def update(
        self, picture: Picture, fresh: list[Box], now: float, means: Means = UNMEASURED
    ) -> Frame | None:
        """Return a part of what differs from what was sent, or None if nothing does.

        Args:
            picture: the screen, of the same size as at `first`, up to date in the rows of
                `fresh` and of `waiting()`.
            fresh: what may have changed since the last call, in pixels.
            now: monotonic seconds.
            means: what the frame may cost.
        """
        canvas = self._canvas
        if canvas is None:
            raise RuntimeError("first() was never called")
        boxes = inside(fresh, picture.width, picture.height)
        if boxes and (patches := self._patches(canvas, picture, boxes)) is not None:
            return self._patched(canvas, picture, patches)
        boxes += inside(self.waiting(), picture.width, picture.height)
        intervals = row_intervals(boxes, picture.height)
        work = self._work(canvas, picture, intervals, (now, means))
        work.fresh = fresh
        self._kernel.mark(work.pair, work.changed, boxes)
        urgent = self._urgent(work)
        if not urgent and self._is_mending_due(canvas, now):
            self._waiting = work.changed
            return self.mend(now, means)
        if fresh and not urgent:
            for stage in self._whole:
                work.left = work.changed
                stage.run(work)
        # Every second frame brings something of what waits, however much is urgent.
        self._overtook = bool(urgent) and not self._overtook
        self._code(work, urgent)
        if not self._overtook:
            self._code_rows(work)
        self._waiting = work.changed
        return _frame(work) if work.rects else None

    def _patches(self, canvas: Canvas, picture: Picture, boxes: list[Box]) -> list[Patch] | None:
        """Return what has changed if that is small and alone; else None, for the stages."""
        small = sum(box.area for box in boxes) <= PATCHED_WITHIN
        if not small or self._film.region is not None or self.behind:
            return None
        return self._kernel.patches(Pair(picture, canvas.shadow), boxes, PATCH_PIXELS)

    def _patched(self, canvas: Canvas, picture: Picture, patches: list[Patch]) -> Frame | None:
        rects = []
        for box, bands, pixels in patches:
            data = bands + canvas.stream.encode(pixels)
            codec = Codec.LINES if bands else Codec.ZSTD
            rects.append(Rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, codec, data))
            canvas.lossy.lossless(box)
        return Frame(picture.width, picture.height, tuple(rects)) if rects else None

    def mend_at(self) -> float | None:
        """When `mend` next has something to do, in the same seconds; None if never."""
        return self._canvas.lossy.due_at() if self._canvas else None

    def mend(self, now: float, means: Means = UNMEASURED) -> Frame | None:
        """Return a part of what is calm and went roughly, now better; None if nothing is."""
        canvas = self._canvas
        due = canvas.lossy.due(now) if canvas else None
        if canvas is None or due is None:
            return None
        level, tiles = due
        if level is Level.ROUGH and not means.slow:
            # What is right already waits for a line that was taken for slow, and is not.
            canvas.lossy.hasten(Level.FINE, now)
        work = self._work(canvas, canvas.shadow, [], (now, means))
        work.changed = tiles
        work.left = _rows(tiles, 0, means.frame_pixels)
        mend(work, level, self._piecewise)
        return _frame(work)

    def digest(self) -> bytes:
        """Return what the technician's picture must hash to, once nothing of it is lossy."""
        if self._canvas is None:
            raise RuntimeError("first() was never called")
        return digest(self._kernel, self._canvas.shadow)

    def _work(
        self,
        canvas: Canvas,
        picture: Picture,
        intervals: list[tuple[int, int]],
        now_and_means: tuple[float, Means],
    ) -> Work:
        nothing = TileGrid(picture.width, picture.height)
        return Work(self._kernel, canvas, picture, intervals, nothing, nothing, *now_and_means)

    def _is_mending_due(self, canvas: Canvas, now: float) -> bool:
        """Tell whether it is a preview's turn, although there is always something new."""
        due = canvas.lossy.due(now) if canvas.lossy.previews else None
        previews = due is not None and due[0] is Level.PREVIEW
        self._unmended = (self._unmended + 1) % PREVIEWS_EVERY if previews else 0
        return previews and self._unmended == 0

    def _urgent(self, work: Work) -> TileGrid:
        """Return what is new and small and may overtake what waits; often nothing."""
        news = work.news() if self._waiting else TileGrid(1, 1)
        return news if news.cells.count(1) * TILE * TILE <= URGENT_PIXELS else TileGrid(1, 1)

    def _code_rows(self, work: Work) -> None:
        """Code what has waited, then what is new, or show all of it as a preview."""
        if not self._waiting and work.changed.count * TILE * TILE <= URGENT_PIXELS:
            # So little is worth neither a preview nor taking turns.
            self._code(work, work.changed)
            return
        means = work.means
        if means.preview is not None:
            # A sample first: it tells what all would cost.
            work.means = replace(means, frame_bytes=work.size + means.frame_bytes // SAMPLE)
            self._code_in_turn(work)
            work.means = means
        if means.preview is not None and worth_while(work, means.preview):
            preview_rest(work, means.preview)
        else:
            self._code_in_turn(work)

    def _code_in_turn(self, work: Work) -> None:
        news = work.news()
        self._code(work, _rows(work.changed.without(news), 0, work.means.frame_pixels))
        # What is new every time, and too much for a frame, must come in turn too.
        count = len(work.rects)
        self._code(work, _rows(news.both(work.changed), self._next_row, work.means.frame_pixels))
        if not news.both(work.changed):
            self._next_row = 0
        elif len(work.rects) > count:
            self._next_row = max(rect.y + rect.h for rect in work.rects[count:]) // TILE

    def _code(self, work: Work, part: TileGrid) -> None:
        work.left = part
        if part:
            for stage in self._piecewise:
                stage.run(work)


def _frame(work: Work, *, fresh: bool = False) -> Frame:
    return Frame(work.picture.width, work.picture.height, tuple(work.rects), fresh=fresh)


def _rows(grid: TileGrid, start: int, pixels: int) -> TileGrid:
    """Return the marked tiles of so many pixels' rows, from `start` on or else from the top."""
    rows = [row for row in grid.marked_rows if row >= start] or grid.marked_rows
    part = TileGrid(grid.width, grid.height)
    count = 0
    for row in rows:
        cells = grid.row(row)
        part.cells[row * grid.columns : (row + 1) * grid.columns] = cells
        count += cells.count(1)
        if count * TILE * TILE >= pixels:
            break
    return part
