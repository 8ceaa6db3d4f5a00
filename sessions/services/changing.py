"""What people add to a session: whom it was for, what was done, and what is waived."""

from typing import TYPE_CHECKING

from django.db import transaction

from company import audit
from sessions import announce
from sessions.domain.lifecycle import State
from sessions.models import Session
from sessions.services.ledger import subject
from sessions.services.locking import locked

if TYPE_CHECKING:
    from customers.models import Customer
    from technicians.models import User

NOTE_LIMIT = 20_000
REASON_LIMIT = 200


class SessionBilledError(Exception):
    """The session stands on an issued invoice, which names its customer for good."""


class SessionOpenError(Exception):
    """The session goes on, or nobody was ever connected: it has no blocks to waive yet."""


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
        announce.customer_changed(session)
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


def session_waive(*, session: Session, blocks: int, reason: str, by: "User") -> Session:
    """Waive the first blocks of an ended session, and return it; 0 takes the courtesy back.

    The reason is printed on the invoice. Raises SessionOpenError before the end,
    SessionBilledError once an invoice claims the session, and ValueError for more blocks than
    it has, for a courtesy without reason, and for a reason beyond REASON_LIMIT characters.
    """
    reason = " ".join(reason.replace("\0", "").split()) if blocks else ""
    if len(reason) > REASON_LIMIT or bool(blocks) != bool(reason):
        raise ValueError(f"A courtesy needs a reason of at most {REASON_LIMIT} characters.")
    with transaction.atomic():
        session = locked(session)
        if session.state != State.ENDED or session.blocks is None:
            raise SessionOpenError
        if session.is_billed:
            raise SessionBilledError
        if not 0 <= blocks <= session.blocks:
            raise ValueError(f"{blocks} of {session.blocks} blocks cannot be waived.")
        if (session.courtesy_blocks, session.courtesy_reason) == (blocks, reason):
            return session
        session.courtesy_blocks, session.courtesy_reason = blocks, reason
        session.save(update_fields=["courtesy_blocks", "courtesy_reason"])
        audit.record(
            "session.waived",
            actor=by,
            subject=subject(session),
            details={"blocks": blocks, "of": session.blocks},
        )
    return session
