"""Limits on wrong IDs and passwords."""

import pytest
from django.core.cache import cache

from sessions.attempts import (
    WINDOW_SECONDS,
    Attempt,
    TooManyAttemptsError,
    check,
    count_failure,
    network,
)

ID = "123456789"


def test_each_limit_counts_for_itself() -> None:
    for number in range(10):
        count_failure(Attempt(number, ID, f"192.0.2.{number}"))
    with pytest.raises(TooManyAttemptsError):
        check(Attempt(99, ID, "198.51.100.1"))
    check(Attempt(99, "987654321", "192.0.2.1"))


def test_a_technician_is_limited_whatever_ids_and_addresses_are_used() -> None:
    for number in range(30):
        count_failure(Attempt(7, f"{number:09}", f"192.0.2.{number}"))
    with pytest.raises(TooManyAttemptsError):
        check(Attempt(7, "999999999", "198.51.100.1"))
    check(Attempt(8, "999999999", "198.51.100.1"))


def test_an_address_is_limited_and_an_ipv6_network_is_one() -> None:
    for number in range(60):
        count_failure(Attempt(number, f"{number:09}", f"2001:db8::{number:x}"))
    with pytest.raises(TooManyAttemptsError):
        check(Attempt(99, "999999999", "2001:db8::ffff"))
    check(Attempt(99, "999999999", "2001:db8:0:1::1"))


def test_all_together_are_limited() -> None:
    for number in range(600):
        count_failure(Attempt(number, f"{number:09}", f"10.0.{number // 250}.{number % 250}"))
    with pytest.raises(TooManyAttemptsError) as limit:
        check(Attempt(9999, "999999999", "198.51.100.1"))
    assert 1 <= limit.value.retry_after <= WINDOW_SECONDS


def test_a_limit_ends_a_while_after_its_first_attempt() -> None:
    for _attempt in range(10):
        count_failure(Attempt(1, ID, "192.0.2.1"))
    for key in Attempt(1, ID, "192.0.2.1").counters():
        cache.touch(key, 0)
    check(Attempt(1, ID, "192.0.2.1"))
    count_failure(Attempt(1, ID, "192.0.2.1"))
    assert cache.get(f"attempts:id:{ID}") == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("", "unknown"),
        ("no address", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, expected: str) -> None:
    assert network(address) == expected
