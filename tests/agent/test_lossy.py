"""Which tiles are not yet identical, also after copies."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.capture.base import Box
from agent.encode.area import TILE
from agent.encode.copy import Copy
from agent.encode.lossy import CALM, NUMBERS, TOGETHER, Level, LossyTiles

SIDES = st.integers(1, 130)


@settings(max_examples=200, deadline=None)
@given(SIDES, SIDES, st.integers(0, 2**32))
def test_no_tile_with_a_lossy_pixel_is_forgotten(width: int, height: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 (no secret)
    tiles = LossyTiles(width, height)
    pixels = [[False] * width for _ in range(height)]
    for step in range(8):
        x0, y0 = rng.randrange(width), rng.randrange(height)
        box = Box(x0, y0, rng.randint(x0 + 1, width), rng.randint(y0 + 1, height))
        w, h = box.x1 - box.x0, box.y1 - box.y0
        kind = rng.choice(["rough", "lossless", "copy", "copy"])
        if kind == "rough":
            part = Box(x0 // TILE, y0 // TILE, -(-box.x1 // TILE), -(-box.y1 // TILE))
            tiles.add(part, step, rng.choice(list(Level)))
            changes = {
                (x, y): True
                for y in range(part.y0 * TILE, min(part.y1 * TILE, height))
                for x in range(part.x0 * TILE, min(part.x1 * TILE, width))
            }
        elif kind == "lossless":
            tiles.lossless(box)
            changes = {(x, y): False for y in range(y0, box.y1) for x in range(x0, box.x1)}
        else:
            source = (rng.randint(0, width - w), rng.randint(0, height - h))
            tiles.copied(Copy(box, source), step)
            changes = {
                (x0 + i, y0 + j): pixels[source[1] + j][source[0] + i]
                for j in range(h)
                for i in range(w)
            }
        for (x, y), lossy in changes.items():
            pixels[y][x] = lossy
    marked = bytearray(tiles.grid.cells)
    # Whatever is lossy comes up sooner or later, level by level.
    while (found := tiles.due(8 + CALM)) is not None:
        _level, due = found
        for index in range(len(due.cells)):
            if due.cells[index]:
                y, x = divmod(index, due.columns)
                tiles.lossless(due.pixels(Box(x, y, x + 1, y + 1)))
    assert not tiles
    for y, row in enumerate(pixels):
        for x, lossy in enumerate(row):
            assert marked[y // TILE * tiles.grid.columns + x // TILE] or not lossy


def test_a_lossless_copy_over_a_lossy_place_makes_it_lossless() -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 3, 3), 1, Level.ROUGH)
    tiles.copied(Copy(Box(0, 0, 48, 48), (100, 100)), 2)
    assert tiles.due_at() is None
    assert not tiles


def test_what_moved_counts_from_the_move() -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 1, 1), 1, Level.ROUGH)
    tiles.copied(Copy(Box(32, 16, 48, 32), (0, 0)), 2)
    assert tiles.due_at() == 1
    found = tiles.due(2 + CALM)
    assert found is not None
    assert list(found[1].cells).count(1) == 2
    tiles.lossless(Box(0, 0, 16, 16))
    assert tiles.due_at() == 2 + CALM
    assert tiles.due(2) is None


def test_a_copied_preview_is_still_a_preview() -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 2, 2), 1, Level.PREVIEW)
    tiles.add(Box(2, 2, 4, 4), 1, Level.FINE)
    tiles.copied(Copy(Box(96, 96, 160, 160), (0, 0)), 2)
    tiles.lossless(Box(0, 0, 64, 64))
    found = tiles.due(9)
    assert found is not None
    assert found[0] is Level.PREVIEW


def test_the_roughest_of_what_is_due_comes_first() -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 1, 1), 1, Level.FINE)
    tiles.add(Box(1, 0, 2, 1), 2, Level.ROUGH)
    tiles.add(Box(2, 0, 3, 1), 3, Level.PREVIEW)
    levels = []
    for now in (1, 2, 3):
        found = tiles.due(now)
        assert found is not None
        levels.append(found[0])
        assert list(found[1].cells).count(1) == 1
    assert levels == [Level.FINE, Level.ROUGH, Level.PREVIEW]


def test_more_moments_than_numbers_forget_no_tile() -> None:
    tiles = LossyTiles(160 * 16, 160)
    for index in range(NUMBERS + 9):
        column, row = index % 160, index // 160
        tiles.add(Box(column, row, column + 1, row + 1), index * 2 * TOGETHER, Level.ROUGH)
    found = tiles.due(1000)
    assert found is not None
    assert list(found[1].cells).count(1) == NUMBERS + 9


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_something_is_due_when_it_is_said_to_be(due: float, later: float) -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 1, 1), due, Level.ROUGH)
    assert tiles.due_at() == due
    assert tiles.due(due) is not None
    assert (tiles.due(later) is not None) == (due <= later)
