"""The ledger: segments by the server's clock."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from company.models import AuditEntry
from customers.models import Agreement, Customer
from sessions import services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Segment, Session
from technicians.models import User

pytestmark = pytest.mark.django_db


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


def start_of(session: Session) -> dt.datetime:
    assert session.started_at is not None
    return session.started_at


def test_nothing_starts_in_a_session_that_is_over(asking: Session) -> None:
    services.session_end(session=asking, reason=EndReason.CUSTOMER, at=timezone.now())
    services.segment_start(session=asking, at=timezone.now())
    assert not Segment.objects.exists()


def test_the_database_refuses_a_second_open_segment(connected: Session) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Segment.objects.create(session=connected, started_at=now, last_seen_at=now)


def test_the_database_refuses_a_segment_that_runs_backward(connected: Session) -> None:
    segment = connected.segments.get()
    segment.last_seen_at = segment.started_at - seconds(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        segment.save()


def test_a_segment_that_ended_is_not_seen_again(connected: Session) -> None:
    services.segment_end(session=connected)
    assert services.segment_seen(session=connected, at=timezone.now()) is False
    assert connected.segments.get().last_seen_at == start_of(connected)


def test_the_last_proof_of_life_never_moves_back(connected: Session) -> None:
    start = start_of(connected)
    assert services.segment_seen(session=connected, at=start + seconds(10))
    assert services.segment_seen(session=connected, at=start + seconds(4))
    assert connected.segments.get().last_seen_at == start + seconds(10)


def test_a_segment_ends_at_the_last_proof_of_life_and_not_when_somebody_notices(
    connected: Session,
) -> None:
    start = start_of(connected)
    services.segment_seen(session=connected, at=start + seconds(10))
    session = services.segment_end(session=connected)
    assert session.state == State.PAUSED
    assert session.segments.get().ended_at == start + seconds(10)


def test_the_relay_may_bring_a_newer_proof_along(connected: Session) -> None:
    start = start_of(connected)
    services.segment_end(session=connected, at=start + seconds(7))
    assert connected.segments.get().ended_at == start + seconds(7)


def test_ending_a_segment_twice_changes_nothing(connected: Session) -> None:
    start = start_of(connected)
    services.segment_end(session=connected, at=start + seconds(7))
    services.segment_end(session=connected, at=start + seconds(99))
    assert connected.segments.get().ended_at == start + seconds(7)


def test_a_start_closes_what_was_left_open_at_its_last_proof_of_life(connected: Session) -> None:
    start = start_of(connected)
    services.segment_seen(session=connected, at=start + seconds(10))
    services.segment_start(session=connected, at=start + seconds(40))
    older, newer = connected.segments.order_by("started_at")
    assert older.ended_at == start + seconds(10)
    assert (newer.started_at, newer.ended_at) == (start + seconds(40), None)


def test_a_start_before_the_end_of_the_last_segment_is_moved_behind_it(
    connected: Session,
) -> None:
    start = start_of(connected)
    services.segment_end(session=connected, at=start + seconds(10))
    services.segment_start(session=connected, at=start + seconds(9))
    assert connected.segments.order_by("started_at").last() is not None
    assert services.session_clock(session=connected, now=timezone.now()).seconds == 10


def test_the_first_picture_is_the_start_and_later_ones_are_not(connected: Session) -> None:
    start = start_of(connected)
    services.segment_end(session=connected)
    session = services.segment_start(session=connected, at=start + seconds(100))
    assert session.started_at == start
    assert AuditEntry.objects.filter(action="session.started").count() == 1


def test_a_picture_counts_even_if_a_sweep_put_the_state_back(asking: Session) -> None:
    services.session_unpair(session=asking)
    assert services.segment_start(session=asking, at=timezone.now()).state == State.CONNECTED


def test_the_clock_adds_up_all_segments_and_runs_while_one_is_open(connected: Session) -> None:
    start = start_of(connected)
    services.segment_end(session=connected, at=start + seconds(400.6))
    services.segment_start(session=connected, at=start + seconds(1000))
    services.segment_seen(session=connected, at=start + seconds(1199.5))
    clock = services.session_clock(session=connected, now=timezone.now() + seconds(2000))
    assert (clock.seconds, clock.blocks, clock.cents) == (600, 1, 850)
    assert clock.running
    assert clock.next_block_in == 1


def test_the_clock_of_an_ended_session_is_the_frozen_one(connected: Session) -> None:
    start = start_of(connected)
    services.segment_seen(session=connected, at=start + seconds(601))
    services.session_end(session=connected, reason=EndReason.CUSTOMER, at=timezone.now())
    Segment.objects.all().delete()
    connected.refresh_from_db()
    clock = services.session_clock(session=connected, now=timezone.now())
    assert (clock.seconds, clock.blocks, clock.cents, clock.running) == (601, 2, 1700, False)


def agree(customer: Customer, first: int) -> None:
    Agreement.objects.create(
        customer=customer,
        name="Wartung",
        valid_from=timezone.localdate() - dt.timedelta(days=1),
        block_seconds=600,
        first_block_cents=first,
        further_block_cents=first,
    )


@pytest.mark.parametrize(("own", "cents"), [(900, 1700), (850, 1700), (500, 1000)])
def test_the_clock_shows_the_customers_own_price_where_it_is_lower(
    connected: Session, customer: Customer, technician: User, own: int, cents: int
) -> None:
    agree(customer, own)
    services.segment_seen(session=connected, at=start_of(connected) + seconds(601))
    session = services.session_assign_customer(session=connected, customer=customer, by=technician)
    assert services.session_clock(session=session, now=timezone.now() + seconds(700)).cents == cents
    ended = services.session_end(session=session, reason=EndReason.CUSTOMER, at=timezone.now())
    assert services.session_clock(session=ended, now=timezone.now()).cents == cents
    # What the screen promised is what stays written down.
    assert ended.amount_cents == 1700


def test_what_is_agreed_from_tomorrow_on_does_not_count_today(
    connected: Session, customer: Customer, technician: User
) -> None:
    agree(customer, 500)
    Agreement.objects.update(valid_from=timezone.localdate() + dt.timedelta(days=1))
    session = services.session_assign_customer(session=connected, customer=customer, by=technician)
    assert session.agreed_terms is None
