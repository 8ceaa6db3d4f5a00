"""The stages that are always there: copies, then JPEG for photographs, then zstd for the rest."""

from collections.abc import Iterator

from agent.capture.base import Box
from agent.encode import classify, jpeg
from agent.encode.area import TILE, TileGrid, widened
from agent.encode.base import image_of
from agent.encode.coder import Stage, Work, moved
from agent.encode.copy import CHANGED_LEAST, find_copies
from agent.encode.lossy import CALM, Level
from agent.encode.means import Jpeg
from agent.protocol.picture import Codec, copy_data

# Photographs from so many pixels on are dear without loss, so they have to be calm for longer, and
# from so many on for so long.
LARGE_PHOTO, LARGEST_PHOTO = 128 * 1024, 400 * 1024
LARGE_CALM = 0.6
# Bytes that a pixel is thought to cost before anything of a frame is coded; a photograph's
# without loss.
CHEAP = 1 / 16
DEAR = 2.5
# The least that is coded at once, in tiles.
PIECE_LEAST = 16
# A strip of a photograph, in rows of tiles; a single row would not be known for one.
PHOTO_ROWS = 2


class Copies(Stage):
    """What only moved, from where the technician has it already."""

    def __init__(self) -> None:
        """Begin at rest."""
        # Which way most went in the last frame, and whether in the one before as well.
        self._way: tuple[int, int] | None = None
        self._steady = False

    def run(self, work: Work) -> None:
        # Without the compiled loops looking for them takes longer than sending the pixels.
        if not work.kernel.compiled:
            return
        if work.left.count < CHANGED_LEAST:
            self._steady, self._way = False, None
            return
        canvas = work.canvas
        likely = self._way if self._steady else None
        dragged = self._way is not None and all(self._way)
        copies = find_copies(
            work.kernel, work.pair, work.left, work.intervals, likely, dragged=dragged
        )
        most = max(copies, key=lambda copy: copy.box.area, default=None)
        way = most.way if most else None
        self._steady, self._way = way is not None and way == self._way, way
        for copy in copies:
            work.kernel.move(canvas.shadow, copy.box, copy.source)
            canvas.lossy.copied(copy, work.now)
            work.add(copy.box, Codec.COPY, copy_data(*copy.source))
            work.copies.append(copy)
        if copies:
            # What the copies brought is compared like everything else.
            moved(work, [copy.box for copy in copies])


class Photos(Stage):
    """Photographs as JPEG, as well as the line allows."""

    def run(self, work: Work) -> None:
        if work.changed.count < classify.MARKED_LEAST:
            return
        photographic = work.kernel.photographic(work.picture, _with_next_rows(work))
        boxes = classify.photographs(work.kernel.rectangles(photographic))
        area = sum(work.left.pixels(box).area for box in boxes)
        photograph(work, boxes, work.means.photo, (work.now + calm(area), Level.ROUGH))


class Drawn(Stage):
    """Text, interface and all else without loss; only what differs, to the pixel."""

    def run(self, work: Work) -> None:
        boxes = work.kernel.rectangles(work.left)
        # A band over the whole width costs little only where what is right already is left out.
        lossless(work, boxes if work.mending else widened(boxes, work.left.columns))


def calm(pixels: int) -> float:
    """Return how many seconds a photograph of so many pixels must stand still to be mended."""
    share = (pixels - LARGE_PHOTO) / (LARGEST_PHOTO - LARGE_PHOTO)
    return CALM + min(max(share, 0.0), 1.0) * (LARGE_CALM - CALM)


def photograph(
    work: Work, boxes: list[Box], how: Jpeg, mended: tuple[float, Level], guess: float = CHEAP
) -> None:
    """Append boxes of tiles as JPEG, as many as the frame takes.

    Args:
        work: the frame.
        boxes: in tiles.
        how: how well.
        mended: when it is to be mended, and what it is until then.
        guess: bytes that a pixel is thought to cost.
    """
    for box in pieces(boxes, work, guess, rows_least=PHOTO_ROWS):
        work.canvas.lossy.add(box, *mended)
        pixels = work.left.pixels(box)
        work.add(pixels, Codec.JPEG, jpeg.encode(image_of(work.picture, pixels), how))
        work.brought(box)


def lossless(work: Work, boxes: list[Box], guess: float = CHEAP) -> None:
    """Append boxes of tiles in the session's stream, as many as the frame takes.

    Args:
        work: the frame.
        boxes: in tiles.
        guess: bytes that a pixel is thought to cost.
    """
    for box in pieces(boxes, work, guess):
        whole = work.left.pixels(box)
        parts = [whole] if work.mending else work.kernel.split(work.pair, whole)
        for part in parts:
            work.add(part, *_streamed(work, part))
            work.canvas.lossy.lossless(part)
        work.brought(box)


def _streamed(work: Work, part: Box) -> tuple[Codec, bytes]:
    """Return a box of pixels in the session's stream, lines of text by columns."""
    bands = work.kernel.bands(work.picture, part)
    stream = work.canvas.stream
    if not bands:
        return Codec.ZSTD, stream.encode(work.kernel.pack(work.picture, part))
    packed = work.kernel.pack_bands(work.picture, part, bands)
    return Codec.LINES, bands + stream.encode(packed)


def pieces(boxes: list[Box], work: Work, guess: float, *, rows_least: int = 0) -> Iterator[Box]:
    """Cut boxes of tiles into pieces, until the frame is full.

    A piece is as large as the frame still takes, if its pixels cost what those before it did.

    Args:
        boxes: in tiles.
        work: the frame.
        guess: bytes that a pixel is thought to cost before anything of the frame is coded.
        rows_least: pieces have the whole width of their box and so many rows of tiles, and less
            is not left over either; 0: they are cut at will.
    """
    for box in boxes:
        y = box.y0
        while y < box.y1:
            x, rows = box.x0, 1
            while x < box.x1:
                if work.full:
                    return
                tiles = _affordable(work, guess)
                columns = box.x1 - x if rows_least else min(box.x1 - x, tiles)
                if x == box.x0:
                    rows = max(1, rows_least, tiles // columns)
                    rows = rows if y + rows + rows_least <= box.y1 else box.y1 - y
                yield Box(x, y, x + columns, y + rows)
                x += columns
            y += rows


def _with_next_rows(work: Work) -> TileGrid:
    """Return what is left and the row of tiles below each part, if that has changed too.

    A photograph of which only one row is to be coded now would not be known for one.
    """
    grid = TileGrid(work.left.width, work.left.height)
    left, changed = work.left.cells, work.changed.cells
    marked = work.left.span
    span = slice(marked.start, min(marked.stop + grid.columns, len(left)))
    below = (bytes(grid.columns) + left)[span]
    both = int.from_bytes(left[span]) | int.from_bytes(below) & int.from_bytes(changed[span])
    grid.cells[span] = both.to_bytes(span.stop - span.start)
    return grid


def _affordable(work: Work, guess: float) -> int:
    cost = work.size / work.painted if work.painted else guess
    room = work.means.frame_bytes - work.size
    pixels = min(work.means.frame_pixels, room / cost) if cost else work.means.frame_pixels
    return max(PIECE_LEAST, int(pixels) // (TILE * TILE))
