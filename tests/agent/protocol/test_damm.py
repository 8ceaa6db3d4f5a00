"""Digits that people read to each other."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import damm

bodies = st.text("0123456789", min_size=1, max_size=12)


def test_the_vectors_hold(vectors: Callable[[str], Any]) -> None:
    digits = vectors("damm.json")
    assert all(damm.is_complete(item) for item in digits["complete"])
    assert not any(damm.is_complete(item) for item in digits["incomplete"])
    for item in digits["support_ids"]:
        assert damm.read_support_id(item["typed"]) == item["digits"]
    for item in digits["passwords"]:
        assert damm.read_password(item["typed"]) == item["digits"]


@given(bodies, st.data())
def test_every_single_wrong_digit_is_found(body: str, data: st.DataObject) -> None:
    whole = body + damm.check_digit(body)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[place]]))
    assert not damm.is_complete(whole[:place] + other + whole[place + 1 :])


@given(bodies, st.data())
def test_every_swap_of_two_neighbours_is_found(body: str, data: st.DataObject) -> None:
    whole = body + damm.check_digit(body)
    place = data.draw(st.integers(0, len(whole) - 2))
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    assert damm.is_complete(swapped) == (swapped == whole)


def test_new_digits_are_complete_and_read_back_as_shown() -> None:
    for _ in range(200):
        support_id, password = damm.new_support_id(), damm.new_password()
        assert (len(support_id), len(password)) == (9, 8)
        assert damm.read_support_id(damm.show_support_id(support_id)) == support_id
        assert damm.read_password(damm.show_password(password)) == password


def test_new_digits_use_the_whole_range_with_leading_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _limit: 7)
    assert damm.new_support_id() == "00000007" + damm.check_digit("00000007")
    monkeypatch.setattr("secrets.randbelow", lambda limit: limit - 1)
    assert damm.new_password() == "9999999" + damm.check_digit("9999999")


def test_they_are_shown_in_groups() -> None:
    assert damm.show_support_id("123456786") == "123 456 786"
    assert damm.show_password("12345678") == "1234 5678"


@given(st.text(max_size=20))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    assert damm.read_support_id(typed) is None or len(damm.read_support_id(typed) or "") == 9
    assert damm.read_password(typed) is None or len(damm.read_password(typed) or "") == 8
