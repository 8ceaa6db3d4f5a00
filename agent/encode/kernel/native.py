"""The inner loops in C, called by ctypes, which leaves other threads running meanwhile."""

import ctypes
import struct
from collections.abc import Callable, Iterator
from ctypes import POINTER, byref, c_char_p, c_int32, c_uint8, c_uint64, c_void_p
from pathlib import Path

from agent.capture.base import Box, Picture
from agent.encode.area import MAX_RECTANGLES, TileGrid
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


class _Shape(ctypes.Structure):
    _fields_ = (
        ("width", c_int32),
        ("height", c_int32),
        ("stride", c_int32),
        ("size", c_uint64),
    )


class _Box(ctypes.Structure):
    _fields_ = (("x0", c_int32), ("y0", c_int32), ("x1", c_int32), ("y1", c_int32))


class _Offset(ctypes.Structure):
    _fields_ = (("dx", c_int32), ("dy", c_int32), ("votes", c_int32))


# Of a patch: its box, how many bands follow, and then how many bytes of pixels.
_HEAD = struct.Struct("=5iI")
# What is more than was asked for.
_MORE = -2
_SHAPE, _BOX, _OFFSETS = POINTER(_Shape), POINTER(_Box), POINTER(_Offset)
_SIGNATURES = {
    "dibuc_mark_box": (_SHAPE, c_void_p, c_void_p, _BOX, c_void_p, c_uint64),
    "dibuc_split": (_SHAPE, c_void_p, c_void_p, _BOX, _BOX, c_int32),
    "dibuc_patches": (
        *(_SHAPE, c_void_p, c_void_p, _BOX, c_int32, c_int32, c_int32, c_void_p, c_uint64),
    ),
    "dibuc_scrolls": (
        *(_SHAPE, c_void_p, c_void_p, c_void_p, c_uint64, c_int32, c_int32, _OFFSETS, c_int32),
    ),
    "dibuc_drags": (
        *(_SHAPE, c_void_p, c_void_p, c_void_p, c_uint64, POINTER(c_int32), _OFFSETS, c_int32),
    ),
    "dibuc_match": (_SHAPE, c_void_p, c_void_p, _BOX, c_int32, c_int32, c_void_p, c_uint64),
    "dibuc_largest": (c_void_p, c_int32, c_int32, _BOX),
    "dibuc_rectangles": (c_void_p, c_int32, c_int32, _BOX, c_int32),
    "dibuc_grow": (_SHAPE, c_void_p, c_void_p, _BOX, _BOX, c_int32, c_int32),
    "dibuc_move": (_SHAPE, c_void_p, _BOX, c_int32, c_int32),
    "dibuc_photographic": (_SHAPE, c_void_p, c_void_p, c_void_p, c_uint64),
    "dibuc_digest": (_SHAPE, c_void_p, c_void_p, c_uint64, c_void_p, c_void_p),
    "dibuc_recognise": (c_void_p, c_void_p, c_void_p, c_uint64, c_void_p),
    "dibuc_paste": (_SHAPE, c_void_p, c_void_p, _BOX),
    "dibuc_same": (_SHAPE, c_void_p, c_void_p, _BOX),
    "dibuc_differing": (_SHAPE, c_void_p, c_void_p, c_void_p, c_void_p, c_uint64),
    "dibuc_flat": (_SHAPE, c_void_p, c_void_p, c_void_p, c_uint64),
    "dibuc_yuv": (_SHAPE, c_void_p, _BOX, c_int32, c_void_p, c_uint64),
    "dibuc_pack": (_SHAPE, c_void_p, _BOX, c_int32, c_void_p, c_uint64),
    "dibuc_bands": (_SHAPE, c_void_p, _BOX, c_void_p, c_int32),
    "dibuc_pack_bands": (
        *(_SHAPE, c_void_p, _BOX, c_int32, c_char_p, c_int32, c_void_p, c_uint64),
    ),
}


