"""Agents that start, come back, and go."""

import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from agent.protocol import damm
from company.models import Tariff
from sessions import services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import RetiredSupportId, Session
from sessions.services import opening
from sessions.services.opening import RESUME_PERIOD, AgentFacts, NoFreeSupportIdError

FACTS = AgentFacts("0.1.0", "Debian 12", "werkstatt-pc")
pytestmark = pytest.mark.django_db


def test_without_a_valid_tariff_no_session_is_opened() -> None:
    Tariff.objects.all().delete()
    with pytest.raises(Tariff.DoesNotExist):
        services.session_open(agent=FACTS, now=timezone.now())
    assert not Session.objects.exists()


def test_an_id_that_was_used_once_never_comes_again(
    waiting: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    retired, free = damm.new_support_id(), damm.new_support_id()
    RetiredSupportId.objects.create(support_id=retired)
    ids = iter([waiting.support_id, retired, free])
    monkeypatch.setattr(opening, "new_support_id", lambda: next(ids))
    assert services.session_open(agent=FACTS, now=timezone.now()).session.support_id == free


def test_when_no_id_is_free_that_is_said(waiting: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "new_support_id", lambda: waiting.support_id)
    with pytest.raises(NoFreeSupportIdError):
        services.session_open(agent=FACTS, now=timezone.now())


def test_a_session_keeps_the_terms_of_the_day_it_was_opened() -> None:
    session = services.session_open(agent=FACTS, now=timezone.now()).session
    promised = session.terms
    Tariff.objects.update(first_block_cents=9999, block_seconds=60)
    session.refresh_from_db()
    assert session.terms == promised
    assert promised.first_block_cents == 850


def test_only_the_hash_of_the_resume_token_is_stored() -> None:
    opened = services.session_open(agent=FACTS, now=timezone.now())
    row = Session.objects.values().get()
    assert opened.resume_token not in str(row)
    expected = hashlib.sha256(opened.resume_token.encode()).hexdigest()
    assert row["resume_token_hash"] == expected


@pytest.mark.parametrize("token", ["", "wrong", "\ud800", "x" * 4000])
def test_a_wrong_token_resumes_nothing(waiting: Session, token: str) -> None:
    assert services.session_resume(resume_token=token, now=timezone.now()) is None


def test_an_agent_that_was_away_too_long_gets_a_new_session() -> None:
    opened = services.session_open(agent=FACTS, now=timezone.now())
    gone = services.agent_gone(session=opened.session, now=timezone.now())
    assert gone.agent_gone_at is not None
    late = gone.agent_gone_at + RESUME_PERIOD + dt.timedelta(seconds=1)
    assert services.session_resume(resume_token=opened.resume_token, now=late) is None


def test_an_agent_that_comes_back_gets_the_same_session() -> None:
    opened = services.session_open(agent=FACTS, now=timezone.now())
    services.agent_gone(session=opened.session, now=timezone.now())
    back = services.session_resume(resume_token=opened.resume_token, now=timezone.now())
    assert back is not None
    assert (back.pk, back.agent_gone_at) == (opened.session.pk, None)


def test_an_agent_whose_session_was_ended_meanwhile_gets_it_back_to_hear_the_price() -> None:
    now = timezone.now()
    opened = services.session_open(agent=FACTS, now=now)
    services.session_end(session=opened.session, reason=EndReason.OFFICE, at=now)
    back = services.session_resume(resume_token=opened.resume_token, now=now)
    assert back is not None
    assert not back.is_open


def test_what_a_killed_server_left_open_is_closed_where_it_was_last_seen(
    connected: Session,
) -> None:
    seen = timezone.now() - dt.timedelta(seconds=30)
    services.segment_seen(session=connected, at=seen)
    back = services.agent_back(session=connected, now=timezone.now())
    assert back.state == State.PAUSED
    assert back.segments.get().ended_at == seen


@pytest.mark.parametrize("stage", ["ordered", "asking"])
def test_an_unfinished_key_exchange_is_forgotten_when_the_agent_goes(
    stage: str, request: pytest.FixtureRequest
) -> None:
    session = services.agent_gone(session=request.getfixturevalue(stage), now=timezone.now())
    assert session.state == State.WAITING


def test_presence_is_renewed_for_whoever_is_there(ordered: Session) -> None:
    later = timezone.now() + dt.timedelta(minutes=1)
    services.presence_seen(session=ordered, agent=True, technician=False, now=later)
    ordered.refresh_from_db()
    assert ordered.agent_seen_at == later
    assert ordered.technician_seen_at != later
    services.presence_seen(session=ordered, agent=False, technician=False, now=later)
