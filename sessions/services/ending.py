"""The end of a session: time and price are fixed once and for all."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from company import audit
from sessions import announce
from sessions.domain.ledger import clock_after, connected_time
from sessions.domain.lifecycle import BEFORE_FIRST_PICTURE, EndReason, State
from sessions.models import Session
from sessions.services.ledger import close, subject
from sessions.services.locking import locked, move

if TYPE_CHECKING:
    from technicians.models import User


def session_end(
    *,
    session: Session,
    reason: EndReason,
    at: dt.datetime,
    by: "User | None" = None,
    seen_at: dt.datetime | None = None,
) -> Session:
    """End the session and return it; one that is over already stays as it is.

    `at` is the moment written as the end; the connected time ends at the last proof of
    life, for which `seen_at` is the relay's newest. `by` is who ended it, where that is
    a person with an account. Before the first picture the session is closed without
    time; after it, seconds, blocks and amount are fixed.
    """
    with transaction.atomic():
        session = locked(session)
        if not session.is_open:
            return session
        session.ended_at = at
        session.end_reason = reason
        if session.state in BEFORE_FIRST_PICTURE:
            move(session, State.CLOSED)
        else:
            _freeze(session, seen_at)
        session.save()
        announce.session_ended(session)
        if session.ordered_at is not None:
            audit.record(
                "session.ended",
                actor=by,
                subject=subject(session),
                details={"reason": str(reason), "seconds": session.seconds or 0},
            )
    return session


def _freeze(session: Session, seen_at: dt.datetime | None) -> None:
    segments = list(session.segments.select_for_update().order_by("started_at"))
    for segment in segments:
        close(segment, seen_at)
    if session.state == State.CONNECTED:
        move(session, State.PAUSED)
    move(session, State.ENDED)
    clock = clock_after(
        connected_time(segment.stretch for segment in segments), session.terms, running=False
    )
    session.seconds, session.blocks, session.amount_cents = clock.seconds, clock.blocks, clock.cents
