"""What follows from what the eye saw."""

import numpy as np

from bench.streaming.measure import first_sights, percentile, share_alike


def test_nothing_seen_gives_no_figure() -> None:
    assert percentile([], 50) is None
    assert first_sights([], [(1, 5.0)]) == []


def test_the_first_sight_of_a_frame_counts_and_only_of_those_drawn() -> None:
    seen = [(0, 1.0), (1, 5.5), (2, 6.0), (1, 9.0)]
    assert first_sights(seen, [(1, 5.0), (2, 5.75), (3, 6.0)]) == [0.5, 0.25]


def test_percentiles_are_figures_that_occurred() -> None:
    seconds = [0.04, 0.01, 0.03, 0.02]
    assert percentile(seconds, 50) == 30.0
    assert percentile(seconds, 95) == 40.0
    assert percentile([0.0123], 50) == 12.3


def test_video_is_alike_and_another_scene_is_not() -> None:
    scene = np.full((10, 10, 3), 200, np.uint8)
    assert share_alike(scene - 20, scene) == 1.0
    assert share_alike(scene - 100, scene) == 0.0
    assert share_alike(scene[:5], scene) == 0.0
