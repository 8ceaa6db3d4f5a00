"""Limits on wrong IDs and passwords: counters in the cache, a fixed window each.

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
        window = int(time.time()) // WINDOW_SECONDS
        return {
            f"attempts:technician:{self.technician_id}:{window}": 30,
            f"attempts:id:{self.support_id}:{window}": 10,
            f"attempts:address:{network(self.address)}:{window}": 60,
            f"attempts:all:{window}": 600,
        }


def check(attempt: Attempt) -> None:
    """Raise TooManyAttemptsError when any of the attempt's limits is reached."""
    counters = attempt.counters()
    counts = cache.get_many(counters)
    if any(counts.get(key, 0) >= most for key, most in counters.items()):
        rest = WINDOW_SECONDS - time.time() % WINDOW_SECONDS
        raise TooManyAttemptsError(math.ceil(rest))


def count_failure(attempt: Attempt) -> None:
    """Count a wrong ID or password against every limit."""
    for key in attempt.counters():
        # Set only when it is not there yet, then counted: no increment is lost.
        cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
        cache.incr(key)


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
