"""Connected time to whole seconds, blocks and cents. Pure.

The clock runs from the first painted picture to the last proof of life of both ends.
A support session may have several such stretches (a dropped line, a pause); they are
added up and rounded down once, over the sum, so that a pause never costs a second.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from company.domain.tariff import (
    Terms,
    cheaper_terms,
    due_blocks,
    price_cents,
    seconds_to_next_block,
)

ONE_SECOND = dt.timedelta(seconds=1)


class LedgerError(ValueError):
    """Stretches that cannot be a truthful record of connected time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Connected time from `start` up to `end`, both aware; kept in UTC."""

    start: dt.datetime
    end: dt.datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            moment: dt.datetime = getattr(self, name)
            if moment.tzinfo is None:
                raise LedgerError(f"The {name} {moment} has no time zone.")
            # Python subtracts two times of one zone as the clock on the wall shows them,
            # which is an hour wrong in the two nights when that clock is changed.
            object.__setattr__(self, name, moment.astimezone(dt.UTC))
        if self.end < self.start:
            raise LedgerError(f"The stretch from {self.start} ends before that, at {self.end}.")

    @property
    def duration(self) -> dt.timedelta:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Clock:
    """What both ends see: whole connected seconds, started blocks, gross cents.

    `next_block_in` is the number of seconds after which another block begins;
    `running` tells whether the seconds are counting now.
    """

    seconds: int
    blocks: int
    cents: int
    next_block_in: int
    running: bool


def connected_time(stretches: Iterable[Stretch]) -> dt.timedelta:
    """Return the sum of `stretches`, in any order; raise LedgerError if two overlap."""
    total = dt.timedelta()
    before: Stretch | None = None
    for stretch in sorted(stretches, key=lambda each: (each.start, each.end)):
        if before is not None and stretch.start < before.end:
            raise LedgerError(
                f"The stretch from {stretch.start} begins before the one before ends, "
                f"at {before.end}."
            )
        total += stretch.duration
        before = stretch
    return total


def whole_seconds(time: dt.timedelta) -> int:
    """Return `time` in seconds, rounded down; raise LedgerError if it is negative."""
    if time < dt.timedelta():
        raise LedgerError(f"Connected time cannot be negative: {time}.")
    return time // ONE_SECOND


def clock_after(
    time: dt.timedelta, promised: Terms, agreed: Terms | None = None, *, running: bool
) -> Clock:
    """Return what both ends see after `time` of connected time.

    `promised` stood on the customer's screen, `agreed` are the customer's own terms.
    """
    seconds = whole_seconds(time)
    terms = cheaper_terms(seconds, promised, agreed)
    blocks = due_blocks(seconds, terms)
    return Clock(
        seconds=seconds,
        blocks=blocks,
        cents=price_cents(blocks, terms),
        next_block_in=seconds_to_next_block(seconds, terms),
        running=running,
    )
