"""What nobody finished: closed at its last proof of life, ended when its time is over.

Runs every ten seconds and after each start. A killed server or browser therefore costs
seconds, never the session.
"""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from sessions.domain.lifecycle import EndReason, State
from sessions.models import RetiredSupportId, Segment, Session
from sessions.querysets import SessionQuerySet
from sessions.services.ending import session_end
from sessions.services.ledger import segment_end
from sessions.services.opening import RESUME_PERIOD, agent_gone
from sessions.services.ordering import session_unpair

logger = logging.getLogger(__name__)

SEGMENT_SILENCE = dt.timedelta(seconds=15)
# The relay renews presence every 30 s.
PRESENCE_SILENCE = dt.timedelta(seconds=90)
WAITING_PERIOD = dt.timedelta(minutes=60)
NEVER_CONNECTED_KEPT = dt.timedelta(days=1)


def sessions_sweep(*, now: dt.datetime) -> None:
    """Put right whatever is due at `now`, each session in a transaction of its own."""
    silent = Segment.objects.filter(ended_at=None, last_seen_at__lt=now - SEGMENT_SILENCE)
    _each(Session.objects.filter(segments__in=silent), lambda s: _stop_silent(s, now))
    _each(_agents_silent(now), lambda s: _agent_lost(s, now))
    _each(_technicians_silent(now), lambda s: session_unpair(session=s))
    _each(_lines_lost(now), lambda s: _line_lost(s, now))
    _each(_abandoned(now), lambda s: session_end(session=s, reason=EndReason.ABANDONED, at=now))
    _forget_never_connected(now)


def _each(sessions: SessionQuerySet, put_right: Callable[[Session], object]) -> None:
    for session in sessions:
        try:
            put_right(session)
        except Exception:
            # One bad row must not keep the others from being billed.
            logger.exception("Session %s could not be put right.", session.pk)


def _stop_silent(session: Session, now: dt.datetime) -> None:
    with transaction.atomic():
        still = Session.objects.select_for_update().get(pk=session.pk)
        # The relay may have been quicker: looked at again under the lock.
        if still.segments.filter(ended_at=None, last_seen_at__lt=now - SEGMENT_SILENCE).exists():
            segment_end(session=still)


def _agents_silent(now: dt.datetime) -> SessionQuerySet:
    return Session.objects.open().filter(
        agent_gone_at=None, agent_seen_at__lt=now - PRESENCE_SILENCE
    )


def _agent_lost(session: Session, now: dt.datetime) -> None:
    # Gone since it was last seen, not since this was noticed.
    agent_gone(session=session, now=session.agent_seen_at or now)


def _technicians_silent(now: dt.datetime) -> SessionQuerySet:
    return Session.objects.filter(
        state__in=[State.CONNECTING, State.ASKING],
        technician_seen_at__lt=now - PRESENCE_SILENCE,
    )


def _lines_lost(now: dt.datetime) -> SessionQuerySet:
    limit = now - RESUME_PERIOD
    # A pause that both ends keep open is no lost line and may last.
    return (
        Session.objects.filter(state=State.PAUSED)
        .alias(technician_seen=Coalesce("technician_seen_at", "started_at"))
        .alias(agent_seen=Coalesce("agent_gone_at", "agent_seen_at", "started_at"))
        .filter(Q(technician_seen__lt=limit) | Q(agent_seen__lt=limit))
    )


def _line_lost(session: Session, now: dt.datetime) -> None:
    last = session.segments.order_by("started_at").last()
    # The proof names when the connection ended, not when the wait for it was over.
    at = last.last_seen_at if last else now
    session_end(session=session, reason=EndReason.LINE_LOST, at=at)


def _abandoned(now: dt.datetime) -> SessionQuerySet:
    limit = now - WAITING_PERIOD
    nobody_came = Q(technician_seen_at=None) | Q(technician_seen_at__lt=limit)
    return Session.objects.filter(state=State.WAITING).filter(
        Q(agent_gone_at__lt=now - RESUME_PERIOD) | (Q(opened_at__lt=limit) & nobody_came)
    )


def _forget_never_connected(now: dt.datetime) -> None:
    """Delete what agents left that nobody connected to; their IDs stay used."""
    with transaction.atomic():
        old = Session.objects.select_for_update().filter(
            state=State.CLOSED, ordered_at=None, ended_at__lt=now - NEVER_CONNECTED_KEPT
        )
        found = list(old.values_list("pk", "support_id"))
        RetiredSupportId.objects.bulk_create(
            (RetiredSupportId(support_id=support_id) for _pk, support_id in found),
            ignore_conflicts=True,
        )
        Session.objects.filter(pk__in=[pk for pk, _support_id in found]).delete()
