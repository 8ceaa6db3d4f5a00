"""Sessions as lines of an invoice."""

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.domain.tariff import Terms, price_cents, started_blocks
from invoices.domain.lines import LedgerMismatchError, Work, format_duration, lines_of, lines_of_all

LETTER = Terms(600, 850, 850, Decimal(19))
CHEAPER_LATER = Terms(600, 850, 750, Decimal(19))
START = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)


def work(
    seconds: int, terms: Terms = LETTER, start: dt.datetime = START, session_id: UUID | None = None
) -> Work:
    blocks = started_blocks(seconds, terms.block_seconds)
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
    assert (line.quantity, line.unit_gross_cents, line.gross_cents) == (quantity, 850, gross)
    assert line.opens


def test_another_price_for_further_blocks_makes_a_second_line() -> None:
    first, further = lines_of(work(1201, CHEAPER_LATER))
    assert (first.quantity, first.unit_gross_cents, first.opens) == (1, 850, True)
    assert (further.quantity, further.unit_gross_cents, further.opens) == (2, 750, False)
    assert len(lines_of(work(600, CHEAPER_LATER))) == 1


def test_the_day_is_the_shops_day() -> None:
    late = dt.datetime(2026, 10, 5, 22, 30, tzinfo=dt.UTC)
    assert lines_of(work(60, start=late))[0].service_date == dt.date(2026, 10, 6)


@given(
    st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 2_000_000)), max_size=80),
    st.builds(
        Terms,
        st.integers(1, 7200),
        st.integers(0, 5000),
        st.integers(0, 5000),
        st.sampled_from([Decimal(19), Decimal(7)]),
    ),
)
def test_the_lines_of_a_month_are_in_order_and_add_up(
    month: list[tuple[int, int]], terms: Terms
) -> None:
    works = [
        work(seconds, terms, START + dt.timedelta(seconds=offset)) for seconds, offset in month
    ]
    lines = lines_of_all(works)
    assert sum(line.gross_cents for line in lines) == sum(each.amount_cents for each in works)
    assert [line.work.started_at for line in lines] == sorted(
        line.work.started_at for line in lines
    )
    assert all(line.quantity >= 1 for line in lines)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (61, "1:01"), (600, "10:00"), (50_400, "840:00")]
)
def test_connected_time_shows_the_second_that_decides(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text
