"""Default interest, to the day and the cent."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.interest import (
    BUSINESS_POINTS,
    CONSUMER_POINTS,
    BaseRate,
    BaseRateMissingError,
    Stretch,
    default_begins,
    half_year_of,
    interest_cents,
    missing_half_years,
    require_rates,
    stretches,
)

RATES = [
    BaseRate(dt.date(2025, 1, 1), Decimal("2.27")),
    BaseRate(dt.date(2025, 7, 1), Decimal("1.27")),
]
DUE = dt.date(2025, 3, 1)
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2028, 12, 31))


def test_a_day_before_every_base_rate_is_refused() -> None:
    with pytest.raises(BaseRateMissingError) as refusal:
        stretches(dt.date(2024, 12, 31), DUE, RATES, CONSUMER_POINTS)
    assert refusal.value.day == dt.date(2024, 12, 31)


def test_no_days_bear_no_interest() -> None:
    assert stretches(DUE, DUE - dt.timedelta(days=1), RATES, CONSUMER_POINTS) == []
    assert interest_cents(100_000, []) == 0


def test_a_year_of_a_thousand_euros_by_hand() -> None:
    parts = stretches(dt.date(2025, 1, 1), dt.date(2025, 12, 31), RATES, CONSUMER_POINTS)
    assert parts == [
        Stretch(dt.date(2025, 1, 1), dt.date(2025, 6, 30), Decimal("7.27")),
        Stretch(dt.date(2025, 7, 1), dt.date(2025, 12, 31), Decimal("6.27")),
    ]
    # 1000 x 7.27 % x 181/365 + 1000 x 6.27 % x 184/365 = 36.051 + 31.608
    assert interest_cents(100_000, parts) == 6766


def test_businesses_pay_nine_points() -> None:
    (part,) = stretches(DUE, DUE, RATES, BUSINESS_POINTS)
    assert part.percent == Decimal("11.27")


def test_a_base_rate_below_nothing_lowers_the_rate() -> None:
    (part,) = stretches(DUE, DUE, [BaseRate(DUE, Decimal("-0.88"))], CONSUMER_POINTS)
    assert part.percent == Decimal("4.12")


@pytest.mark.parametrize(
    ("reminded", "warned", "begins"),
    [
        (None, False, dt.date.max),
        (None, True, dt.date(2025, 4, 1)),
        (dt.date(2025, 3, 10), False, dt.date(2025, 3, 11)),
        (dt.date(2025, 3, 10), True, dt.date(2025, 3, 11)),
        (dt.date(2025, 5, 10), True, dt.date(2025, 4, 1)),
        (DUE, False, dt.date.max),  # a reminder before it was due reminds of nothing
    ],
)
def test_when_default_begins(reminded: dt.date | None, *, warned: bool, begins: dt.date) -> None:
    assert default_begins(DUE, reminded_on=reminded, is_warned=warned) == begins


@given(DAYS, DAYS, DAYS, st.integers(0, 10**7))
def test_cutting_a_time_in_two_changes_nothing(
    first: dt.date, cut: dt.date, last: dt.date, cents: int
) -> None:
    first, cut, last = sorted((first, cut, last))
    whole = stretches(first, last, RATES, CONSUMER_POINTS)
    before = stretches(first, cut, RATES, CONSUMER_POINTS)
    after = stretches(cut + dt.timedelta(days=1), last, RATES, CONSUMER_POINTS)
    assert sum(part.days for part in whole) == (last - first).days + 1
    assert interest_cents(cents, [*before, *after]) == interest_cents(cents, whole)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (dt.date(2025, 6, 30), []),
        (dt.date(2025, 12, 31), []),
        (dt.date(2026, 1, 1), [dt.date(2026, 1, 1)]),
        (dt.date(2026, 7, 1), [dt.date(2026, 1, 1), dt.date(2026, 7, 1)]),
    ],
)
def test_half_years_that_nobody_entered_are_missing(today: dt.date, missing: list[dt.date]) -> None:
    assert missing_half_years(RATES, today) == missing


def test_a_hole_between_two_rates_is_missing_too() -> None:
    rates = [BaseRate(dt.date(2025, 1, 1), Decimal(2)), BaseRate(dt.date(2026, 1, 1), Decimal(1))]
    assert missing_half_years(rates, dt.date(2026, 2, 1)) == [dt.date(2025, 7, 1)]


def test_without_any_rate_that_of_today_is_missing() -> None:
    assert missing_half_years([], dt.date(2026, 8, 9)) == [dt.date(2026, 7, 1)]


def test_a_half_year_whose_rate_nobody_entered_is_named() -> None:
    require_rates(RATES, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    with pytest.raises(BaseRateMissingError) as refusal:
        require_rates(RATES, dt.date(2025, 6, 30), dt.date(2026, 8, 1))
    assert refusal.value.day == dt.date(2026, 1, 1)


@given(DAYS, DAYS)
def test_every_half_year_needs_its_own_rate(one: dt.date, other: dt.date) -> None:
    first, last = sorted((one, other))
    days = range((last - first).days + 1)
    begins = {half_year_of(first + dt.timedelta(days=day)) for day in days}
    rates = [BaseRate(day, Decimal(1)) for day in begins]
    require_rates(rates, first, last)
    for missing in begins:
        with pytest.raises(BaseRateMissingError) as refusal:
            require_rates([rate for rate in rates if rate.valid_from != missing], first, last)
        assert refusal.value.day == missing
