"""A month's work as lines of an invoice: prices, reductions, discounts."""

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.domain.tariff import Terms, due_blocks, price_cents
from invoices.domain.billing import Allowances, LedgerMismatchError, bill, lines_of
from invoices.domain.lines import (
    Agreement,
    Item,
    Line,
    LineKind,
    NetPriceMissingError,
    Work,
)
from invoices.domain.tax import REVERSE_CHARGE, SMALL_BUSINESS, Treatment

LETTER = Terms(600, 850, 850, Decimal(19))
CHEAPER_LATER = Terms(600, 850, 750, Decimal(19))
START = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)


def work(
    seconds: int, terms: Terms = LETTER, start: dt.datetime = START, session_id: UUID | None = None
) -> Work:
    blocks = due_blocks(seconds, terms)
    return Work(
        session_id=session_id or uuid4(),
        started_at=start,
        ended_at=start + dt.timedelta(seconds=seconds),
        seconds=seconds,
        blocks=blocks,
        amount_cents=price_cents(blocks, terms),
        technician="Tina",
        terms=terms,
    )


@pytest.mark.parametrize("change", [{"blocks": 2}, {"amount_cents": 849}, {"seconds": 601}])
def test_a_session_whose_price_does_not_follow_from_its_time_is_refused(
    change: dict[str, Any],
) -> None:
    with pytest.raises(LedgerMismatchError, match="are stored"):
        lines_of(dataclasses.replace(work(600), **change))


def test_no_time_makes_no_line() -> None:
    assert lines_of(work(0)) == []


@pytest.mark.parametrize(
    ("seconds", "quantity", "gross"),
    [
        (1, 1, 850),
        (480, 1, 850),
        (600, 1, 850),
        (601, 2, 1700),
        (900, 2, 1700),
        (14 * 3600, 84, 71_400),
    ],
)
def test_one_price_makes_one_line(seconds: int, quantity: int, gross: int) -> None:
    (line,) = lines_of(work(seconds))
    assert (line.quantity, line.unit_cents, line.gross_cents) == (quantity, 850, gross)
    assert line.opens


def test_another_price_for_further_blocks_makes_a_second_line() -> None:
    first, further = lines_of(work(1201, CHEAPER_LATER))
    assert (first.quantity, first.unit_cents, first.opens) == (1, 850, True)
    assert (further.quantity, further.unit_cents, further.opens) == (2, 750, False)
    assert len(lines_of(work(600, CHEAPER_LATER))) == 1


def test_the_day_is_the_shops_day() -> None:
    late = dt.datetime(2026, 10, 5, 22, 30, tzinfo=dt.UTC)
    assert lines_of(work(60, start=late))[0].service_date == dt.date(2026, 10, 6)


KINDS = LineKind
ITEM = Item(1, dt.date(2026, 10, 9), "Anfahrt", 2, 1500, Decimal(19), unit_net_cents=1261)


def agreed(seconds: int, agreement: Agreement, **changes: Any) -> Work:
    return dataclasses.replace(work(seconds), agreement=agreement, **changes)


def shape(lines: list[Line]) -> list[tuple[LineKind, int, int]]:
    return [(line.kind, line.quantity, line.unit_cents) for line in lines]


def test_a_negative_courtesy_is_refused() -> None:
    with pytest.raises(LedgerMismatchError, match="cannot be waived"):
        lines_of(dataclasses.replace(work(600), courtesy_blocks=-1))


def test_reverse_charge_without_a_net_price_is_refused_never_derived() -> None:
    with pytest.raises(NetPriceMissingError):
        lines_of(work(600), Treatment.REVERSE_CHARGE)


def test_a_business_abroad_owes_the_net_price_of_the_tariff() -> None:
    terms = dataclasses.replace(LETTER, first_block_net_cents=714, further_block_net_cents=714)
    (line,) = lines_of(work(900, terms), Treatment.REVERSE_CHARGE)
    assert (line.quantity, line.unit_cents, line.tax) == (2, 714, REVERSE_CHARGE)


def test_a_small_business_asks_the_promised_price_without_vat() -> None:
    (line,) = lines_of(work(900), Treatment.SMALL_BUSINESS)
    assert (line.gross_cents, line.tax) == (1700, SMALL_BUSINESS)


