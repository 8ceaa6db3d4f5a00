"""Months of Europe/Berlin, clock changes included."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.period import Month, clock_time, exact_time

MONTHS = st.builds(Month, st.integers(2001, 2100), st.integers(1, 12))


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-13",
        "2026-00",
        "26-11",
        "2026-1",
        "2026-11-01",
        "１０００-11",
        "",
        "1999-12",
        "2026-11\n",
    ],
)
def test_what_is_no_month_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_a_moment_without_time_zone_belongs_to_no_month() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Month.of(dt.datetime(2026, 11, 1))  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-10-31T22:59:59+00:00", "2026-10"),  # 23:59:59 in winter time
        ("2026-10-31T23:00:00+00:00", "2026-11"),
        ("2026-06-30T21:59:59+00:00", "2026-06"),  # 23:59:59 in summer time
        ("2026-06-30T22:00:00+00:00", "2026-07"),
        ("2026-12-31T23:30:00+00:00", "2027-01"),
        ("2024-02-29T12:00:00+00:00", "2024-02"),
    ],
)
def test_a_session_belongs_to_the_month_of_the_shops_clock(moment: str, month: str) -> None:
    assert str(Month.of(dt.datetime.fromisoformat(moment))) == month


@given(MONTHS)
def test_months_follow_each_other_without_gap_or_overlap(month: Month) -> None:
    assert month.end == month.next().start
    assert month.next().previous() == month
    assert Month.of(month.start) == month
    assert Month.of(month.end - dt.timedelta(microseconds=1)) == month
    assert Month.of(month.end) == month.next()
    assert month.last_day + dt.timedelta(days=1) == month.next().first_day
    assert Month.parse(str(month)) == month


def test_the_month_of_the_clock_change_is_an_hour_longer_or_shorter() -> None:
    hour = dt.timedelta(hours=1)
    assert Month(2026, 10).end - Month(2026, 10).start == dt.timedelta(days=31) + hour
    assert Month(2026, 3).end - Month(2026, 3).start == dt.timedelta(days=31) - hour


@pytest.mark.parametrize(
    ("language", "summer", "winter"), [("de", "MESZ", "MEZ"), ("en", "CEST", "CET")]
)
def test_the_hour_that_comes_twice_is_named_with_its_zone(
    language: str, summer: str, winter: str
) -> None:
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    second = first + dt.timedelta(hours=1)
    assert clock_time(first, language) == f"02:30\N{NO-BREAK SPACE}{summer}"
    assert clock_time(second, language) == f"02:30\N{NO-BREAK SPACE}{winter}"
    assert exact_time(second, language) == f"02:30:00\N{NO-BREAK SPACE}{winter}"
    assert clock_time(first + dt.timedelta(hours=2), language) == "03:30"
    assert clock_time(dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC), language) == "03:00"
