"""Which tiles are not yet identical, also after copies."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.capture.base import Box
from agent.encode.area import TILE
from agent.encode.copy import Copy
from agent.encode.lossy import CALM, NUMBERS, TOGETHER, LossyTiles

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
        kind = rng.choice(["jpeg", "lossless", "copy", "copy"])
        if kind == "jpeg":
            part = Box(x0 // TILE, y0 // TILE, -(-box.x1 // TILE), -(-box.y1 // TILE))
            tiles.add(part, step)
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
    marked = tiles.calm(8 + CALM)
    for y, row in enumerate(pixels):
        for x, lossy in enumerate(row):
            assert marked.cells[y // TILE * marked.columns + x // TILE] or not lossy


def test_a_lossless_copy_over_a_lossy_place_makes_it_lossless() -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 3, 3), 1)
    tiles.copied(Copy(Box(0, 0, 48, 48), (100, 100)), 2)
    assert tiles.calm_at() is None


def test_what_moved_counts_from_the_move() -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 1, 1), 1)
    tiles.copied(Copy(Box(32, 16, 48, 32), (0, 0)), 2)
    assert tiles.calm_at() == 1 + CALM
    assert list(tiles.calm(2 + CALM).cells).count(1) == 2
    tiles.lossless(Box(0, 0, 16, 16))
    assert tiles.calm_at() == 2 + CALM
    assert not tiles.calm(1 + CALM)


def test_more_moments_than_numbers_forget_no_tile() -> None:
    tiles = LossyTiles(160 * 16, 160)
    for index in range(NUMBERS + 9):
        column, row = index % 160, index // 160
        tiles.add(Box(column, row, column + 1, row + 1), index * 2 * TOGETHER)
    assert list(tiles.calm(1000).cells).count(1) == NUMBERS + 9


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_something_is_calm_when_it_is_said_to_be(now: float, later: float) -> None:
    tiles = LossyTiles(160, 160)
    tiles.add(Box(0, 0, 1, 1), now)
    calm_at = tiles.calm_at()
    assert calm_at is not None
    assert tiles.calm(calm_at)
    assert bool(tiles.calm(later)) == (calm_at <= later)
