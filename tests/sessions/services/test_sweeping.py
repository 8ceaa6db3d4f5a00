"""What nobody finished is closed at its last proof of life and ended when its time is over."""

import datetime as dt

import pytest
from django.utils import timezone

from sessions import services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import RetiredSupportId, Session
from sessions.tasks import sweep

pytestmark = pytest.mark.django_db


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def swept(session: Session, later: dt.timedelta) -> Session:
    services.sessions_sweep(now=timezone.now() + later)
    session.refresh_from_db()
    return session


def present(session: Session, later: dt.timedelta) -> None:
    services.presence_seen(session=session, agent=True, technician=True, now=timezone.now() + later)


def test_a_segment_that_was_just_seen_is_left_alone(connected: Session) -> None:
    services.segment_seen(session=connected, at=timezone.now())
    assert swept(connected, minutes(0.2)).state == State.CONNECTED


def test_a_silent_segment_is_closed_at_its_last_proof_of_life(connected: Session) -> None:
    seen = timezone.now()
    services.segment_seen(session=connected, at=seen)
    session = swept(connected, minutes(0.3))
    assert session.state == State.PAUSED
    assert session.segments.get().ended_at == seen


def test_both_ends_that_vanish_end_the_session_at_the_last_proof_of_life(
    connected: Session,
) -> None:
    seen = timezone.now()
    services.segment_seen(session=connected, at=seen)
    session = swept(connected, minutes(12))
    assert (session.state, session.end_reason) == (State.ENDED, EndReason.LINE_LOST)
    assert session.ended_at == seen
    assert session.seconds == 60


def test_a_line_that_is_lost_for_nine_minutes_may_come_back(connected: Session) -> None:
    services.agent_gone(session=connected, now=timezone.now())
    present_until = minutes(9)
    services.presence_seen(
        session=connected, agent=False, technician=True, now=timezone.now() + present_until
    )
    assert swept(connected, minutes(9)).state == State.PAUSED
    services.presence_seen(
        session=connected, agent=False, technician=True, now=timezone.now() + minutes(11)
    )
    assert swept(connected, minutes(11)).state == State.ENDED


def test_a_technician_who_does_not_come_back_ends_it_as_well(connected: Session) -> None:
    services.segment_end(session=connected)
    services.presence_seen(
        session=connected, agent=True, technician=False, now=timezone.now() + minutes(11)
    )
    assert swept(connected, minutes(11)).end_reason == EndReason.LINE_LOST


def test_a_pause_that_both_ends_keep_open_may_last(connected: Session) -> None:
    services.segment_end(session=connected)
    present(connected, minutes(30))
    assert swept(connected, minutes(30)).state == State.PAUSED


def test_an_agent_that_nobody_connects_to_is_closed_after_an_hour(waiting: Session) -> None:
    present(waiting, minutes(59))
    assert swept(waiting, minutes(59)).state == State.WAITING
    Session.objects.update(technician_seen_at=None, agent_seen_at=timezone.now() + minutes(61))
    session = swept(waiting, minutes(61))
    assert (session.state, session.end_reason) == (State.CLOSED, EndReason.ABANDONED)


def test_an_agent_that_went_is_closed_when_its_time_to_come_back_is_over(
    waiting: Session,
) -> None:
    services.agent_gone(session=waiting, now=timezone.now())
    assert swept(waiting, minutes(9)).state == State.WAITING
    assert swept(waiting, minutes(11)).state == State.CLOSED


def test_an_agent_whose_server_was_killed_counts_as_gone_since_it_was_last_seen(
    waiting: Session,
) -> None:
    session = swept(waiting, minutes(2))
    assert session.agent_gone_at == session.agent_seen_at
    assert session.state == State.WAITING


@pytest.mark.parametrize("stage", ["ordered", "asking"])
def test_a_technician_who_never_opened_the_page_does_not_block_the_agent(
    stage: str, request: pytest.FixtureRequest
) -> None:
    session: Session = request.getfixturevalue(stage)
    services.presence_seen(
        session=session, agent=True, technician=False, now=timezone.now() + minutes(2)
    )
    assert swept(session, minutes(2)).state == State.WAITING


def test_what_nobody_connected_to_is_deleted_after_a_day_and_its_id_stays_used(
    waiting: Session,
) -> None:
    services.session_end(session=waiting, reason=EndReason.ABANDONED, at=timezone.now())
    services.sessions_sweep(now=timezone.now() + dt.timedelta(hours=23))
    assert Session.objects.exists()
    services.sessions_sweep(now=timezone.now() + dt.timedelta(hours=25))
    assert not Session.objects.exists()
    assert RetiredSupportId.objects.filter(pk=waiting.support_id).exists()


def test_what_was_ordered_or_connected_is_never_deleted(ordered: Session) -> None:
    services.session_end(session=ordered, reason=EndReason.REFUSED, at=timezone.now())
    services.sessions_sweep(now=timezone.now() + dt.timedelta(days=400))
    assert Session.objects.filter(pk=ordered.pk).exists()


def test_sweeping_twice_changes_nothing_more(connected: Session) -> None:
    first = swept(connected, minutes(12))
    again = swept(connected, minutes(60))
    assert first.ended_at == again.ended_at


def test_the_task_sweeps_by_the_present_time(connected: Session) -> None:
    sweep()
    connected.refresh_from_db()
    assert connected.state == State.PAUSED
