"""Waiting for a condition with a deadline, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# By how much deadlines are stretched. Tests set more than 1: a machine may be many times slower
# than the one on which they were written, and a deadline is only there to end a wait at all.
stretch = 1.0


def until(condition: Callable[[], T | None], *, within: float, what: str, pause: float = 0.05) -> T:
    """Return the first true value of `condition`.

    `within` (on an idle machine) and `pause` are seconds; `what` completes 'waited for ...'
    in the TimeoutError that is raised when the deadline passes.
    """
    within *= stretch
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            message = f"waited {within:g} s for {what}"
            raise TimeoutError(message)
        time.sleep(pause)
