"""What the line carries and how long it takes, measured from the credits.

No clock and no socket of its own, so that recorded timings can be played to it. A credit comes
after PAINTING, and a frame may be small because little has changed: neither says anything
against the line. So a sample lowers the estimate only if the line itself was what kept it.
After BBR (Cardwell et al. 2016): highest delivery rate of late, lowest round trip of late.
"""

from collections import deque
from dataclasses import dataclass

# Samples that count, and for how many seconds the lowest round trip is believed.
SAMPLES = 8
RTT_BELIEVED = 30.0
# What painting takes, until it is measured: so many seconds, and so many more for each pixel.
PAINT_LEAST = 0.002
PAINT_PIXEL = 20e-9
# Fewer bytes say nothing about a line, and with more pixels something about painting.
BYTES_LEAST = 4096
PIXELS_LEAST = 128 * 1024
# A frame after which nothing waits says that the line is slow only if it took so many seconds.
LINE_LEAST = 0.02
# How much of what is measured of painting goes into what is known.
LEARNING = 0.5


@dataclass(frozen=True, slots=True)
class _Sent:
    """A frame under way, and how things stood when it was sent."""

    size: int
    pixels: int
    at: float
    full: bool
    filling: bool  # the line was empty, and nothing has come back since then
    since: float  # from when on the bytes and pixels below are counted
    delivered: int
    painted: int


class Meter:
    """Bytes a second and round trip of one pairing's line.

    Attributes:
        rate: bytes a second from A to T; None until something was measured.
        rtt: seconds from A to T and back with next to nothing to carry or paint; None likewise.
    """

    def __init__(self) -> None:
        """Begin without any idea."""
        self.rate: float | None = None
        self.rtt: float | None = None
        self._under_way: deque[_Sent] = deque()
        self._delivered = 0
        self._painted = 0
        self._credited_at = 0.0
        self._busy_since = 0.0
        self._rates: deque[float] = deque(maxlen=SAMPLES)
        self._trips: deque[tuple[float, float]] = deque()
        self._paint_pixel = PAINT_PIXEL

    @property
    def bytes_under_way(self) -> int:
        """Bytes sent and not yet painted."""
        return sum(frame.size for frame in self._under_way)

    def sent(self, size: int, pixels: int, now: float, *, full: bool) -> None:
        """Note a frame that goes out.

        Args:
            size: its bytes.
            pixels: how many of them T has to paint.
            now: monotonic seconds.
            full: whether more waited, so that it would have been longer but for the line.
        """
        if not self._under_way:
            self._busy_since = now
        filling = self._credited_at <= self._busy_since
        since = self._busy_since if filling else self._credited_at
        frame = _Sent(size, pixels, now, full, filling, since, self._delivered, self._painted)
        self._under_way.append(frame)

    def painted(self, frames: int, now: float) -> None:
        """Note that so many more frames are painted.

        Args:
            frames: at least one, at most those under way.
            now: monotonic seconds.
        """
        for _ in range(frames):
            newest = self._under_way.popleft()
            self._delivered += newest.size
            self._painted += newest.pixels
        self._credited_at = now
        self._note_rate(newest, now)
        self._note_trip(now - newest.at, now)

    def _note_trip(self, seconds: float, now: float) -> None:
        # Only what could still be the lowest is kept: falling from front to back in age.
        while self._trips and self._trips[-1][1] >= seconds:
            self._trips.pop()
        self._trips.append((now, seconds))
        while self._trips[0][0] < now - RTT_BELIEVED:
            self._trips.popleft()
        self.rtt = self._trips[0][1]

    def _note_rate(self, frame: _Sent, now: float) -> None:
        size, pixels = self._delivered - frame.delivered, self._painted - frame.painted
        elapsed = now - frame.since
        trip = self.rtt or 0.0
        if size < BYTES_LEAST:
            if frame.filling and pixels > PIXELS_LEAST:
                took = max(0.0, elapsed - trip - PAINT_LEAST) / pixels
                self._paint_pixel += LEARNING * (took - self._paint_pixel)
            return
        painting = PAINT_LEAST + self._paint_pixel * pixels
        line = elapsed
        if frame.filling:
            # The line was not full while the first of it was on its way and the last painted.
            line = max(elapsed - trip - painting, elapsed / 4)
        if line <= 0:
            return
        rate = size / line
        kept = (
            elapsed > 2 * painting
            if frame.full
            else frame.filling and line > max(2 * painting, trip / 2, LINE_LEAST)
        )
        if kept or (self.rate is not None and rate > self.rate):
            self._rates.append(rate)
            # Two credits that travelled together make a rate too high, a late one too low.
            self.rate = sorted(self._rates)[-(len(self._rates) // 3 + 1)]
