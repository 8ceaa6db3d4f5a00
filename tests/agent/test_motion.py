"""Where something moves all the time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.capture.base import Box
from agent.encode.area import TileGrid, rectangles
from agent.encode.motion import MOVING, REST, Motion, around, groups, is_near, marked

WIDTH, HEIGHT = 640, 320  # 40 x 20 tiles


def grid_of(*boxes: Box) -> TileGrid:
    grid = TileGrid(WIDTH, HEIGHT)
    for box in boxes:
        grid.fill(box, 1)
    return grid


def after(frames: int, pause: float, *, every: int = 1, begin: float = 0.0) -> TileGrid:
    """Return what moves after so many frames, of which each `every`th changes a box."""
    motion = Motion(WIDTH, HEIGHT)
    for number in range(frames):
        boxes = [Box(3, 3, 20, 9)] if number % every == 0 else [Box(0, 0, 1, 1)]
        motion.note(grid_of(*boxes), begin + number * pause)
    return motion.moving()


@pytest.mark.parametrize("pause", [0.016, 0.04, 0.1, 0.2, 0.39])
def test_what_changes_in_every_frame_moves_at_any_pace(pause: float) -> None:
    assert marked(after(12, pause), Box(3, 3, 20, 9)) == 17 * 6


def test_what_has_changed_only_once_does_not_move() -> None:
    assert not after(MOVING - 1, 0.04)
    assert after(MOVING, 0.04)


@given(st.floats(0, 1e7))
def test_the_first_change_counts_whenever_it_comes(begin: float) -> None:
    assert after(MOVING, 0.04, begin=begin)


def test_what_changes_now_and_then_does_not_move() -> None:
    assert marked(after(40, 0.04, every=9), Box(3, 3, 20, 9)) == 0


def test_two_screens_a_second_are_no_film() -> None:
    assert not after(20, 0.5)


def test_two_screens_a_second_are_no_film_whatever_small_changes_between_them() -> None:
    motion, whole, key = Motion(640, 400), TileGrid(640, 400, marked=True), TileGrid(640, 400)
    key.fill(Box(0, 0, 1, 1), 1)
    for index in range(40):
        motion.note(key if index % 5 else whole, index * 0.1)
    assert marked(motion.moving(), Box(1, 1, 40, 25)) == 0


def test_after_a_rest_all_motion_is_forgotten() -> None:
    motion = Motion(WIDTH, HEIGHT)
    for number in range(10):
        motion.note(grid_of(Box(3, 3, 20, 9)), number * 0.04)
    assert motion.moving()
    motion.note(grid_of(Box(3, 3, 20, 9)), 0.36 + REST + 0.01)
    assert not motion.moving()


@given(
    st.lists(st.tuples(st.floats(0.001, 0.5), st.sets(st.sampled_from(range(5)))), max_size=40),
)
def test_each_tile_is_judged_by_itself(frames: list[tuple[float, set[int]]]) -> None:
    boxes = [Box(x, y, x + 1, y + 1) for x, y in ((0, 0), (39, 0), (17, 9), (18, 9), (39, 19))]
    together, alone, now = Motion(WIDTH, HEIGHT), [Motion(WIDTH, HEIGHT) for _ in boxes], 0.0
    for pause, changed in frames:
        now += pause
        together.note(grid_of(*(boxes[index] for index in changed)), now)
        for index, motion in enumerate(alone):
            motion.note(grid_of(*([boxes[index]] if index in changed else [])), now)
        for index, motion in enumerate(alone):
            assert marked(together.moving(), boxes[index]) == motion.moving().count
            assert marked(together.recent(now), boxes[index]) == motion.recent(now).count


def test_a_screen_of_another_size_begins_at_rest() -> None:
    motion = Motion(1, 1)
    motion.note(grid_of(Box(3, 3, 20, 9)), 0)
    assert (motion.moving().columns, motion.moving().rows) == (40, 20)


def test_what_is_near_belongs_together_and_the_largest_comes_first() -> None:
    grid = grid_of(Box(0, 0, 2, 2), Box(20, 5, 30, 9), Box(31, 9, 35, 15), Box(20, 10, 22, 12))
    assert groups(rectangles(grid)) == [Box(20, 5, 35, 15), Box(0, 0, 2, 2)]


@given(
    st.lists(
        st.tuples(*[st.integers(0, 38), st.integers(0, 18), st.integers(1, 6), st.integers(1, 6)]),
        max_size=8,
    )
)
def test_groups_hold_every_marked_tile_and_lie_apart(boxes: list[tuple[int, ...]]) -> None:
    grid = grid_of(*(Box(x, y, min(x + w, 40), min(y + h, 20)) for x, y, w, h in boxes))
    found = groups(rectangles(grid))
    covered = TileGrid(WIDTH, HEIGHT)
    for box in found:
        covered.fill(box, 1)
        assert marked(grid, box)
    assert all(a <= b for a, b in zip(grid.cells, covered.cells, strict=True))
    for one in found:
        assert not any(is_near(one, two) for two in found if two is not one)
    assert not found or around(found) == around(groups(rectangles(covered)))
