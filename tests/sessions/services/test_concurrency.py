"""Many at once: nothing is lost, nothing counted twice, on SQLite and on PostgreSQL."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from company import audit
from company.models import AuditEntry
from sessions import services
from sessions.domain.ledger import connected_time
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Segment, Session
from sessions.services import SessionRefused
from sessions.services.opening import AgentFacts
from technicians.models import User

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run all jobs in threads of their own; return results and exceptions in their order."""

    def run(job: Callable[[], object]) -> object:
        try:
            return job()
        except SessionRefused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, jobs))


def test_of_many_technicians_exactly_one_gets_the_session(waiting: Session) -> None:
    technicians = [
        User.objects.create_user(f"t{number}@example.com", name=f"T{number}", is_technician=True)
        for number in range(THREADS)
    ]

    def order(technician: User) -> Callable[[], object]:
        return lambda: services.session_order(
            technician=technician, support_id=waiting.support_id, address="192.0.2.7"
        )

    results = at_once(*map(order, technicians))
    winners = [each for each in results if isinstance(each, Session)]
    assert len(winners) == 1
    assert {each.code for each in results if isinstance(each, SessionRefused)} == {"busy"}
    assert AuditEntry.objects.filter(action="session.ordered").count() == 1
    waiting.refresh_from_db()
    assert waiting.technician == winners[0].technician


def test_agents_that_start_together_get_an_id_each() -> None:
    facts = AgentFacts("0.1.0", "Debian 12", "pc")
    at_once(*[lambda: services.session_open(agent=facts, now=timezone.now())] * 24)
    assert Session.objects.values("support_id").distinct().count() == 24


def test_starts_heartbeats_stops_and_sweeps_together_leave_a_truthful_ledger(
    connected: Session,
) -> None:
    start = connected.started_at
    assert start is not None

    def after(number: int) -> dt.datetime:
        return start + dt.timedelta(seconds=number)

    jobs: list[Callable[[], object]] = []
    for number in range(1, 13):
        jobs += [
            lambda n=number: services.segment_seen(session=connected, at=after(n)),  # type: ignore[misc]
            lambda n=number: services.segment_start(session=connected, at=after(n)),  # type: ignore[misc]
            lambda n=number: services.segment_end(session=connected, at=after(n)),  # type: ignore[misc]
            lambda: services.sessions_sweep(now=timezone.now()),
        ]
    at_once(*jobs)
    segments = list(Segment.objects.all())
    assert connected_time(each.stretch for each in segments) <= dt.timedelta(seconds=60)
    assert sum(each.ended_at is None for each in segments) <= 1


def test_both_ends_and_the_office_end_it_together_and_it_has_one_price(
    connected: Session,
) -> None:
    seen = timezone.now()
    services.segment_seen(session=connected, at=seen)
    reasons = [EndReason.CUSTOMER, EndReason.TECHNICIAN, EndReason.OFFICE, EndReason.LINE_LOST] * 2

    def end(reason: EndReason) -> Callable[[], object]:
        return lambda: services.session_end(session=connected, reason=reason, at=timezone.now())

    results = at_once(*map(end, reasons))
    ended = [each for each in results if isinstance(each, Session)]
    assert len({(each.end_reason, each.ended_at, each.seconds) for each in ended}) == 1
    assert ended[0].state == State.ENDED
    assert ended[0].amount_cents == 850
    assert AuditEntry.objects.filter(action="session.ended").count() == 1
    assert not list(audit.verify())
