"""The end of a session."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from company.models import AuditEntry
from sessions import services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Session
from technicians.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", ["waiting", "ordered", "asking"])
def test_before_the_first_picture_it_is_closed_without_time(
    stage: str, request: pytest.FixtureRequest
) -> None:
    session: Session = request.getfixturevalue(stage)
    at = timezone.now()
    session = services.session_end(session=session, reason=EndReason.REFUSED, at=at)
    assert (session.state, session.ended_at) == (State.CLOSED, at)
    assert (session.seconds, session.blocks, session.amount_cents) == (None, None, None)


def test_the_first_end_stands(connected: Session) -> None:
    at = timezone.now()
    services.session_end(session=connected, reason=EndReason.CUSTOMER, at=at)
    later = at + dt.timedelta(minutes=5)
    session = services.session_end(session=connected, reason=EndReason.OFFICE, at=later)
    assert (session.end_reason, session.ended_at) == (EndReason.CUSTOMER, at)
    assert AuditEntry.objects.filter(action="session.ended").count() == 1


def test_the_time_counts_to_the_last_proof_of_life_and_not_to_the_end(
    connected: Session,
) -> None:
    start = connected.started_at
    assert start is not None
    services.segment_seen(session=connected, at=start + dt.timedelta(seconds=30))
    session = services.session_end(
        session=connected,
        reason=EndReason.TECHNICIAN,
        at=start + dt.timedelta(seconds=55),
        seen_at=start + dt.timedelta(seconds=31.9),
    )
    assert session.state == State.ENDED
    assert (session.seconds, session.blocks, session.amount_cents) == (31, 1, 850)


def test_a_paused_session_is_fixed_as_it_stands(connected: Session) -> None:
    start = connected.started_at
    assert start is not None
    services.segment_end(session=connected, at=start + dt.timedelta(seconds=601))
    session = services.session_end(session=connected, reason=EndReason.LINE_LOST, at=timezone.now())
    assert (session.seconds, session.blocks, session.amount_cents) == (601, 2, 1700)


def test_a_picture_that_lasted_no_second_costs_nothing(connected: Session) -> None:
    session = services.session_end(session=connected, reason=EndReason.CUSTOMER, at=timezone.now())
    assert (session.state, session.seconds, session.blocks) == (State.ENDED, 0, 0)
    assert session.amount_cents == 0
    assert not Session.objects.billable().exists()


def test_the_database_refuses_an_ended_session_without_a_price(connected: Session) -> None:
    connected.state, connected.ended_at = State.ENDED, timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        connected.save()


def test_who_ended_it_is_in_the_audit_log(connected: Session, office: User) -> None:
    services.session_end(session=connected, reason=EndReason.OFFICE, at=timezone.now(), by=office)
    assert AuditEntry.objects.get(action="session.ended").actor == office


def test_an_agent_that_nobody_came_to_leaves_no_trace_in_the_audit_log(waiting: Session) -> None:
    services.session_end(session=waiting, reason=EndReason.ABANDONED, at=timezone.now())
    assert not AuditEntry.objects.exists()
