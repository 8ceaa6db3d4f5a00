"""Calls in a hurry: one that hangs holds up nothing, and none is left behind."""

import asyncio

import pytest

from agent import calling
from agent.transport import Line, LineError


class Calls:
    """Opens lines as a test says: `hangs`, `fails`, or a line that stands."""

    def __init__(self, *outcomes: str) -> None:
        self.outcomes = list(outcomes)
        self.begun = 0
        self.cancelled = 0

    async def open(self) -> Line:
        outcome = self.outcomes[min(self.begun, len(self.outcomes) - 1)]
        self.begun += 1
        if outcome == "hangs":
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        if outcome == "fails":
            raise LineError("refused")
        if outcome == "breaks":
            raise RuntimeError("a fault of ours")
        return Line("ws://127.0.0.1:9")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "HURRY_EVERY", 0.02)


async def test_a_line_that_stands_is_taken() -> None:
    calls = Calls("stands")
    await calling.reach(calls.open, 10)
    assert calls.begun == 1


async def test_failures_and_calls_that_hang_are_followed_by_others() -> None:
    calls = Calls("fails", "hangs", "fails", "hangs", "stands")
    await calling.reach(calls.open, 10)
    assert (calls.begun, calls.cancelled) == (5, 2)


async def test_only_so_many_calls_hang_at_once() -> None:
    calls = Calls("hangs")
    with pytest.raises(LineError):
        await calling.reach(calls.open, 0.5)
    assert calls.begun == calls.cancelled == calling.HURRY_CALLS


async def test_a_fault_of_ours_is_no_lost_line() -> None:
    with pytest.raises(RuntimeError):
        await calling.reach(Calls("fails", "breaks").open, 10)


async def test_whoever_stops_waiting_leaves_no_call_behind() -> None:
    calls = Calls("hangs")
    waiting = asyncio.create_task(calling.reach(calls.open, 10))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert calls.begun == calls.cancelled > 0


def test_waits_grow_to_a_limit_and_begin_again() -> None:
    back_off = calling.BackOff()
    waits = [back_off.seconds() for _ in range(12)]
    assert waits[0] <= calling.BACK_OFF_FIRST
    assert calling.BACK_OFF_MAX / 2 <= waits[-1] <= calling.BACK_OFF_MAX
    back_off.reset()
    assert back_off.seconds() <= calling.BACK_OFF_FIRST


def test_a_server_that_hangs_up_at_once_is_not_called_without_a_pause() -> None:
    assert calling.hurried(0.1) >= calling.HURRY_EVERY / 2
    assert calling.hurried(60) <= 0.1
