"""Waiting for a condition with a deadline, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T | None], *, within: float, what: str, pause: float = 0.05) -> T:
    """Return the first true value of `condition`.

    `within` and `pause` are seconds; `what` completes 'waited for ...' in the
    TimeoutError that is raised when the deadline passes.
    """
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            message = f"waited {within:g} s for {what}"
            raise TimeoutError(message)
        time.sleep(pause)
