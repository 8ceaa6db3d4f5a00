"""Blocks and prices: the letter's rule, to the second and the cent."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.domain.tariff import (
    Terms,
    due_blocks,
    price_cents,
    seconds_to_next_block,
    started_blocks,
)

LETTER = Terms(600, 850, 850, Decimal(19))
seconds = st.integers(0, 10**7)
block_lengths = st.integers(1, 86_400)
cents = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ((0, 850, 850, Decimal(19)), "at least one second"),
        ((600, -1, 850, Decimal(19)), "must not be negative"),
        ((600, 850, -1, Decimal(19)), "must not be negative"),
        ((600, 850, 850, Decimal(-1)), "is not a rate"),
        ((600, 850, 850, Decimal(100)), "is not a rate"),
        ((600, 850, 850, Decimal(19), 0), "one block is due"),
        ((600, 850, 850, Decimal(19), 1, -1), "must not be negative"),
    ],
)
def test_terms_that_make_no_sense_are_refused(fields: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Terms(*fields)


def test_negative_time_and_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        started_blocks(-1, 600)
    with pytest.raises(ValueError, match="no negative blocks"):
        price_cents(-1, LETTER)


@pytest.mark.parametrize(
    ("connected", "blocks", "price"),
    [(0, 0, 0), (1, 1, 850), (480, 1, 850), (600, 1, 850), (601, 2, 1700), (900, 2, 1700)],
)
def test_the_letters_prices(connected: int, blocks: int, price: int) -> None:
    assert started_blocks(connected, 600) == blocks
    assert price_cents(blocks, LETTER) == price


def test_a_cheaper_further_block_is_a_change_of_data() -> None:
    # The letter's second example, '15 minutes = 16.00', as an owner may want it.
    assert price_cents(started_blocks(900, 600), Terms(600, 850, 750, Decimal(19))) == 1600


@given(seconds, block_lengths)
def test_blocks_cover_the_time_and_the_last_one_was_started(connected: int, length: int) -> None:
    blocks = started_blocks(connected, length)
    assert (blocks - 1) * length < connected <= blocks * length or connected == blocks == 0


@given(seconds, block_lengths, st.integers(1, 12))
def test_the_next_block_begins_exactly_when_it_is_said(
    connected: int, length: int, minimum: int
) -> None:
    terms = Terms(length, 850, 850, Decimal(19), minimum_blocks=minimum)
    wait = seconds_to_next_block(connected, terms)
    now = max(started_blocks(connected, length), minimum)
    assert wait >= 1
    assert due_blocks(connected + wait, terms) == now + 1
    assert due_blocks(connected + wait - 1, terms) in {now, 0}


@pytest.mark.parametrize(("connected", "blocks"), [(0, 0), (1, 3), (1800, 3), (1801, 4)])
def test_no_fewer_blocks_than_agreed_are_due_once_there_is_a_picture(
    connected: int, blocks: int
) -> None:
    assert due_blocks(connected, Terms(600, 850, 850, Decimal(19), minimum_blocks=3)) == blocks


@given(st.integers(1, 10_000), cents, cents)
def test_each_block_costs_what_was_said(blocks: int, first: int, further: int) -> None:
    terms = Terms(600, first, further, Decimal(19))
    assert price_cents(blocks, terms) == first + (blocks - 1) * further
    assert price_cents(blocks + 1, terms) - price_cents(blocks, terms) == further
