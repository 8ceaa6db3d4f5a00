"""Whom a session was for, what was done, and what is waived."""

import datetime as dt

import pytest

from company.models import AuditEntry
from customers.models import Customer
from sessions import services
from sessions.domain.lifecycle import EndReason
from sessions.models import Session
from sessions.services.changing import NOTE_LIMIT, REASON_LIMIT
from technicians.models import User

pytestmark = pytest.mark.django_db


def test_notes_that_are_too_long_are_refused_and_nothing_is_cut_off(
    ordered: Session, technician: User
) -> None:
    services.session_note(session=ordered, text="Router neu gestartet", by=technician)
    with pytest.raises(ValueError, match=str(NOTE_LIMIT)):
        services.session_note(session=ordered, text="x" * (NOTE_LIMIT + 1), by=technician)
    ordered.refresh_from_db()
    assert ordered.notes == "Router neu gestartet"


def test_notes_are_kept_as_lines_without_what_a_database_cannot_hold(
    ordered: Session, technician: User
) -> None:
    session = services.session_note(session=ordered, text="eins\r\nzwei\0 \n", by=technician)
    assert session.notes == "eins\nzwei"


def test_the_same_notes_again_are_no_change(ordered: Session, technician: User) -> None:
    for _ in range(2):
        services.session_note(session=ordered, text="eins", by=technician)
    assert AuditEntry.objects.filter(action="session.noted").count() == 1


def test_a_customer_can_be_chosen_and_taken_away_again(
    ordered: Session, customer: Customer, technician: User
) -> None:
    session = services.session_assign_customer(session=ordered, customer=customer, by=technician)
    assert session.customer == customer
    session = services.session_assign_customer(session=ordered, customer=None, by=technician)
    assert session.customer is None
    entries = AuditEntry.objects.filter(action="session.customer_assigned").order_by("number")
    assert [entry.details["customer"] for entry in entries] == [customer.pk, 0]


def test_the_same_customer_again_is_no_change(
    ordered: Session, customer: Customer, technician: User
) -> None:
    for _ in range(2):
        services.session_assign_customer(session=ordered, customer=customer, by=technician)
    assert AuditEntry.objects.filter(action="session.customer_assigned").count() == 1


@pytest.fixture
def ended(connected: Session, technician: User) -> Session:
    """Return a session of 25 minutes: three blocks begun."""
    segment = connected.segments.get()
    services.segment_seen(session=connected, at=segment.started_at + dt.timedelta(minutes=25))
    return services.session_end(
        session=connected,
        reason=EndReason.TECHNICIAN,
        at=segment.started_at + dt.timedelta(minutes=25),
        by=technician,
    )


@pytest.mark.parametrize("blocks", [1, 3])
def test_blocks_are_waived_with_a_reason_and_charged_again(
    ended: Session, office: User, blocks: int
) -> None:
    session = services.session_waive(
        session=ended, blocks=blocks, reason="  Leitung  war schlecht\0 ", by=office
    )
    assert (session.courtesy_blocks, session.courtesy_reason) == (blocks, "Leitung war schlecht")
    assert (session.blocks, session.amount_cents) == (3, 2550)  # the price stays as promised
    session = services.session_waive(session=ended, blocks=0, reason="", by=office)
    assert (session.courtesy_blocks, session.courtesy_reason) == (0, "")
    entries = AuditEntry.objects.filter(action="session.waived").order_by("number")
    assert [entry.details for entry in entries] == [
        {"blocks": blocks, "of": 3},
        {"blocks": 0, "of": 3},
    ]


def test_the_same_courtesy_again_is_no_change(ended: Session, office: User) -> None:
    for _ in range(2):
        services.session_waive(session=ended, blocks=1, reason="Treue", by=office)
    assert AuditEntry.objects.filter(action="session.waived").count() == 1


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [(4, "Treue"), (-1, "Treue"), (1, ""), (1, " \0 "), (1, "x" * (REASON_LIMIT + 1))],
)
def test_a_courtesy_without_reason_or_beyond_the_session_is_refused(
    ended: Session, office: User, blocks: int, reason: str
) -> None:
    with pytest.raises(ValueError, match=r"block|courtesy"):
        services.session_waive(session=ended, blocks=blocks, reason=reason, by=office)
    ended.refresh_from_db()
    assert ended.courtesy_blocks == 0


def test_nothing_is_waived_while_the_session_goes_on(connected: Session, office: User) -> None:
    with pytest.raises(services.SessionOpenError):
        services.session_waive(session=connected, blocks=1, reason="Treue", by=office)
