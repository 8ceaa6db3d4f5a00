"""Calling the server: calmly while nobody waits, in a hurry while a session is interrupted."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from agent.transport import Line, LineError

BACK_OFF_FIRST = 0.5
BACK_OFF_MAX = 15.0
# In a hurry: seconds from one call to the next.
HURRY_EVERY = 0.5
# Calls under way at once: one that hangs in a dead line must not hold up the next.
HURRY_CALLS = 4
# A line that broke sooner than that is no sign that the server is well.
SOLID_AFTER = 5.0

Open = Callable[[], Awaitable[Line]]


class BackOff:
    """How long to wait before the next call."""

    def __init__(self) -> None:
        self._next = BACK_OFF_FIRST

    def reset(self) -> None:
        """Begin again with short waits: the server has answered as it should."""
        self._next = BACK_OFF_FIRST

    def seconds(self) -> float:
        """Return the wait, longer each time."""
        delay, self._next = self._next, min(self._next * 2, BACK_OFF_MAX)
        return _spread(delay)


def hurried(lasted: float) -> float:
    """Return the wait before the next call in a hurry, after a line that `lasted` so long."""
    return _spread(0.1) if lasted >= SOLID_AFTER else _spread(HURRY_EVERY)


async def reach(open_line: Open, within: float) -> Line:
    """Call again and again without waiting for the answer; return the first line that stands.

    Args:
        open_line: opens one line, or raises LineError.
        within: seconds after which it is given up with LineError.
    """
    calls: set[asyncio.Task[Line]] = set()
    try:
        async with asyncio.timeout(within):
            while True:
                if len(calls) < HURRY_CALLS:
                    calls.add(asyncio.ensure_future(open_line()))
                line = await _first(calls)
                if line is not None:
                    return line
    except TimeoutError:
        raise LineError("nobody answers") from None
    finally:
        for call in calls:
            call.cancel()
        for late in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(late, Line):
                late.abort()


async def _first(calls: "set[asyncio.Task[Line]]") -> Line | None:
    """Wait until it is time for another call, or one has been answered; drop what failed."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _spread(HURRY_EVERY)
    while (left := until - loop.time()) > 0:
        if not calls:
            await asyncio.sleep(left)
            return None
        done, _ = await asyncio.wait(calls, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        for call in done:
            if not call.cancelled() and call.exception() is None:
                calls.discard(call)
                return call.result()
            if call.exception() is not None and not isinstance(call.exception(), LineError):
                calls.discard(call)
                call.result()
        calls -= done
    return None


def _spread(delay: float) -> float:
    """Spread waits, so that not all agents call at once when a server comes back."""
    return delay * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)
