"""How waits are summed up."""

import pytest

from bench.line import GOALS_MS, summary


def test_a_wait_that_nobody_set_a_goal_for_is_refused() -> None:
    with pytest.raises(KeyError):
        summary("tea", [0.1])


@pytest.mark.parametrize("what", GOALS_MS)
def test_median_and_longest_are_milliseconds(what: str) -> None:
    wait = summary(what, [0.9, 0.1, 0.2])
    assert (wait.times, wait.ms_p50, wait.ms_max) == (3, 200.0, 900.0)
