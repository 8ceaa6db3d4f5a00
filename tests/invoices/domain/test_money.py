"""Amounts as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.money import as_decimal, format_amount, format_euros, format_percent


@pytest.mark.parametrize(
    ("cents", "german", "english"),
    [
        (0, "0,00", "0.00"),
        (5, "0,05", "0.05"),
        (850, "8,50", "8.50"),
        (123_456, "1.234,56", "1,234.56"),
        (123_456_789, "1.234.567,89", "1,234,567.89"),
        (-1, "−0,01", "−0.01"),
    ],
)
def test_an_amount_is_written_as_the_language_asks(cents: int, german: str, english: str) -> None:
    assert format_amount(cents) == german
    assert format_amount(cents, "en") == english


def test_the_currency_never_parts_from_the_amount() -> None:
    assert format_euros(850) == "8,50\N{NO-BREAK SPACE}€"
    assert format_euros(850, "en") == "€8.50"
    assert format_euros(-850, "en") == "−€8.50"


@pytest.mark.parametrize(
    ("percent", "german", "english"),
    [
        ("19.00", "19\N{NO-BREAK SPACE}%", "19%"),
        ("5.50", "5,5\N{NO-BREAK SPACE}%", "5.5%"),
        ("0", "0\N{NO-BREAK SPACE}%", "0%"),
        ("20", "20\N{NO-BREAK SPACE}%", "20%"),
    ],
)
def test_a_rate_has_no_needless_zeros(percent: str, german: str, english: str) -> None:
    assert format_percent(Decimal(percent)) == german
    assert format_percent(Decimal(percent), "en") == english


@given(st.integers(-(10**15), 10**15))
def test_no_cent_is_lost_on_the_way_to_text(cents: int) -> None:
    text = format_amount(cents).replace(".", "").replace(",", "").replace("−", "-")
    assert int(text) == cents
    assert as_decimal(cents) * 100 == cents
