"""Bandwidth and round trip from the credits, on lines whose truth is known."""

import heapq
import random

import pytest

from agent.encode.means import choose
from agent.meter import Meter
from agent.protocol.control import Mode
from agent.protocol.flow import WINDOW_MAX

SCREEN = 1920 * 1080


class Line:
    """A line in thought: it carries, then the technician paints, then the credit comes back."""

    def __init__(self, rate: float, rtt: float, paint_pixel: float = 10e-9) -> None:
        self.rate, self.rtt, self.paint_pixel = rate, rtt, paint_pixel
        self.meter = Meter()
        self.now = 0.0
        self._free = self._painted = 0.0
        self._credits: list[float] = []
        self._rng = random.Random(7)  # noqa: S311 (no secret)

    def send(self, size: int, pixels: int, *, full: bool) -> None:
        """Send a frame, as soon as one more may be under way."""
        while len(self._credits) >= WINDOW_MAX:
            self.credit()
        self.meter.sent(size, pixels, self.now, full=full)
        self._free = max(self._free, self.now) + size / self.rate
        begun = max(self._free + self.rtt / 2, self._painted)
        jitter = self._rng.uniform(0.9, 1.4)
        self._painted = begun + (0.001 + pixels * self.paint_pixel) * jitter
        heapq.heappush(self._credits, self._painted + self.rtt / 2)

    def credit(self) -> None:
        """Let the next credit come."""
        self.now = max(self.now, heapq.heappop(self._credits))
        self.meter.painted(1, self.now)

    def due(self) -> None:
        """Let the credits come that are due."""
        while self._credits and self._credits[0] <= self.now:
            self.credit()

    def calm(self, seconds: float) -> None:
        """Let nothing be sent for a while."""
        while self._credits:
            self.credit()
        self.now += seconds

    def bulk(self, frames: int, bytes_per_pixel: float) -> None:
        """Send what waits: frames as long as the measured line allows."""
        for left in reversed(range(frames)):
            means = choose(self.meter.rate, self.meter.rtt, Mode.AUTOMATIC)
            pixels = int(min(means.frame_pixels, means.frame_bytes / bytes_per_pixel))
            size = int(pixels * bytes_per_pixel)
            self.send(size, pixels, full=left > 0)

    def type(self, keys: int) -> None:
        """Send small frames, one by one."""
        for _ in range(keys):
            self.send(120, 300, full=False)
            self.calm(0.08)


@pytest.mark.parametrize("rate", [1.0e5, 6.25e5, 1.25e6])
@pytest.mark.parametrize("rtt", [0.02, 0.04, 0.15])
def test_a_slow_line_is_known_after_two_screens(rate: float, rtt: float) -> None:
    line = Line(rate, rtt)
    line.type(3)
    for _ in range(2):
        line.bulk(8, 0.1)
        line.calm(0.5)
    assert line.meter.rate is not None
    assert line.meter.rtt is not None
    # At a long round trip three frames may not fill the line: then it is what they had of it.
    assert 0.45 * rate < line.meter.rate < 1.6 * rate
    assert rtt <= line.meter.rtt < rtt + 0.01


@pytest.mark.parametrize("paint_pixel", [5e-9, 20e-9, 40e-9])
@pytest.mark.parametrize("bytes_per_pixel", [0.001, 0.04, 0.15])
def test_slow_painting_is_not_taken_for_a_slow_line(
    paint_pixel: float, bytes_per_pixel: float
) -> None:
    line = Line(5e7, 0.001, paint_pixel)
    line.send(8000, SCREEN, full=False)
    for _ in range(4):
        line.send(100, 512 * 1024, full=False)
        line.calm(0.05)
    for _ in range(5):
        line.bulk(4, bytes_per_pixel)
        line.calm(0.3)
        means = choose(line.meter.rate, line.meter.rtt, Mode.AUTOMATIC)
        assert not means.slow


def test_small_frames_say_nothing_about_the_line() -> None:
    line = Line(6.25e5, 0.04)
    line.type(50)
    assert line.meter.rate is None
    assert line.meter.rtt == pytest.approx(0.04, abs=0.005)
    line.bulk(10, 0.04)
    line.calm(1)
    before = line.meter.rate
    line.type(500)
    assert line.meter.rate == before


def test_scrolling_that_does_not_fill_the_line_says_nothing_either() -> None:
    line = Line(6.25e5, 0.04)
    line.type(2)
    line.bulk(20, 0.1)
    line.calm(1)
    before = line.meter.rate
    for _ in range(200):
        line.send(5000, 60_000, full=False)
        line.now += 0.04
        line.due()
    assert before is not None
    assert line.meter.rate is not None
    assert line.meter.rate >= 0.8 * before


def test_a_line_that_becomes_slower_is_noticed_after_two_screens() -> None:
    line = Line(5e6, 0.03)
    line.type(2)
    line.bulk(30, 0.1)
    line.calm(1)
    line.rate = 4e5
    line.bulk(14, 0.1)
    assert line.meter.rate is not None
    assert line.meter.rate < 8e5


def test_a_line_that_becomes_faster_is_noticed_after_two_screens() -> None:
    line = Line(2e5, 0.03)
    line.type(2)
    line.bulk(10, 0.1)
    line.calm(1)
    line.rate = 5e6
    line.bulk(20, 0.1)
    assert line.meter.rate is not None
    assert line.meter.rate > 1.2e6


def test_the_queue_is_bounded_however_much_waits() -> None:
    line = Line(6.25e5, 0.04)
    line.type(2)
    line.bulk(20, 0.1)
    assert line.meter.bytes_under_way < 3 * 6.25e5 * 0.04


def test_several_frames_may_be_credited_at_once() -> None:
    meter = Meter()
    for at in (0.0, 0.01, 0.02):
        meter.sent(20000, 10000, at, full=True)
    meter.painted(3, 0.25)
    assert meter.bytes_under_way == 0
    assert meter.rate == pytest.approx(60000 / 0.25, rel=0.2)
