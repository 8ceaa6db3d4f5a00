"""Limits on wrong IDs and passwords: counters in the cache, each for a while from its first.

Both count alike, since an ID that does not exist is guessed just as a password is. The
agent has limits of its own, three tries and two new passwords, which nobody can reset
from here.
"""

import ipaddress
import math
import time
from dataclasses import dataclass

from django.core.cache import cache

WINDOW_SECONDS = 600


class TooManyAttemptsError(Exception):
    """A limit is reached; `retry_after` is in seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts; try again in {retry_after} s.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries what from where: a technician's key, nine digits, a network address."""

    technician_id: int
    support_id: str
    address: str

    def counters(self) -> dict[str, int]:
        """Return the cache keys that count this attempt, with the most each may reach."""
        return {
            f"attempts:technician:{self.technician_id}": 30,
            f"attempts:id:{self.support_id}": 10,
            f"attempts:address:{network(self.address)}": 60,
            "attempts:all": 600,
        }


def check(attempt: Attempt) -> None:
    """Raise TooManyAttemptsError when any of the attempt's limits is reached."""
    counters = attempt.counters()
    counts = cache.get_many(counters)
    reached = [key for key, most in counters.items() if counts.get(key, 0) >= most]
    if reached:
        ends = cache.get_many([_end_of(key) for key in reached])
        rest = max(ends.values(), default=0.0) - time.time()
        raise TooManyAttemptsError(max(1, math.ceil(rest)))


def count_failure(attempt: Attempt) -> None:
    """Count a wrong ID or password against every limit."""
    for key in attempt.counters():
        # The end first: a counter that is there has one.
        cache.add(_end_of(key), time.time() + WINDOW_SECONDS, timeout=WINDOW_SECONDS)
        # Set only when it is not there yet, then counted: no increment is lost.
        cache.add(key, 0, timeout=WINDOW_SECONDS)
        try:
            cache.incr(key)
        except ValueError:  # its time ran out between the two
            cache.add(key, 1, timeout=WINDOW_SECONDS)


def _end_of(key: str) -> str:
    return f"{key}:end"


def network(address: str) -> str:
    """Return what counts as one address: an IPv4 address, an IPv6 /64, or the text itself.

    A single subscriber has a whole /64 to try from.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
