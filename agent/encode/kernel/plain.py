"""The inner loops in Python: what the compiled ones are held against, and stand-ins for them."""

from collections.abc import Iterator

from PIL import Image, ImageChops

from agent.capture.base import Box, Picture
from agent.encode.area import TILE, TileGrid, mark_changes, rectangles, touched
from agent.encode.base import image_of
from agent.encode.classify import photographic_tiles
from agent.encode.kernel import colours, digests, lines, tight
from agent.encode.kernel.base import (
    BOXES_MOST,
    DIGEST,
    DRAG_VOTES,
    KEY_BYTES,
    OFFSETS_MOST,
    Kernel,
    Offset,
    Pair,
    Patch,
)
from agent.protocol.picture import BAND_HIGHEST

BAND = 64
BAND_LEAST = 8
SPAN_LEAST = 32
BANDS_ENOUGH = 10
DETAIL_LEAST = 24
RGB = 3


class PlainKernel(Kernel):
    """Python and Pillow only."""

    compiled = False

    def mark(self, pair: Pair, grid: TileGrid, boxes: list[Box]) -> None:
        for box in boxes:
            _check(pair.new, box)
            rows = TileGrid(grid.width, grid.height)
            pixels = pair.new.pixels, pair.old.pixels
            mark_changes(rows, *pixels, pair.new.stride, [(box.y0, box.y1)])
            inside = TileGrid(grid.width, grid.height)
            inside.fill(touched(box), 1)
            for cell, marked in enumerate(rows.both(inside).cells):
                grid.cells[cell] |= marked

    def differing(self, pair: Pair, grid: TileGrid) -> TileGrid:
        if (grid.width, grid.height) != (pair.new.width, pair.new.height):
            raise ValueError("a grid that does not fit")
        result = TileGrid(grid.width, grid.height)
        self.mark(pair, result, [Box(0, 0, pair.new.width, pair.new.height)])
        return result.both(grid)

    def split(self, pair: Pair, box: Box) -> list[Box]:
        _check(pair.new, box)
        steps = ImageChops.difference(image_of(pair.new, box), image_of(pair.old, box))
        red, green, blue = steps.split()
        return tight.split(ImageChops.lighter(ImageChops.lighter(red, green), blue), box)

    def patches(self, pair: Pair, boxes: list[Box], most: int) -> list[Patch] | None:
        found = [part for box in boxes for part in self.split(pair, box)]
        if len(found) > BOXES_MOST or sum(part.area for part in found) > most:
            return None
        patches = []
        for part in found:
            bands = self.bands(pair.new, part)
            pack = self.pack_bands(pair.new, part, bands) if bands else self.pack(pair.new, part)
            patches.append(Patch(part, bands, bytes(pack)))
            self.paste(pair.new, pair.old, part)
        return patches

    def scrolls(self, pair: Pair, grid: TileGrid, *, vertical: bool, enough: int) -> list[Offset]:
        length, wide = (
            (pair.new.height, pair.new.width) if vertical else (pair.new.width, pair.new.height)
        )
        votes: dict[int, int] = {}
        spans = [_span(grid, start // TILE, vertical=vertical) for start in range(0, wide, BAND)]
        marked = len(spans) - spans.count(None)
        skip, seen = max(marked // BANDS_ENOUGH, 1), 0
        for start, span in zip(range(0, wide, BAND), spans, strict=True):
            size = min(BAND, wide - start)
            if span is None or size // 2 < BAND_LEAST:
                continue
            seen += 1
            if (seen - 1) % skip:
                continue
            first, last = span[0] * TILE, min(span[1] * TILE, length)
            if last - first < SPAN_LEAST:
                continue
            x0 = start + size // 4
            x1 = x0 + size // 2
            box = Box(x0, first, x1, last) if vertical else Box(first, x0, last, x1)
            for way in _votes(*(_lines(p, box, vertical=vertical) for p in (pair.new, pair.old))):
                votes[way] = votes.get(way, 0) + 1
        return _best(
            Offset(0, way, count) if vertical else Offset(way, 0, count)
            for way, count in votes.items()
            if count >= enough
        )

    def drags(self, pair: Pair, grid: TileGrid, *, radius: int, patches: int) -> list[Offset]:
        new, old = _Rows(pair.new), _Rows(pair.old)
        rich = []
        for cell, marked in enumerate(grid.cells):
            x, y = cell % grid.columns * TILE, cell // grid.columns * TILE
            if marked and x + TILE <= new.width and y + TILE <= new.height:
                tile = [new.part(x, y + row, TILE) for row in range(TILE)]
                if sum(map(_steps, tile)) >= DETAIL_LEAST:
                    rich.append((x, y, tile))
        asked = min(patches, len(rich))
        votes: dict[tuple[int, int], int] = {}
        for index in range(asked):
            x, y, tile = rich[(2 * index + 1) * len(rich) // (2 * asked)]
            places = _places(old, tile, x, y, radius)
            if len(places) == 1 and places[0] != (0, 0):
                votes[places[0]] = votes.get(places[0], 0) + 1
        return _best(Offset(*way, count) for way, count in votes.items() if count >= DRAG_VOTES)

    def match(self, pair: Pair, tiles: Box, way: tuple[int, int]) -> TileGrid:
        grid = TileGrid(pair.new.width, pair.new.height)
        if min(tiles.x0, tiles.y0) < 0 or tiles.x1 > grid.columns or tiles.y1 > grid.rows:
            raise ValueError("tiles outside the picture")
        new, old = _Rows(pair.new), _Rows(pair.old)
        for row in range(tiles.y0, tiles.y1):
            for column in range(tiles.x0, tiles.x1):
                box = grid.pixels(Box(column, row, column + 1, row + 1))
                if _inside(pair.new, _moved(box, way)) and new.same(old, box, way):
                    grid.cells[row * grid.columns + column] = 1
        return grid

    def rectangles(self, grid: TileGrid) -> list[Box]:
        return rectangles(grid)

    def largest(self, grid: TileGrid) -> Box | None:
        best: Box | None = None
        heights = [0] * (grid.columns + 1)
        for row in range(grid.rows):
            stack: list[tuple[int, int]] = []  # where a height starts, and the height, rising
            cells = grid.row(row)
            for column in range(grid.columns + 1):
                marked = column < grid.columns and cells[column]
                height = heights[column] = heights[column] + 1 if marked else 0
                start = column
                while stack and stack[-1][1] >= height:
                    start, tall = stack.pop()
                    box = Box(start, row + 1 - tall, column, row + 1)
                    if best is None or box.area > best.area:
                        best = box
                if height:
                    stack.append((start, height))
        return best

    def grow(self, pair: Pair, box: Box, limit: Box, way: tuple[int, int]) -> Box:
        width, height = pair.new.width, pair.new.height
        _check(pair.new, box)
        _check(pair.new, limit)
        left, top = max(limit.x0, -way[0]), max(limit.y0, -way[1])
        right, bottom = min(limit.x1, width - way[0]), min(limit.y1, height - way[1])
        x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
        if x0 < left or y0 < top or x1 > right or y1 > bottom:
            raise ValueError("a box outside its limit")
        new, old = _Rows(pair.new), _Rows(pair.old)
        while y0 > top and new.same(old, Box(x0, y0 - 1, x1, y0), way):
            y0 -= 1
        while y1 < bottom and new.same(old, Box(x0, y1, x1, y1 + 1), way):
            y1 += 1
        while x0 > left and new.same(old, Box(x0 - 1, y0, x0, y1), way):
            x0 -= 1
        while x1 < right and new.same(old, Box(x1, y0, x1 + 1, y1), way):
            x1 += 1
        stayed = (0, 0)
        while y0 < y1 - 1 and new.same(old, Box(x0, y0, x1, y0 + 1), stayed):
            y0 += 1
        while y0 < y1 - 1 and new.same(old, Box(x0, y1 - 1, x1, y1), stayed):
            y1 -= 1
        while x0 < x1 - 1 and new.same(old, Box(x0, y0, x0 + 1, y1), stayed):
            x0 += 1
        while x0 < x1 - 1 and new.same(old, Box(x1 - 1, y0, x1, y1), stayed):
            x1 -= 1
        return Box(x0, y0, x1, y1)

    def move(self, picture: Picture, box: Box, source: tuple[int, int]) -> None:
        x, y = source
        _check(picture, box)
        _check(picture, _moved(box, (x - box.x0, y - box.y0)))
        rows = range(box.y1 - box.y0)
        size = (box.x1 - box.x0) * 4
        for row in reversed(rows) if y < box.y0 else rows:
            to = (box.y0 + row) * picture.stride + box.x0 * 4
            start = (y + row) * picture.stride + x * 4
            picture.pixels[to : to + size] = bytes(picture.pixels[start : start + size])

    def paste(self, source: Picture, target: Picture, box: Box) -> None:
        Pair(source, target)
        _check(source, box)
        size = (box.x1 - box.x0) * 4
        for row in range(box.y0, box.y1):
            start = row * source.stride + box.x0 * 4
            target.pixels[start : start + size] = source.pixels[start : start + size]

    def same(self, pair: Pair, box: Box) -> bool:
        _check(pair.new, box)
        return image_of(pair.new, box).tobytes() == image_of(pair.old, box).tobytes()

    def photographic(self, picture: Picture, grid: TileGrid) -> TileGrid:
        result = TileGrid(grid.width, grid.height)
        for row in range(grid.rows):
            cells = grid.row(row)
            if 1 in cells:
                box = grid.pixels(Box(0, row, grid.columns, row + 1))
                flags = photographic_tiles(image_of(picture, box, every=4))[0]
                offset = row * grid.columns
                result.cells[offset : offset + grid.columns] = bytes(map(min, cells, flags))
        return result

    def flat(self, picture: Picture, grid: TileGrid) -> TileGrid:
        if (grid.width, grid.height) != (picture.width, picture.height):
            raise ValueError("a grid that does not fit")
        result = TileGrid(grid.width, grid.height)
        for cell, marked in enumerate(grid.cells):
            if marked:
                column, row = cell % grid.columns, cell // grid.columns
                box = grid.pixels(Box(column, row, column + 1, row + 1))
                data = image_of(picture, box).tobytes()
                result.cells[cell] = data == data[:RGB] * (len(data) // RGB)
        return result

    def pack(self, picture: Picture, box: Box) -> bytes | bytearray:
        _check(picture, box)
        return image_of(picture, box).tobytes()

    def bands(self, picture: Picture, box: Box) -> bytes:
        _check(picture, box)
        return lines.bands(image_of(picture, box))

    def pack_bands(self, picture: Picture, box: Box, bands: bytes) -> bytes | bytearray:
        _check(picture, box)
        if sum(band & BAND_HIGHEST for band in bands) != box.y1 - box.y0:
            raise ValueError("bands of another height")
        return lines.pack(image_of(picture, box), bands)

    def yuv(self, picture: Picture, box: Box) -> bytearray:
        _check(picture, box)
        return colours.i420(image_of(picture, box))

    def digest(self, picture: Picture, grid: TileGrid, key: bytes, into: bytearray) -> None:
        if len(key) != KEY_BYTES or len(into) != DIGEST * len(grid.cells):
            raise ValueError("a key or digests that do not fit")
        if (grid.width, grid.height) != (picture.width, picture.height):
            raise ValueError("a grid that does not fit")
        for cell, marked in enumerate(grid.cells):
            if marked:
                column, row = cell % grid.columns, cell // grid.columns
                tile = grid.pixels(Box(column, row, column + 1, row + 1))
                into[cell * DIGEST : (cell + 1) * DIGEST] = digests.digest(picture, tile, key)

    def recognise(self, one: bytearray, two: bytearray, grid: TileGrid) -> TileGrid:
        if not len(one) == len(two) == DIGEST * len(grid.cells):
            raise ValueError("digests that do not fit")
        result = TileGrid(grid.width, grid.height)
        result.cells[:] = bytes(
            marked
            and one[cell * DIGEST : (cell + 1) * DIGEST] == two[cell * DIGEST : (cell + 1) * DIGEST]
            for cell, marked in enumerate(grid.cells)
        )
        return result


class _Rows:
    """A picture without its fourth bytes, so that equal pixels are equal bytes."""

    def __init__(self, picture: Picture) -> None:
        self.width, self.height = picture.width, picture.height
        self._rgb = image_of(picture, Box(0, 0, picture.width, picture.height)).tobytes()

    def part(self, x: int, y: int, count: int) -> bytes:
        start = (y * self.width + x) * RGB
        return self._rgb[start : start + count * RGB]

    def same(self, other: "_Rows", box: Box, way: tuple[int, int]) -> bool:
        """Whether a box is what the other picture has at `way` from there."""
        count = box.x1 - box.x0
        return all(
            self.part(box.x0, y, count) == other.part(box.x0 + way[0], y + way[1], count)
            for y in range(box.y0, box.y1)
        )


def _inside(picture: Picture, box: Box) -> bool:
    return 0 <= box.x0 < box.x1 <= picture.width and 0 <= box.y0 < box.y1 <= picture.height


def _check(picture: Picture, box: Box) -> None:
    if not _inside(picture, box):
        raise ValueError(f"{box} is outside the picture")


def _moved(box: Box, way: tuple[int, int]) -> Box:
    return Box(box.x0 + way[0], box.y0 + way[1], box.x1 + way[0], box.y1 + way[1])


def _span(grid: TileGrid, tile: int, *, vertical: bool) -> tuple[int, int] | None:
    """First and last marked tile along the scrolling, of the band that starts at `tile`."""
    band = range(tile, min(tile + BAND // TILE, grid.columns if vertical else grid.rows))
    marked = [
        i
        for i in range(grid.rows if vertical else grid.columns)
        if any(grid.cells[i * grid.columns + j if vertical else j * grid.columns + i] for j in band)
    ]
    return (marked[0], marked[-1] + 1) if marked else None


def _lines(picture: Picture, box: Box, *, vertical: bool) -> list[bytes]:
    image = image_of(picture, box)
    if not vertical:
        image = image.transpose(Image.Transpose.TRANSPOSE)
    data, size = image.tobytes(), image.width * RGB
    return [data[start : start + size] for start in range(0, len(data), size)]


def _votes(new: list[bytes], old: list[bytes]) -> Iterator[int]:
    """Ways from each changed new line to the one old line that is the same."""
    where: dict[bytes, int | None] = {}
    for index, line in enumerate(old):
        where[line] = None if line in where else index
    for index, line in enumerate(new):
        source = where.get(line)
        uniform = line == line[:RGB] * (len(line) // RGB)
        if source is not None and line != old[index] and not uniform:
            yield source - index


def _steps(row: bytes) -> int:
    """Pixels that differ from their right neighbour."""
    return sum(
        row[i : i + RGB] != row[i + RGB : i + 2 * RGB] for i in range(0, len(row) - RGB, RGB)
    )


def _places(old: _Rows, tile: list[bytes], x: int, y: int, radius: int) -> list[tuple[int, int]]:
    """Ways to every place of a tile within the radius."""
    left, right = max(-radius, -x), min(radius, old.width - TILE - x)
    found = []
    for dy in range(max(-radius, -y), min(radius, old.height - TILE - y) + 1):
        line = old.part(x + left, y + dy, right - left + TILE)
        start = line.find(tile[0])
        while start >= 0:
            dx = left + start // RGB
            if start % RGB == 0 and all(
                old.part(x + dx, y + dy + row, TILE) == tile[row] for row in range(1, TILE)
            ):
                found.append((dx, dy))
            start = line.find(tile[0], start + 1)
    return found


def _best(offsets: Iterator[Offset]) -> list[Offset]:
    ranked = sorted(offsets, key=lambda o: (-o.votes, abs(o.dx) + abs(o.dy), o.dx, o.dy))
    return ranked[:OFFSETS_MOST]
