"""The compiled inner loops do exactly what their twins do, and refuse what does not fit."""

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.capture.base import Box, Picture
from agent.encode.area import TileGrid
from agent.encode.kernel import (
    Kernel,
    NativeKernel,
    Offset,
    Pair,
    PlainKernel,
    compiled,
    is_older_than_its_source,
    load,
)
from agent.encode.kernel.base import DIGEST, KEY_BYTES
from agent.encode.kernel.build import build
from tests.agent.test_classify import photograph, text

PLAIN = PlainKernel()
SIZES = st.tuples(st.integers(1, 150), st.integers(1, 150))


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> NativeKernel:
    return NativeKernel(build(tmp_path_factory.mktemp("kernel") / "kernel.so"))


def picture_of(image: Image.Image, *, slack: int = 0, unused: int = 0) -> Picture:
    """Return a picture whose rows may be longer than needed and whose fourth bytes are noise."""
    width, height = image.size
    stride = (width + slack) * 4
    memory = bytearray(random.Random(unused).randbytes(stride * height))  # noqa: S311 (a picture)
    for y in range(height):
        row = bytearray(image.crop((0, y, width, y + 1)).tobytes("raw", "BGRX"))
        row[3::4] = memory[y * stride + 3 : y * stride + width * 4 : 4]
        memory[y * stride : y * stride + width * 4] = row
    return Picture(width, height, stride, "BGRX", memoryview(memory))


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Draw two pictures: pieces of text and photographs, moved, overlaid, changed."""
    width, height = draw(SIZES)
    rng = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 (a picture, no secret)
    kinds = (text, photograph, lambda w, h: Image.new("RGB", (w, h), "white"))
    old = rng.choice(kinds)(width, height)
    new = old.copy()
    for _ in range(draw(st.integers(0, 4))):
        x0, x1 = sorted(rng.randrange(width + 1) for _ in "ab")
        y0, y1 = sorted(rng.randrange(height + 1) for _ in "ab")
        if x0 == x1 or y0 == y1:
            continue
        piece = rng.choice((old, rng.choice(kinds)(width, height))).crop((x0, y0, x1, y1))
        new.paste(piece, (x0 + rng.randint(-9, 9), y0 + rng.randint(-30, 30)))
    slack = draw(st.integers(0, 3))
    return Pair(picture_of(new, slack=slack, unused=1), picture_of(old, slack=slack, unused=2))


def changed(kernel: Kernel, pair: Pair) -> TileGrid:
    grid = TileGrid(pair.new.width, pair.new.height)
    kernel.mark(pair, grid, [Box(0, 0, pair.new.width, pair.new.height)])
    return grid


@st.composite
def boxes(draw: st.DrawFn, width: int, height: int) -> Box:
    x0, y0 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Box(x0, y0, draw(st.integers(x0 + 1, width)), draw(st.integers(y0 + 1, height)))


@settings(max_examples=150, deadline=None)
@given(pairs(), st.data())
def test_both_kernels_find_the_same(native: NativeKernel, pair: Pair, data: st.DataObject) -> None:
    width, height = pair.new.width, pair.new.height
    grid = changed(PLAIN, pair)
    assert changed(native, pair).cells == grid.cells
    box = data.draw(boxes(width, height))
    assert native.split(pair, box) == PLAIN.split(pair, box)
    assert native.pack(pair.new, box) == PLAIN.pack(pair.new, box)
    bands = native.bands(pair.new, box)
    assert bands == PLAIN.bands(pair.new, box)
    if bands:
        packed = native.pack_bands(pair.new, box, bands)
        assert packed == PLAIN.pack_bands(pair.new, box, bands)
    assert native.yuv(pair.new, box) == PLAIN.yuv(pair.new, box)
    assert native.same(pair, box) == PLAIN.same(pair, box) == (PLAIN.split(pair, box) == [])
    assert native.largest(grid) == PLAIN.largest(grid)
    one, two = TileGrid(width, height), TileGrid(width, height)
    native.mark(pair, one, [box])
    PLAIN.mark(pair, two, [box])
    assert one.cells == two.cells
    some = TileGrid(width, height)
    some.cells[:] = bytes(data.draw(st.integers(0, 1)) for _ in grid.cells)
    assert native.flat(pair.new, some).cells == PLAIN.flat(pair.new, some).cells
    assert native.rectangles(grid) == PLAIN.rectangles(grid)
    assert native.rectangles(some) == PLAIN.rectangles(some)
    assert native.differing(pair, some).cells == grid.both(some).cells
    assert PLAIN.differing(pair, some).cells == grid.both(some).cells
    ways = [(0, 0), (3, -7)]
    for vertical in (True, False):
        found = native.scrolls(pair, grid, vertical=vertical, enough=2)
        assert found == PLAIN.scrolls(pair, grid, vertical=vertical, enough=2)
        ways += [(offset.dx, offset.dy) for offset in found]
    found = native.drags(pair, grid, radius=40, patches=9)
    assert found == PLAIN.drags(pair, grid, radius=40, patches=9)
    ways += [(offset.dx, offset.dy) for offset in found]
    for way in ways:
        everywhere = Box(0, 0, grid.columns, grid.rows)
        matched = native.match(pair, everywhere, way)
        assert matched.cells == PLAIN.match(pair, everywhere, way).cells
        part = native.largest(matched)
        if part is not None:
            start, limit = grid.pixels(part), Box(0, 0, width, height)
            assert native.grow(pair, start, limit, way) == PLAIN.grow(pair, start, limit, way)


@settings(max_examples=150, deadline=None)
@given(pairs(), st.data())
def test_both_kernels_make_the_same_patches_and_leave_the_same_picture(
    native: NativeKernel, pair: Pair, data: st.DataObject
) -> None:
    width, height = pair.new.width, pair.new.height
    wanted = data.draw(st.lists(boxes(width, height), max_size=4))
    most = data.draw(st.sampled_from((0, 60, 1024, width * height)))
    other = Pair(pair.new, replace(pair.old, pixels=memoryview(bytearray(pair.old.pixels))))
    before = bytes(pair.old.pixels)
    patches = native.patches(pair, wanted, most)
    assert patches == PLAIN.patches(other, wanted, most)
    assert pair.old.pixels == other.old.pixels
    if patches is None:
        assert pair.old.pixels == before
    else:
        assert all(native.same(pair, box) for box in wanted)


def test_a_change_that_is_too_large_or_too_scattered_makes_no_patches(
    native: NativeKernel,
) -> None:
    old = Image.new("RGB", (400, 200), "white")
    large, scattered = old.copy(), old.copy()
    large.paste((9, 9, 9), (10, 10, 43, 42))
    for x in range(17):
        scattered.putpixel((x * 20, 30), (9, 9, 9))
    columns = [Box(x * 20, 0, x * 20 + 20, 200) for x in range(20)]
    for kernel in each(native):
        for new, wanted in ((large, [Box(0, 0, 400, 200)]), (scattered, columns)):
            pair = Pair(picture_of(new), picture_of(old))
            assert kernel.patches(pair, wanted, 1024) is None
            assert not kernel.same(pair, Box(0, 0, 400, 200))
        pair = Pair(picture_of(large), picture_of(old))
        patches = kernel.patches(pair, [Box(0, 0, 400, 200)], 33 * 32)
        assert patches is not None
        assert [patch.box for patch in patches] == [Box(10, 10, 43, 42)]


def test_lines_of_text_are_told_from_shades_and_from_what_is_too_high(
    native: NativeKernel,
) -> None:
    page = Image.new("RGB", (200, 300), "white")
    page.paste(text(180, 13), (10, 20))
    page.paste(text(180, 17), (10, 40))
    shade = Image.linear_gradient("L").resize((180, 30)).convert("RGB")
    page.paste(shade, (10, 70))
    page.paste(photograph(180, 140), (10, 110))
    whole = Box(0, 0, 200, 300)
    for kernel in (native, PLAIN):
        bands = kernel.bands(picture_of(page), whole)
        texts = [band & 0x7F for band in bands if band & 0x80]
        assert sum(band & 0x7F for band in bands) == 300
        assert texts
        assert sum(texts) <= 30
        assert kernel.bands(picture_of(page), Box(0, 60, 200, 300)) == b""
        assert kernel.bands(picture_of(page), Box(0, 0, 200, 20)) == b""


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 1200),
    st.integers(1, 900),
    st.integers(0, 2**32),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_both_kernels_cover_marks_with_the_same_rectangles(
    native: NativeKernel, width: int, height: int, seed: int, density: float, spread: float
) -> None:
    rng = random.Random(seed)  # noqa: S311 (marks)
    grid = TileGrid(width, height)
    for row in range(grid.rows):
        if rng.random() < spread:
            cells = bytes(rng.random() < density for _ in range(grid.columns))
            grid.cells[row * grid.columns : (row + 1) * grid.columns] = cells
    assert native.rectangles(grid) == PLAIN.rectangles(grid)


@settings(max_examples=100, deadline=None)
@given(SIZES, st.integers(0, 2**32), st.data())
def test_both_kernels_move_like_memmove(
    native: NativeKernel, size: tuple[int, int], seed: int, data: st.DataObject
) -> None:
    image = Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))  # noqa: S311
    one, two = picture_of(image), picture_of(image)
    box = data.draw(boxes(*size))
    w, h = box.x1 - box.x0, box.y1 - box.y0
    source = data.draw(st.tuples(st.integers(0, size[0] - w), st.integers(0, size[1] - h)))
    native.move(one, box, source)
    PLAIN.move(two, box, source)
    assert one.pixels == two.pixels
    image.paste(image.crop((*source, source[0] + w, source[1] + h)), (box.x0, box.y0))
    assert PLAIN.pack(one, Box(0, 0, *size)) == image.tobytes()


@settings(max_examples=60, deadline=None)
@given(SIZES, st.booleans(), st.data())
def test_both_kernels_tell_the_same_tiles_photographic(
    native: NativeKernel, size: tuple[int, int], written: bool, data: st.DataObject
) -> None:
    picture = picture_of((text if written else photograph)(*size))
    grid = TileGrid(*size, marked=True)
    for cell in data.draw(st.sets(st.integers(0, len(grid.cells) - 1), max_size=9)):
        grid.cells[cell] = 0
    assert native.photographic(picture, grid).cells == PLAIN.photographic(picture, grid).cells


@settings(max_examples=60, deadline=None)
@given(pairs(), st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_both_kernels_recognise_the_same_tiles(
    native: NativeKernel, pair: Pair, key: bytes
) -> None:
    everything = TileGrid(pair.new.width, pair.new.height, marked=True)
    everything.cells[0] = 0
    size = DIGEST * len(everything.cells)
    found = []
    for kernel in each(native):
        one, two = bytearray(size), bytearray(size)
        kernel.digest(pair.new, everything, key, one)
        kernel.digest(pair.old, everything, key, two)
        found.append((one, two, kernel.recognise(one, two, everything).cells))
    assert found[0] == found[1]


def test_a_tile_is_recognised_if_and_only_if_nothing_in_it_has_changed(
    native: NativeKernel,
) -> None:
    for kernel in each(native):
        for image in (text(70, 40), photograph(70, 40), Image.new("RGB", (70, 40))):
            new = image.copy()
            new.putpixel((69, 39), (1, 2, 4))
            new.putpixel((20, 7), (1, 2, 3))
            pair = Pair(picture_of(new, unused=1), picture_of(image, unused=2))
            everything = TileGrid(70, 40, marked=True)
            size = DIGEST * len(everything.cells)
            one, two, key = bytearray(size), bytearray(size), os.urandom(KEY_BYTES)
            kernel.digest(pair.new, everything, key, one)
            kernel.digest(pair.old, everything, key, two)
            same = kernel.recognise(one, two, everything).cells
            assert [not cell for cell in same] == list(map(bool, changed(kernel, pair).cells))


@settings(max_examples=60, deadline=None)
@given(pairs(), st.data())
def test_both_kernels_paste_the_same(native: NativeKernel, pair: Pair, data: st.DataObject) -> None:
    box = data.draw(boxes(pair.new.width, pair.new.height))
    outcomes = []
    for kernel in each(native):
        target = replace(pair.old, pixels=memoryview(bytearray(pair.old.pixels)))
        kernel.paste(pair.new, target, box)
        assert kernel.same(Pair(pair.new, target), box)
        outcomes.append(target.pixels)
    assert outcomes[0] == outcomes[1]


def each(native: NativeKernel) -> list[Kernel]:
    return [native, PLAIN]


def test_a_photograph_is_photographic_and_text_is_not(native: NativeKernel) -> None:
    for kernel in each(native):
        grid = TileGrid(320, 160, marked=True)
        assert sum(kernel.photographic(picture_of(photograph(320, 160)), grid).cells) > 190
        assert sum(kernel.photographic(picture_of(text(320, 160)), grid).cells) < 5


def test_a_scrolled_page_votes_for_its_way_past_bars_that_stay(native: NativeKernel) -> None:
    old = text(400, 300)
    new = old.copy()
    new.paste(old.crop((64, 40, 320, 300)), (64, 0))
    pair = Pair(picture_of(new), picture_of(old))
    for kernel in each(native):
        first = kernel.scrolls(pair, changed(kernel, pair), vertical=True, enough=8)[0]
        assert (first.dx, first.dy) == (0, 40)
        assert first.votes > 100


@pytest.mark.parametrize("size", [(1500, 90), (90, 1500), (2100, 130)])
def test_on_a_wide_screen_some_bands_vote_for_all(
    native: NativeKernel, size: tuple[int, int]
) -> None:
    old = text(*size)
    new = old.copy()
    new.paste(old.crop((21, 21, *size)), (0, 0))
    new.paste(old.crop((0, 14, *size)), (0, 0, size[0], size[1] - 14))
    pair = Pair(picture_of(new), picture_of(old))
    grid = changed(PLAIN, pair)
    for vertical in (True, False):
        found = native.scrolls(pair, grid, vertical=vertical, enough=3)
        assert found == PLAIN.scrolls(pair, grid, vertical=vertical, enough=3)
        assert found or not vertical


def test_a_page_scrolled_sideways_votes_too(native: NativeKernel) -> None:
    old = text(400, 300)
    new = old.copy()
    new.paste(old.crop((0, 0, 370, 300)), (30, 0))
    pair = Pair(picture_of(new), picture_of(old))
    for kernel in each(native):
        first = kernel.scrolls(pair, changed(kernel, pair), vertical=False, enough=8)[0]
        assert (first.dx, first.dy) == (-30, 0)


def test_a_dragged_window_is_found(native: NativeKernel) -> None:
    desk, window = photograph(400, 300), text(200, 120)
    old, new = desk.copy(), desk.copy()
    old.paste(window, (50, 60))
    new.paste(window, (63, 49))
    pair = Pair(picture_of(new), picture_of(old))
    for kernel in each(native):
        found = kernel.drags(pair, changed(kernel, pair), radius=48, patches=32)
        assert found[0][:2] == (-13, 11)


def test_an_l_of_changes_becomes_two_strips(native: NativeKernel) -> None:
    old = Image.new("RGB", (300, 200), "white")
    new = old.copy()
    new.paste((9, 9, 9), (10, 10, 290, 14))
    new.paste((9, 9, 9), (10, 14, 16, 190))
    pair = Pair(picture_of(new), picture_of(old))
    for kernel in each(native):
        found = kernel.split(pair, Box(0, 0, 300, 200))
        assert sorted(found, key=lambda b: b.y0) == [Box(10, 10, 290, 14), Box(10, 14, 16, 190)]


def test_a_film_has_the_colours_of_bt_709_in_full_range(native: NativeKernel) -> None:
    shades = {
        (255, 255, 255): (255, 128, 128),
        (0, 0, 0): (0, 128, 128),
        (255, 0, 0): (54, 99, 255),
        (0, 255, 0): (182, 30, 12),
        (0, 0, 255): (18, 255, 116),
    }
    for kernel in each(native):
        for rgb, (y, u, v) in shades.items():
            picture = picture_of(Image.new("RGB", (5, 3), rgb))
            found = kernel.yuv(picture, Box(0, 0, 5, 3))
            assert found == bytes([y] * 24 + [u] * 6 + [v] * 6), rgb


def test_the_unused_byte_is_no_change(native: NativeKernel) -> None:
    image = text(90, 50)
    pair = Pair(picture_of(image, unused=1), picture_of(image, unused=2))
    assert pair.new.pixels != pair.old.pixels
    for kernel in each(native):
        assert not changed(kernel, pair)
        assert kernel.split(pair, Box(0, 0, 90, 50)) == []


CALLS: dict[str, Callable[[Kernel, Pair], object]] = {
    "rows": lambda k, p: k.mark(p, TileGrid(90, 50), [Box(0, 0, 90, 51)]),
    "rows the wrong way round": lambda k, p: k.mark(p, TileGrid(90, 50), [Box(0, 9, 90, 3)]),
    "a box too wide": lambda k, p: k.split(p, Box(0, 0, 91, 50)),
    "a box of patches too wide": lambda k, p: k.patches(p, [Box(0, 0, 91, 50)], 1024),
    "an empty box of patches": lambda k, p: k.patches(p, [Box(0, 0, 9, 9), Box(5, 5, 5, 9)], 1024),
    "an empty box": lambda k, p: k.pack(p.new, Box(5, 5, 5, 9)),
    "an empty box of lines": lambda k, p: k.bands(p.new, Box(5, 5, 9, 5)),
    "lines outside": lambda k, p: k.bands(p.new, Box(5, 5, 9, 9999)),
    "bands that are too high": lambda k, p: k.pack_bands(p.new, Box(5, 5, 9, 9), b"\x85"),
    "bands that are too low": lambda k, p: k.pack_bands(p.new, Box(5, 5, 9, 9), b"\x83"),
    "tiles of another picture": lambda k, p: k.differing(p, TileGrid(90, 70)),
    "a grid of another picture": lambda k, p: k.flat(p.new, TileGrid(90, 70)),
    "a short key": lambda k, p: k.digest(p.new, TileGrid(90, 50), b"", bytearray(24 * 16)),
    "short digests": lambda k, p: k.digest(p.new, TileGrid(90, 50), bytes(KEY_BYTES), bytearray(9)),
    "digests of another grid": lambda k, p: k.digest(
        p.new, TileGrid(90, 70), bytes(KEY_BYTES), bytearray(30 * 16)
    ),
    "digests of two sizes": lambda k, _p: k.recognise(
        bytearray(24 * 16), bytearray(9), TileGrid(90, 50)
    ),
    "a box to paste": lambda k, p: k.paste(p.new, p.old, Box(0, 0, 91, 50)),
    "a box to look at": lambda k, p: k.same(p, Box(0, 49, 90, 51)),
    "an empty film": lambda k, p: k.yuv(p.new, Box(5, 5, 5, 9)),
    "a film too wide": lambda k, p: k.yuv(p.new, Box(0, 0, 91, 50)),
    "a box before the corner": lambda k, p: k.pack(p.new, Box(-1, 0, 5, 9)),
    "tiles": lambda k, p: k.match(p, Box(0, 0, 7, 4), (0, 0)),
    "a limit": lambda k, p: k.grow(p, Box(0, 0, 9, 9), Box(0, 0, 91, 50), (0, 0)),
    "a box over its limit": lambda k, p: k.grow(p, Box(0, 0, 9, 9), Box(1, 0, 9, 9), (0, 0)),
    "a source left of it": lambda k, p: k.grow(p, Box(0, 0, 9, 9), Box(0, 0, 9, 9), (-1, 0)),
    "a target": lambda k, p: k.move(p.new, Box(80, 0, 91, 9), (0, 0)),
    "a source": lambda k, p: k.move(p.new, Box(0, 0, 9, 9), (85, 0)),
    "a source far away": lambda k, p: k.move(p.new, Box(0, 0, 9, 9), (2**31 - 5, 0)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_does_not_fit_the_picture_is_refused(
    native: NativeKernel, call: Callable[[Kernel, Pair], object]
) -> None:
    image = text(90, 50)
    pair = Pair(picture_of(image), picture_of(image))
    for kernel in each(native):
        with pytest.raises(ValueError, match=r"."):
            call(kernel, pair)


def test_a_picture_or_grid_that_lies_about_its_size_is_refused(native: NativeKernel) -> None:
    picture = picture_of(text(90, 50))
    short = Picture(90, 51, picture.stride, "BGRX", picture.pixels)
    with pytest.raises(ValueError, match="fit"):
        native.pack(short, Box(0, 0, 9, 9))
    with pytest.raises(ValueError, match="fit"):
        native.mark(Pair(picture, picture), TileGrid(90, 70), [Box(0, 0, 90, 50)])
    with pytest.raises(ValueError, match="height"):
        Pair(picture, short)


def test_the_best_offsets_come_first_and_ties_go_to_the_nearest(native: NativeKernel) -> None:
    old = text(400, 900)
    new = old.copy()
    for number, (top, way) in enumerate(((0, 50), (200, 90), (400, 130), (600, 20), (700, 170))):
        new.paste(old.crop((0, top + way, 400, top + way + 60 + number)), (0, top))
    pair = Pair(picture_of(new), picture_of(old))
    found = native.scrolls(pair, changed(native, pair), vertical=True, enough=2)
    assert found == PLAIN.scrolls(pair, changed(PLAIN, pair), vertical=True, enough=2)
    assert found == sorted(found, key=lambda o: -o.votes)
    assert len(found) == 4
    assert all(isinstance(offset, Offset) for offset in found)


def test_without_a_compiled_library_python_does_it_and_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "broken.so").write_text("not a library")
    for name in ("missing.so", "broken.so"):
        monkeypatch.setattr("agent.encode.kernel.compiled", lambda name=name: tmp_path / name)
        caplog.clear()
        # Once, however many pairings there are.
        assert isinstance(load(), PlainKernel)
        assert isinstance(load(), PlainKernel)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "python -m agent.encode.kernel.build" in caplog.text


def test_a_library_that_is_older_than_its_source_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    library = tmp_path / "kernel.so"
    monkeypatch.setattr("agent.encode.kernel.compiled", lambda: library)
    shutil.copy(compiled(), library)
    assert not is_older_than_its_source(library)
    source = tmp_path / "changes.c"
    source.touch()
    os.utime(library, (0, 0))
    assert is_older_than_its_source(library)
    assert isinstance(load(), NativeKernel)
    assert "older than their source" in caplog.text
