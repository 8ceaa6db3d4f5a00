"""What people add to a session: whom it was for, and what was done."""

from typing import TYPE_CHECKING

from django.db import transaction

from company import audit
from sessions import announce
from sessions.models import Session
from sessions.services.ledger import subject
from sessions.services.locking import locked

if TYPE_CHECKING:
    from customers.models import Customer
    from technicians.models import User

NOTE_LIMIT = 20_000


class SessionBilledError(Exception):
    """The session stands on an issued invoice, which names its customer for good."""


def session_assign_customer(
    *, session: Session, customer: "Customer | None", by: "User"
) -> Session:
    """Say whom the session was for, and return it. None takes the customer away again.

    Raises SessionBilledError once an invoice claims the session.
    """
    with transaction.atomic():
        session = locked(session)
        if session.customer_id == (customer.pk if customer else None):
            return session
        if session.is_billed:
            raise SessionBilledError
        session.customer = customer
        session.save(update_fields=["customer"])
        announce.live_changed()
        audit.record(
            "session.customer_assigned",
            actor=by,
            subject=subject(session),
            details={"customer": customer.pk if customer else 0},
        )
    return session


def session_note(*, session: Session, text: str, by: "User") -> Session:
    """Replace the notes on what was done, and return the session.

    Raises ValueError beyond NOTE_LIMIT characters: nothing is cut off silently.
    """
    if len(text) > NOTE_LIMIT:
        raise ValueError(f"Notes have at most {NOTE_LIMIT} characters, not {len(text)}.")
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    with transaction.atomic():
        session = locked(session)
        if session.notes == text:
            return session
        session.notes = text
        session.save(update_fields=["notes"])
        audit.record(
            "session.noted",
            actor=by,
            subject=subject(session),
            details={"characters": len(text)},
        )
    return session
