"""Default interest: lawful, to the day and the cent (sec. 247, 286, 288 BGB).

The rate is the base rate of the day plus five percentage points for consumers and nine for
businesses; it changes with each half-year. Interest bears no interest (sec. 289 BGB).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CONSUMER_POINTS = Decimal(5)
BUSINESS_POINTS = Decimal(9)
# Sec. 288 (5) BGB: once, and from businesses only.
BUSINESS_FLAT_CENTS = 4000
DAYS_IN_YEAR = 365
# Sec. 286 (3) BGB; for consumers only where the invoice said so.
DAYS_TO_DEFAULT = 30
HALF_YEAR_MONTHS = 6
# Enough to reach the next half-year from the first day of one, and never the one after.
HALF_YEAR_DAYS = 190


class BaseRateMissingError(ValueError):
    """There is no base rate for a day on which interest runs; `day` says which."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(f"There is no base rate for {day.isoformat()}.")
        self.day = day


@dataclass(frozen=True, slots=True, order=True)
class BaseRate:
    """The base rate in percent from a day on; it can be below nothing."""

    valid_from: dt.date
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """Interest at one rate: `first` is the first day on which it ran, `last` the last one."""

    first: dt.date
    last: dt.date
    percent: Decimal

    @property
    def days(self) -> int:
        """How many days it ran."""
        return (self.last - self.first).days + 1


def default_begins(due_on: dt.date, *, reminded_on: dt.date | None, is_warned: bool) -> dt.date:
    """Return the first day of default.

    30 days after the due date (`is_warned`: the debtor is a business, or was told on the
    invoice), or the day after a reminder that followed the due date, whichever comes first.
    A consumer who was neither warned nor reminded is never in default: dt.date.max.
    """
    after_30_days = due_on + dt.timedelta(days=DAYS_TO_DEFAULT + 1) if is_warned else dt.date.max
    if reminded_on is None or reminded_on <= due_on:
        return after_30_days
    return min(after_30_days, reminded_on + dt.timedelta(days=1))


def stretches(
    first: dt.date, last: dt.date, rates: Sequence[BaseRate], points: Decimal
) -> list[Stretch]:
    """Return the days from `first` to `last`, both included, cut where the rate changes.

    Raises BaseRateMissingError for a day before the first base rate.
    """
    if last < first:
        return []
    ordered = sorted(rates)
    begun = [rate for rate in ordered if rate.valid_from <= first]
    if not begun:
        raise BaseRateMissingError(first)
    changes = [begun[-1], *(rate for rate in ordered if first < rate.valid_from <= last)]
    starts = [first, *(rate.valid_from for rate in changes[1:])]
    ends = [*(start - dt.timedelta(days=1) for start in starts[1:]), last]
    return [
        Stretch(start, end, max(rate.percent + points, Decimal(0)))
        for start, end, rate in zip(starts, ends, changes, strict=True)
    ]


def interest_cents(cents: int, parts: Sequence[Stretch]) -> int:
    """Return the interest on an amount, rounded once, commercially, at the end."""
    exact = sum((cents * part.percent * part.days for part in parts), Decimal(0))
    return int((exact / 100 / DAYS_IN_YEAR).quantize(Decimal(1), ROUND_HALF_UP))


def half_year_of(day: dt.date) -> dt.date:
    """Return the first day of a day's half-year."""
    return dt.date(day.year, 1 if day.month <= HALF_YEAR_MONTHS else HALF_YEAR_MONTHS + 1, 1)


def half_years(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the first day of each half-year from that of `first` to that of `last`."""
    begins = half_year_of(first)
    while begins <= last:
        yield begins
        begins = half_year_of(begins + dt.timedelta(days=HALF_YEAR_DAYS))


def missing_half_years(rates: Sequence[BaseRate], today: dt.date) -> list[dt.date]:
    """Return the half-years without a rate, from the first known one to today's.

    The Bundesbank announces one for 1 January and 1 July, also where it stays the same: a rate
    that nobody entered is not the same as one that stayed as it was.
    """
    known = {rate.valid_from for rate in rates}
    return [day for day in half_years(min(known, default=today), today) if day not in known]


def require_rates(rates: Sequence[BaseRate], first: dt.date, last: dt.date) -> None:
    """Raise BaseRateMissingError for the first half-year from `first` to `last` without a rate."""
    known = {rate.valid_from for rate in rates}
    for day in half_years(first, last):
        if day not in known:
            raise BaseRateMissingError(day)
