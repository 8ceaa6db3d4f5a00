"""The ledger: connected segments by the server's clock."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from company import audit
from company.domain.tariff import due_blocks, price_cents
from sessions import announce
from sessions.domain.ledger import Clock, clock_after, connected_time
from sessions.domain.lifecycle import State
from sessions.models import Segment, Session
from sessions.services.locking import locked, move


def segment_start(*, session: Session, at: dt.datetime) -> Session:
    """Start the clock at `at`, the first painted picture, and return the session.

    A segment that is still open here was left by a killed server: it is closed at its
    last proof of life first. Does nothing to a session that is over.
    """
    with transaction.atomic():
        session = locked(session)
        if not session.is_open:
            return session
        for segment in session.segments.all():
            close(segment)
            # The clock of another server process may be some milliseconds ahead.
            at = max(at, segment.last_seen_at)
        Segment.objects.create(session=session, started_at=at, last_seen_at=at)
        # Not by the state table: that a picture was painted is a fact, whatever a sweep
        # did to the state while the database was slow.
        session.state = State.CONNECTED
        first = session.started_at is None
        if first:
            session.started_at = at
        session.save(update_fields=["state", "started_at"])
        announce.live_changed()
        if first:
            audit.record(
                "session.started", actor=session.technician, subject=subject(session), details={}
            )
    return session


def segment_seen(*, session: Session, at: dt.datetime) -> bool:
    """Move the open segment's end to `at`, the latest proof of life of both ends.

    Never moves it back. Returns False when there is no open segment: it was closed
    meanwhile, by the sweeper or because the session ended.
    """
    # Two statements without a transaction: this is written every two seconds for each
    # session, and the first one alone does it.
    segment = Segment.objects.filter(session=session, ended_at=None)
    moved = segment.filter(last_seen_at__lt=at).update(last_seen_at=at)
    return bool(moved) or segment.exists()


def segment_end(*, session: Session, at: dt.datetime | None = None) -> Session:
    """Stop the clock at the last proof of life, which `at` may bring along.

    The time at which somebody noticed the end plays no part. Does nothing when the agent
    has come to another server process: the open stretch is that one's.
    """
    with transaction.atomic():
        session = locked(session)
        if not session.is_here:
            return session
        segment = _open_segment(session)
        if segment is not None:
            close(segment, at)
        if session.state == State.CONNECTED:
            move(session, State.PAUSED)
            session.save(update_fields=["state"])
            announce.live_changed()
    return session


def session_clock(*, session: Session, now: dt.datetime) -> Clock:
    """Return seconds, blocks and cents as they stand at `now`.

    An ended session's are the frozen ones, unless the customer's own prices ask for less. While
    the clock runs, they follow the last proof of life, so they may lag `now` by a heartbeat.
    """
    agreed = session.agreed_terms
    if session.seconds is not None and session.blocks is not None:
        frozen = Clock(
            seconds=session.seconds,
            blocks=session.blocks,
            cents=session.amount_cents or 0,
            next_block_in=0,
            running=False,
        )
        if agreed is None:
            return frozen
        blocks = due_blocks(frozen.seconds, agreed)
        cents = price_cents(blocks, agreed)
        return frozen if frozen.cents < cents else replace(frozen, blocks=blocks, cents=cents)
    segments = list(session.segments.all())
    running = any(segment.ended_at is None for segment in segments)
    time = connected_time(segment.stretch for segment in segments if segment.started_at <= now)
    return clock_after(time, session.terms, agreed, running=running)


def close(segment: Segment, at: dt.datetime | None = None) -> None:
    """Close `segment` at its last proof of life, `at` included; closed ones stay as they are."""
    if segment.ended_at is not None:
        return
    if at is not None:
        segment.last_seen_at = max(segment.last_seen_at, at)
    segment.ended_at = segment.last_seen_at
    segment.save(update_fields=["last_seen_at", "ended_at"])


def subject(session: Session) -> str:
    """Return how the audit log names a session."""
    return f"session {session.pk}"


def _open_segment(session: Session) -> Segment | None:
    return (
        Segment.objects.select_for_update().filter(session=session, ended_at__isnull=True).first()
    )
