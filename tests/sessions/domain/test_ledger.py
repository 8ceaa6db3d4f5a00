"""Connected time to seconds, blocks and cents."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.domain.tariff import Terms
from sessions.domain.ledger import (
    LedgerError,
    Stretch,
    clock_after,
    connected_time,
    whole_seconds,
)

START = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
TERMS = Terms(
    block_seconds=600, first_block_cents=850, further_block_cents=850, vat_percent=Decimal(19)
)
BERLIN = ZoneInfo("Europe/Berlin")

moments = st.timedeltas(dt.timedelta(), dt.timedelta(days=3650)).map(lambda days: START + days)
durations = st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(hours=5))


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def stretch(start: float, end: float) -> Stretch:
    return Stretch(after(start), after(end))


@st.composite
def ledgers(draw: st.DrawFn) -> list[Stretch]:
    """Draw stretches that follow on each other, in any order, some without a gap."""
    at = draw(moments)
    stretches = []
    for gap, duration in draw(st.lists(st.tuples(durations, durations), max_size=8)):
        stretches.append(Stretch(at + gap, at + gap + duration))
        at += gap + duration
    return draw(st.permutations(stretches))


def test_a_stretch_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(LedgerError, match="ends before"):
        stretch(10, 9)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(LedgerError, match="no time zone"):
        Stretch(START.replace(tzinfo=None), START)


@pytest.mark.parametrize("second", [(0, 10), (9.999999, 20), (3, 4), (-1, 0.000001)])
def test_stretches_that_overlap_are_refused(second: tuple[float, float]) -> None:
    with pytest.raises(LedgerError, match="begins before"):
        connected_time([stretch(0, 10), stretch(*second)])


def test_negative_time_is_refused() -> None:
    with pytest.raises(LedgerError, match="negative"):
        whole_seconds(dt.timedelta(microseconds=-1))


@given(ledgers(), durations)
def test_any_overlap_in_any_ledger_is_refused(ledger: list[Stretch], inside: dt.timedelta) -> None:
    long = [each for each in ledger if each.duration > dt.timedelta(microseconds=1)]
    for each in long[:1]:
        intruder = Stretch(each.start + each.duration / 2, each.end + inside)
        with pytest.raises(LedgerError):
            connected_time([*ledger, intruder])


@pytest.mark.parametrize(
    ("seconds", "blocks", "cents"),
    [
        (0, 0, 0),
        (0.999999, 0, 0),
        (1, 1, 850),
        (8 * 60, 1, 850),
        (600, 1, 850),
        (600.999999, 1, 850),
        (601, 2, 1700),
        (15 * 60, 2, 1700),
    ],
)
def test_started_blocks_are_charged_and_nothing_before_the_first_second(
    seconds: float, blocks: int, cents: int
) -> None:
    clock = clock_after(connected_time([stretch(0, seconds)]), TERMS, running=False)
    assert (clock.blocks, clock.cents) == (blocks, cents)


def test_fractions_are_added_up_before_they_are_rounded_down() -> None:
    assert whole_seconds(connected_time([stretch(0, 0.6), stretch(10, 10.6)])) == 1


def test_resuming_goes_on_in_the_same_block() -> None:
    in_two_goes = connected_time([stretch(0, 300), stretch(4000, 4300)])
    assert clock_after(in_two_goes, TERMS, running=True).blocks == 1
    one_more = in_two_goes + dt.timedelta(seconds=1)
    assert clock_after(one_more, TERMS, running=True).blocks == 2


def test_the_clock_says_when_the_next_block_begins() -> None:
    clock = clock_after(dt.timedelta(seconds=599), TERMS, running=True)
    assert clock.next_block_in == 2
    later = clock_after(dt.timedelta(seconds=599 + clock.next_block_in), TERMS, running=True)
    assert later.blocks == clock.blocks + 1


def test_the_hour_that_summer_time_skips_is_not_charged() -> None:
    # 29 March 2026: 01:50 in winter time, then 03:10 in summer time, 20 minutes later.
    night = Stretch(
        dt.datetime(2026, 3, 29, 1, 50, tzinfo=BERLIN),
        dt.datetime(2026, 3, 29, 3, 10, tzinfo=BERLIN),
    )
    assert night.duration == dt.timedelta(minutes=20)


def test_the_hour_that_winter_time_repeats_is_charged_once_each_time() -> None:
    # 25 October 2026: from 02:50 in summer time to 02:10 in winter time.
    night = Stretch(
        dt.datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN, fold=0),
        dt.datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1),
    )
    assert night.duration == dt.timedelta(minutes=20)


@given(ledgers())
def test_the_order_of_the_stretches_does_not_matter(ledger: list[Stretch]) -> None:
    assert connected_time(ledger) == connected_time(reversed(ledger))


@given(ledgers())
def test_the_seconds_are_the_sum_rounded_down_once(ledger: list[Stretch]) -> None:
    total = sum((each.duration for each in ledger), dt.timedelta())
    seconds = whole_seconds(connected_time(ledger))
    assert dt.timedelta(seconds=seconds) <= total < dt.timedelta(seconds=seconds + 1)


@given(moments, durations, st.lists(st.floats(0, 1), max_size=5))
def test_pauses_without_length_change_nothing(
    start: dt.datetime, duration: dt.timedelta, cuts: list[float]
) -> None:
    edges = sorted([start, start + duration, *(start + duration * cut for cut in cuts)])
    pieces = [Stretch(*pair) for pair in pairwise(edges)]
    assert connected_time(pieces) == duration


@given(durations, durations)
def test_more_time_never_costs_less(one: dt.timedelta, more: dt.timedelta) -> None:
    less = clock_after(one, TERMS, running=False)
    greater = clock_after(one + more, TERMS, running=False)
    assert (less.seconds, less.blocks, less.cents) <= (
        greater.seconds,
        greater.blocks,
        greater.cents,
    )


@given(durations)
def test_the_paid_blocks_always_hold_the_time(time: dt.timedelta) -> None:
    clock = clock_after(time, TERMS, running=False)
    assert (clock.blocks - 1) * 600 < clock.seconds <= clock.blocks * 600 or clock.seconds == 0
