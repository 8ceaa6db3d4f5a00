"""Changed area: exact tiles, rectangles that cover them."""

from hypothesis import given
from hypothesis import strategies as st

from agent.capture.base import Box, row_intervals
from agent.encode.area import MAX_RECTANGLES, TILE, TileGrid, mark_changes, rectangles

SIZES = st.tuples(st.integers(1, 90), st.integers(1, 70))


@st.composite
def changed_pictures(
    draw: st.DrawFn,
) -> tuple[int, int, list[tuple[int, int]], list[tuple[int, int]]]:
    width, height = draw(SIZES)
    places = st.tuples(st.integers(0, width * 4 - 1), st.integers(0, height - 1))
    changes = draw(st.lists(places, max_size=30))
    rows = st.tuples(st.integers(0, height), st.integers(0, height))
    intervals = draw(st.lists(rows.map(sorted).map(tuple), max_size=3))
    boxes = [Box(0, int(top), width, int(bottom)) for top, bottom in intervals]
    return width, height, changes, row_intervals(boxes, height)


@given(changed_pictures())
def test_exactly_the_tiles_with_a_changed_pixel_in_the_rows_looked_at_are_marked(
    case: tuple[int, int, list[tuple[int, int]], list[tuple[int, int]]],
) -> None:
    width, height, changes, intervals = case
    stride = width * 4
    old = bytearray(stride * height)
    new = bytearray(old)
    for x, y in changes:
        new[y * stride + x] = 1
    grid = TileGrid(width, height)
    mark_changes(grid, memoryview(new), memoryview(old), stride, intervals)
    expected = {
        y // TILE * grid.columns + x // 4 // TILE
        for x, y in changes
        # A pixel's fourth byte means nothing.
        if x % 4 < 3 and any(top <= y < bottom for top, bottom in intervals)
    }
    assert {index for index, cell in enumerate(grid.cells) if cell} == expected


@given(SIZES, st.data())
def test_rectangles_cover_every_marked_tile_and_stay_inside(
    size: tuple[int, int], data: st.DataObject
) -> None:
    grid = TileGrid(size[0] * 16, size[1] * 16)
    marked = data.draw(st.sets(st.integers(0, len(grid.cells) - 1), max_size=60))
    for index in marked:
        grid.cells[index] = 1
    boxes = rectangles(grid)
    covered = {
        y * grid.columns + x for b in boxes for y in range(b.y0, b.y1) for x in range(b.x0, b.x1)
    }
    assert marked <= covered
    assert len(boxes) <= MAX_RECTANGLES
    assert all(0 <= b.x0 < b.x1 <= grid.columns and 0 <= b.y0 < b.y1 <= grid.rows for b in boxes)


def test_a_frame_of_a_window_is_not_sent_as_the_whole_window() -> None:
    grid = TileGrid(640, 480)
    grid.fill(Box(0, 0, 40, 1), 1)
    grid.fill(Box(0, 29, 40, 30), 1)
    grid.fill(Box(0, 0, 1, 30), 1)
    grid.fill(Box(39, 0, 40, 30), 1)
    assert sum(box.area for box in rectangles(grid)) < 40 * 30 // 3


def test_two_far_marks_are_two_rectangles() -> None:
    grid = TileGrid(640, 480)
    grid.fill(Box(1, 1, 2, 2), 1)
    grid.fill(Box(30, 20, 31, 21), 1)
    assert rectangles(grid) == [Box(1, 1, 2, 2), Box(30, 20, 31, 21)]


@given(st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=8))
def test_intervals_hold_the_rows_of_all_boxes_once(pairs: list[tuple[int, int]]) -> None:
    boxes = [Box(0, min(pair), 5, max(pair)) for pair in pairs]
    intervals = row_intervals(boxes, 40)
    rows = [row for top, bottom in intervals for row in range(top, bottom)]
    assert rows == sorted({r for b in boxes for r in range(b.y0, b.y1) if 0 <= r < 40})


@st.composite
def grids(draw: st.DrawFn) -> tuple[TileGrid, TileGrid]:
    """Return two grids of the same size with any tiles marked."""
    width, height = draw(SIZES)
    one, two = TileGrid(width, height), TileGrid(width, height)
    for grid in (one, two):
        for cell in draw(st.sets(st.integers(0, len(grid.cells) - 1))):
            grid.cells[cell] = 1
    return one, two


@given(grids())
def test_what_is_looked_at_holds_every_marked_tile_and_begins_and_ends_with_one(
    pair: tuple[TileGrid, TileGrid],
) -> None:
    grid, other = pair
    marked = [cell for cell, value in enumerate(grid.cells) if value]
    assert grid.count == len(marked)
    assert list(grid.cells[grid.span]).count(1) == len(marked)
    rows = [row for row in range(grid.rows) if 1 in grid.row(row)]
    if marked:
        assert grid.span == slice(marked[0], marked[-1] + 1)
        assert grid.marked_rows == range(rows[0], rows[-1] + 1)
    else:
        assert len(grid.marked_rows) == 0
    both = [one & two for one, two in zip(grid.cells, other.cells, strict=True)]
    assert list(grid.both(other).cells) == both
    without = [one & ~two for one, two in zip(grid.cells, other.cells, strict=True)]
    assert list(grid.without(other).cells) == without
