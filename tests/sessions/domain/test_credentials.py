"""The support ID as the server sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import damm
from sessions.domain.credentials import (
    WrongDigitsError,
    grouped,
    masked,
    new_support_id,
    normalise_support_id,
)

support_ids = st.integers(0, 10**8 - 1).map(
    lambda number: f"{number:08}" + damm.check_digit(f"{number:08}")
)


@pytest.mark.parametrize(
    "typed", ["", "12345678", "1234567890", "abcdefghi", "١٢٣٤٥٦٧٨٩", "0" * 4000, "123\x00456789"]
)
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(WrongDigitsError):
        normalise_support_id(typed)


@given(support_ids, st.integers(0, 8), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(support_id: str, place: int, shift: int) -> None:
    wrong = str((int(support_id[place]) + shift) % 10)
    with pytest.raises(WrongDigitsError):
        normalise_support_id(support_id[:place] + wrong + support_id[place + 1 :])


@given(support_ids, st.integers(0, 7))
def test_every_swap_of_two_neighbours_is_found(support_id: str, place: int) -> None:
    one, two = support_id[place], support_id[place + 1]
    swapped = support_id[:place] + two + one + support_id[place + 2 :]
    if one != two:
        with pytest.raises(WrongDigitsError):
            normalise_support_id(swapped)


@given(support_ids, st.sampled_from(["{} {} {}", "{}-{}-{}", "{}.{}.{}", " {}{}{}\t", "{} {} {}"]))
def test_groups_are_understood_however_they_are_typed(support_id: str, style: str) -> None:
    typed = style.format(support_id[:3], support_id[3:6], support_id[6:])
    assert normalise_support_id(typed) == support_id


def test_a_new_id_passes_its_own_check() -> None:
    ids = {new_support_id() for _ in range(200)}
    assert len(ids) > 190
    assert all(normalise_support_id(each) == each for each in ids)


def test_an_id_is_read_in_groups_and_masked_in_lists() -> None:
    assert grouped("123456789") == "123 456 789"
    assert masked("123456789") == "123 … 789"
