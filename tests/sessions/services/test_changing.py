"""Whom a session was for, and what was done."""

import pytest

from company.models import AuditEntry
from customers.models import Customer
from sessions import services
from sessions.models import Session
from sessions.services.changing import NOTE_LIMIT
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
