"""Durations as they are printed."""

import pytest

from invoices.domain.lines import format_duration


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (61, "1:01"), (600, "10:00"), (50_400, "840:00")]
)
def test_connected_time_shows_the_second_that_decides(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text
