"""The time of a support session while it runs in this process. No IO."""

import datetime as dt
import time
from collections.abc import Callable

from company.domain.tariff import Terms
from sessions.domain.ledger import Clock, clock_after

Wall = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the server's time."""
    return dt.datetime.now(dt.UTC)


class ConnectedTime:
    """Adds up the stretches in which both ends were there, as the ledger does.

    Within a stretch the time goes by the monotonic clock: when the server's own clock
    is set right, nobody pays for the jump.
    """

    def __init__(self, terms: Terms, before: dt.timedelta, wall: Wall = utc_now) -> None:
        self.terms = terms
        # The customer's own, as soon as it is known whose computer this is.
        self.agreed: Terms | None = None
        self._before = before
        self._wall = wall
        self._anchor = (wall(), time.monotonic())
        self._started_at: dt.datetime | None = None
        self.seen_at: dt.datetime | None = None

    @property
    def running(self) -> bool:
        """Whether a stretch is open."""
        return self._started_at is not None

    def now(self) -> dt.datetime:
        """Return the server's time."""
        return self._wall()

    def start(self) -> dt.datetime:
        """Open a stretch now; return its start."""
        self._anchor = (self._wall(), time.monotonic())
        self._started_at = self.seen_at = self._anchor[0]
        return self._started_at

    def seen(self) -> dt.datetime:
        """Note a proof of life of both ends now; return the moment."""
        wall, monotonic = self._anchor
        self.seen_at = wall + dt.timedelta(seconds=time.monotonic() - monotonic)
        return self.seen_at

    def stop(self) -> dt.datetime | None:
        """Close the stretch at the last proof of life; return that, or None if none is open."""
        if self._started_at is None or self.seen_at is None:
            return None
        self._before += self.seen_at - self._started_at
        self._started_at = None
        return self.seen_at

    def correct(self, before: dt.timedelta, started_at: dt.datetime) -> None:
        """Take over what the ledger says of the time before a stretch, and of its start."""
        self._before = before
        if self._started_at is not None and self.seen_at is not None:
            self._started_at = started_at
            self.seen_at = max(self.seen_at, started_at)

    def clock(self) -> Clock:
        """Return what both ends see."""
        open_time = dt.timedelta()
        if self._started_at is not None and self.seen_at is not None:
            open_time = self.seen_at - self._started_at
        return clock_after(self._before + open_time, self.terms, self.agreed, running=self.running)
