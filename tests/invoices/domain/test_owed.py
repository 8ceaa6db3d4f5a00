"""What a payment settles first: by law, or as the debtor or the office says (sec. 367 BGB)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.owed import Order, Owed, Part, order_of, shares_of

OWED = Owed(1700, 11, 250)


@pytest.mark.parametrize(
    ("cents", "shares"),
    [
        (0, []),
        (250, [("costs", 250)]),
        (255, [("costs", 250), ("interest", 5)]),
        (1699, [("costs", 250), ("interest", 11), ("invoice", 1438)]),
        (1961, [("costs", 250), ("interest", 11), ("invoice", 1700)]),
        (5000, [("costs", 250), ("interest", 11), ("invoice", 1700)]),
    ],
)
def test_by_law_costs_come_first_then_interest(cents: int, shares: list[tuple[str, int]]) -> None:
    assert shares_of(cents, OWED) == shares


def test_exactly_the_amount_of_the_invoice_is_for_the_invoice() -> None:
    assert order_of(1700, OWED) == Order.INVOICE_FIRST
    assert shares_of(1700, OWED) == [(Part.INVOICE, 1700)]


def test_the_office_can_let_the_invoice_come_first() -> None:
    assert shares_of(1900, OWED, Order.INVOICE_FIRST) == [(Part.INVOICE, 1700), (Part.COSTS, 200)]
    by_law = [(Part.COSTS, 250), (Part.INTEREST, 11), (Part.INVOICE, 1439)]
    assert shares_of(1700, OWED, Order.LAW) == by_law


CENTS = st.integers(0, 10_000)


@given(CENTS, st.builds(Owed, CENTS, CENTS, CENTS), st.sampled_from([None, *Order]))
def test_no_cent_is_lost_and_no_part_gets_more_than_it_is(
    cents: int, owed: Owed, order: Order | None
) -> None:
    shares = shares_of(cents, owed, order)
    assert sum(share for _part, share in shares) == min(cents, owed.total_cents)
    assert all(0 < share <= owed.of(part) for part, share in shares)
