"""Money, time and phone numbers as pages write them."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from company.domain.tariff import Terms
from company.templatetags.contact import tel
from company.templatetags.money import duration, euro, minutes, price


@pytest.mark.parametrize(
    ("cents", "german", "english"),
    [
        (0, "0,00 €", "€0.00"),
        (850, "8,50 €", "€8.50"),
        (5, "0,05 €", "€0.05"),
        (-850, "−8,50 €", "−€8.50"),
        (123456789, "1.234.567,89 €", "€1,234,567.89"),
    ],
)
def test_cents_are_written_as_readers_expect(cents: int, german: str, english: str) -> None:
    with translation.override("de"):
        assert euro(cents) == german.replace(" ", "\u00a0")
    with translation.override("en"):
        assert euro(cents) == english


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_no_cent_is_lost(cents: int) -> None:
    with translation.override("de"):
        digits = euro(cents).replace("−", "-").translate(str.maketrans("", "", ".,€\u00a0"))
    assert int(digits) == cents


def test_nothing_is_no_amount_and_no_time() -> None:
    assert euro(None) == ""
    assert duration(None) == ""
    assert minutes(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (8, "0:08"), (60, "1:00"), (3599, "59:59"), (3723, "1:02:03"), (59.9, "0:59")],
)
def test_seconds_are_a_clock(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(600, "10"), (60, "1"), (90, "1:30")])
def test_a_block_is_named_in_minutes(seconds: int, text: str) -> None:
    assert minutes(seconds) == text


@pytest.mark.parametrize(
    ("phone", "address"),
    [("06233-326103", "tel:06233326103"), ("+49 (0) 6233 / 32", "tel:+490623332")],
)
def test_a_phone_number_is_dialled_without_its_decoration(phone: str, address: str) -> None:
    assert tel(phone) == address


@pytest.mark.parametrize(
    ("terms", "german", "english"),
    [
        (
            Terms(600, 850, 850, Decimal(19)),
            "8,50 € je angefangene 10 Minuten",
            "€8.50 for every 10 minutes or part of them",
        ),
        (
            Terms(600, 850, 750, Decimal(19), minimum_blocks=2),
            "8,50 € für die ersten angefangenen 10 Minuten, danach 7,50 € je weitere angefangene "
            "10 Minuten, mindestens 16,00 € (für 20 Minuten)",
            "€8.50 for the first 10 minutes or part of them, then €7.50 for every further 10 "
            "minutes or part of them, at least €16.00 (for 20 minutes)",
        ),
    ],
)
def test_a_price_is_a_part_of_a_sentence(terms: Terms, german: str, english: str) -> None:
    with translation.override("de"):
        assert price(terms).replace("\u00a0", " ") == german
    with translation.override("en"):
        assert price(terms) == english