def test_what_is_waived_stands_below_the_price() -> None:
    lines = lines_of(dataclasses.replace(work(1201, CHEAPER_LATER), courtesy_blocks=2))
    assert shape(lines) == [
        (KINDS.SESSION, 1, 850),
        (KINDS.SESSION, 2, 750),
        (KINDS.COURTESY, -1, 850),
        (KINDS.COURTESY, -1, 750),
    ]
    assert sum(line.gross_cents for line in lines) == 750
    assert [line.opens for line in lines] == [True, False, False, False]


def test_no_more_can_be_waived_than_was_used() -> None:
    lines = lines_of(dataclasses.replace(work(600), courtesy_blocks=9))
    assert sum(line.gross_cents for line in lines) == 0


def test_the_contract_goes_before_the_balance_and_both_count_whole_blocks() -> None:
    left = Allowances(contract=1500, prepaid=660)
    lines = lines_of(work(3000), allowances=left)
    assert shape(lines) == [
        (KINDS.SESSION, 5, 850),
        (KINDS.CONTRACT, -2, 850),
        (KINDS.PREPAID, -1, 850),
    ]
    assert [line.allowance_seconds for line in lines] == [0, -1200, -600]
    assert (left.contract, left.prepaid) == (300, 60)


def test_what_one_session_leaves_the_next_one_takes() -> None:
    left = Allowances(contract=1200)
    later = work(600, start=START + dt.timedelta(hours=1))
    lines = bill([later, work(601)], [], allowances=left)
    assert [line.kind for line in lines] == [KINDS.SESSION, KINDS.CONTRACT, KINDS.SESSION]
    assert lines[-1].work == later


def test_a_balance_below_nothing_gives_nothing() -> None:
    assert shape(lines_of(work(600), allowances=Allowances(prepaid=-600))) == [
        (KINDS.SESSION, 1, 850)
    ]


@pytest.mark.parametrize(("own", "due"), [(700, 1400), (900, 1700)])
def test_own_prices_hold_unless_the_screen_promised_less(own: int, due: int) -> None:
    terms = Terms(600, own, own, Decimal(19))
    assert sum(line.gross_cents for line in lines_of(agreed(900, Agreement(terms)))) == due


def test_a_discount_comes_last_and_off_sessions_only() -> None:
    agreement = Agreement(discount_percent=Decimal("12.5"))
    lines = bill([agreed(900, agreement)], [ITEM])
    assert shape(lines) == [
        (KINDS.SESSION, 2, 850),
        (KINDS.ITEM, 2, 1500),
        (KINDS.DISCOUNT, -1, 213),  # 212.5 cents, rounded for the customer
    ]


def test_an_item_abroad_costs_its_own_net_price() -> None:
    (line,) = bill([], [ITEM], treatment=Treatment.REVERSE_CHARGE)
    assert (line.unit_cents, line.tax) == (1261, REVERSE_CHARGE)


def test_a_package_of_minutes_adds_to_the_balance() -> None:
    package = dataclasses.replace(ITEM, prepaid_seconds=7200)
    (line,) = bill([], [package])
    assert line.allowance_seconds == 14_400


TERMS = st.builds(
    Terms,
    st.integers(1, 7200),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.sampled_from([Decimal(19), Decimal(7)]),
    st.integers(1, 4),
)


@given(
    st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 2_000_000)), max_size=80),
    TERMS,
    st.integers(0, 50_000),
    st.integers(0, 50_000),
    st.integers(0, 5),
)
def test_a_month_adds_up_and_no_session_costs_less_than_nothing(
    month: list[tuple[int, int]], terms: Terms, contract: int, prepaid: int, courtesy: int
) -> None:
    works = [
        dataclasses.replace(
            work(seconds, terms, START + dt.timedelta(seconds=offset)), courtesy_blocks=courtesy
        )
        for seconds, offset in month
    ]
    lines = bill(works, [], allowances=Allowances(contract, prepaid))
    full = [line for line in lines if line.kind is KINDS.SESSION]
    assert sum(line.gross_cents for line in full) == sum(each.amount_cents for each in works)
    for each in works:
        own = [line for line in lines if line.work == each]
        assert 0 <= sum(line.gross_cents for line in own) <= each.amount_cents
        assert 0 <= sum(line.quantity for line in own) <= each.blocks
        assert [line.opens for line in own] == [True, *[False] * (len(own) - 1)][: len(own)]
    taken = sum(line.allowance_seconds for line in lines)
    assert -(contract + prepaid) <= taken <= 0
    days = [line.work.started_at for line in lines if line.work]
    assert days == sorted(days)