class NativeKernel(Kernel):
    """The compiled library. Memory is borrowed for the length of a call only."""

    compiled = True

    def __init__(self, path: Path) -> None:
        """Load it.

        Raises:
            OSError: there is none, or it is another machine's.
            AttributeError: it is not this version's.
        """
        library = ctypes.CDLL(str(path))
        for name, arguments in _SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes = arguments
            function.restype = c_int32
        self._library = library

    def mark(self, pair: Pair, grid: TileGrid, boxes: list[Box]) -> None:
        shape, new, old = _shape(pair.new, pair.old), _memory(pair.new), _memory(pair.old)
        cells, count = _cells(grid), len(grid.cells)
        for box in boxes:
            _checked(
                self._library.dibuc_mark_box(
                    shape, byref(new), byref(old), _box(box), byref(cells), count
                )
            )

    def differing(self, pair: Pair, grid: TileGrid) -> TileGrid:
        result = TileGrid(grid.width, grid.height)
        new, old = _memory(pair.new), _memory(pair.old)
        _checked(
            self._library.dibuc_differing(
                _shape(pair.new, pair.old), byref(new), byref(old), byref(_cells(grid)),
                byref(_cells(result)), len(grid.cells),
            )
        )  # fmt: skip
        return result

    def split(self, pair: Pair, box: Box) -> list[Box]:
        new, old = _memory(pair.new), _memory(pair.old)
        found = (_Box * BOXES_MOST)()
        count = _checked(
            self._library.dibuc_split(
                _shape(pair.new, pair.old), byref(new), byref(old), _box(box), found, BOXES_MOST
            )
        )
        return [Box(b.x0, b.y0, b.x1, b.y1) for b in found[:count]]

    def patches(self, pair: Pair, boxes: list[Box], most: int) -> list[Patch] | None:
        new, old = _memory(pair.new), _memory(pair.old)
        wanted = (_Box * len(boxes))(*map(_box, boxes))
        out = bytearray(4 * most + BOXES_MOST * _HEAD.size)
        count = self._library.dibuc_patches(
            _shape(pair.new, pair.old), byref(new), byref(old), wanted, len(boxes),
            pair.new.layout.index("R"), most, byref(c_uint8.from_buffer(out)), len(out),
        )  # fmt: skip
        return None if count == _MORE else list(_patches(out, _checked(count)))

    def scrolls(self, pair: Pair, grid: TileGrid, *, vertical: bool, enough: int) -> list[Offset]:
        new, old, cells = _memory(pair.new), _memory(pair.old), _cells(grid)
        found = (_Offset * OFFSETS_MOST)()
        count = _checked(
            self._library.dibuc_scrolls(
                _shape(pair.new, pair.old), byref(new), byref(old), byref(cells),
                len(grid.cells), int(vertical), enough, found, OFFSETS_MOST,
            )
        )  # fmt: skip
        return [Offset(o.dx, o.dy, o.votes) for o in found[:count]]

    def drags(self, pair: Pair, grid: TileGrid, *, radius: int, patches: int) -> list[Offset]:
        new, old, cells = _memory(pair.new), _memory(pair.old), _cells(grid)
        found = (_Offset * OFFSETS_MOST)()
        limits = (c_int32 * 3)(radius, patches, DRAG_VOTES)
        count = _checked(
            self._library.dibuc_drags(
                _shape(pair.new, pair.old), byref(new), byref(old), byref(cells),
                len(grid.cells), limits, found, OFFSETS_MOST,
            )
        )  # fmt: skip
        return [Offset(o.dx, o.dy, o.votes) for o in found[:count]]

    def match(self, pair: Pair, tiles: Box, way: tuple[int, int]) -> TileGrid:
        new, old = _memory(pair.new), _memory(pair.old)
        grid = TileGrid(pair.new.width, pair.new.height)
        cells = _cells(grid)
        _checked(
            self._library.dibuc_match(
                _shape(pair.new, pair.old), byref(new), byref(old), _box(tiles), *way,
                byref(cells), len(grid.cells),
            )
        )  # fmt: skip
        return grid

    def largest(self, grid: TileGrid) -> Box | None:
        cells, found = _cells(grid), _Box()
        area = _checked(
            self._library.dibuc_largest(byref(cells), grid.columns, grid.rows, byref(found))
        )
        return Box(found.x0, found.y0, found.x1, found.y1) if area else None

    def rectangles(self, grid: TileGrid) -> list[Box]:
        found = (_Box * MAX_RECTANGLES)()
        count = _checked(
            self._library.dibuc_rectangles(
                byref(_cells(grid)), grid.columns, grid.rows, found, MAX_RECTANGLES
            )
        )
        return [Box(b.x0, b.y0, b.x1, b.y1) for b in found[:count]]

    def grow(self, pair: Pair, box: Box, limit: Box, way: tuple[int, int]) -> Box:
        new, old, grown = _memory(pair.new), _memory(pair.old), _box(box)
        _checked(
            self._library.dibuc_grow(
                _shape(pair.new, pair.old), byref(new), byref(old), grown, _box(limit), *way
            )
        )
        return Box(grown.x0, grown.y0, grown.x1, grown.y1)

    def move(self, picture: Picture, box: Box, source: tuple[int, int]) -> None:
        pixels = _memory(picture)
        _checked(self._library.dibuc_move(_shape(picture), byref(pixels), _box(box), *source))

    def paste(self, source: Picture, target: Picture, box: Box) -> None:
        pair = Pair(source, target)
        new, old = _memory(source), _memory(target)
        _checked(
            self._library.dibuc_paste(_shape(pair.new, pair.old), byref(new), byref(old), _box(box))
        )

    def same(self, pair: Pair, box: Box) -> bool:
        new, old = _memory(pair.new), _memory(pair.old)
        answer = self._library.dibuc_same(
            _shape(pair.new, pair.old), byref(new), byref(old), _box(box)
        )
        return _checked(answer) == 1

    def photographic(self, picture: Picture, grid: TileGrid) -> TileGrid:
        return self._looking(self._library.dibuc_photographic, picture, grid)

    def flat(self, picture: Picture, grid: TileGrid) -> TileGrid:
        return self._looking(self._library.dibuc_flat, picture, grid)

    def _looking(self, how: Callable[..., int], picture: Picture, grid: TileGrid) -> TileGrid:
        result = TileGrid(grid.width, grid.height)
        pixels, cells, found = _memory(picture), _cells(grid), _cells(result)
        _checked(how(_shape(picture), byref(pixels), byref(cells), byref(found), len(grid.cells)))
        return result

    def pack(self, picture: Picture, box: Box) -> bytes | bytearray:
        pixels, packed = _memory(picture), _room_for_rgb(box)
        _checked(
            self._library.dibuc_pack(
                _shape(picture), byref(pixels), _box(box), picture.layout.index("R"),
                byref(c_uint8.from_buffer(packed)), len(packed),
            )
        )  # fmt: skip
        return packed

    def bands(self, picture: Picture, box: Box) -> bytes:
        found = (c_uint8 * max(box.y1 - box.y0, 1))()
        pixels = _memory(picture)
        count = _checked(
            self._library.dibuc_bands(_shape(picture), byref(pixels), _box(box), found, len(found))
        )
        return bytes(found[:count])

    def pack_bands(self, picture: Picture, box: Box, bands: bytes) -> bytes | bytearray:
        pixels, packed = _memory(picture), _room_for_rgb(box)
        _checked(
            self._library.dibuc_pack_bands(
                _shape(picture), byref(pixels), _box(box), picture.layout.index("R"),
                bands, len(bands), byref(c_uint8.from_buffer(packed)), len(packed),
            )
        )  # fmt: skip
        return packed

    def yuv(self, picture: Picture, box: Box) -> bytearray:
        pixels = _memory(picture)
        width, height = (max(box.x1 - box.x0 + 1, 2) & ~1, max(box.y1 - box.y0 + 1, 2) & ~1)
        planes = bytearray(width * height * 3 // 2)
        _checked(
            self._library.dibuc_yuv(
                _shape(picture), byref(pixels), _box(box), picture.layout.index("R"),
                byref(c_uint8.from_buffer(planes)), len(planes),
            )
        )  # fmt: skip
        return planes

    def digest(self, picture: Picture, grid: TileGrid, key: bytes, into: bytearray) -> None:
        if len(key) != KEY_BYTES or len(into) != DIGEST * len(grid.cells):
            raise ValueError("a key or digests that do not fit")
        pixels, cells = _memory(picture), _cells(grid)
        _checked(
            self._library.dibuc_digest(
                _shape(picture), byref(pixels), byref(cells), len(grid.cells), key,
                byref(c_uint8.from_buffer(into)),
            )
        )  # fmt: skip

    def recognise(self, one: bytearray, two: bytearray, grid: TileGrid) -> TileGrid:
        if not len(one) == len(two) == DIGEST * len(grid.cells):
            raise ValueError("digests that do not fit")
        result = TileGrid(grid.width, grid.height)
        self._library.dibuc_recognise(
            byref(c_uint8.from_buffer(one)), byref(c_uint8.from_buffer(two)), byref(_cells(grid)),
            len(grid.cells), byref(_cells(result)),
        )  # fmt: skip
        return result


def _patches(out: bytearray, count: int) -> Iterator[Patch]:
    at = 0
    for _ in range(count):
        *sides, bands, size = _HEAD.unpack_from(out, at)
        at += _HEAD.size
        pixels = at + bands
        yield Patch(Box(*sides), bytes(out[at:pixels]), bytes(out[pixels : pixels + size]))
        at = pixels + size


def _memory(picture: Picture) -> c_uint8:
    """Return the first byte of a picture's memory; the memory stays put while that lives."""
    return c_uint8.from_buffer(picture.pixels)


def _cells(grid: TileGrid) -> c_uint8:
    return c_uint8.from_buffer(grid.cells)


def _shape(*pictures: Picture) -> _Shape:
    one = pictures[0]
    size = min(picture.pixels.nbytes for picture in pictures)
    return _Shape(one.width, one.height, one.stride, size)


def _box(box: Box) -> _Box:
    return _Box(box.x0, box.y0, box.x1, box.y1)


def _room_for_rgb(box: Box) -> bytearray:
    packed = bytearray(max(box.x1 - box.x0, 0) * max(box.y1 - box.y0, 0) * 3)
    if not packed:
        raise ValueError("an empty box")
    return packed


def _checked(answer: int) -> int:
    if answer < 0:
        raise ValueError("a picture, box or grid that does not fit, or no memory")
    return answer
