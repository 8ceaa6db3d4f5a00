"""From the typed ID to the customer's answer."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from company import audit
from company.domain.tariff import Terms
from sessions import announce, attempts
from sessions.domain.credentials import WrongDigitsError, normalise_support_id
from sessions.domain.lifecycle import State
from sessions.models import Session
from sessions.services.ledger import subject
from sessions.services.locking import locked, move
from sessions.services.opening import RESUME_PERIOD, away_for

if TYPE_CHECKING:
    from technicians.models import User


class SessionRefused(Exception):  # noqa: N818 - said to a person, no fault
    """An order that cannot be taken: `code` for programs, `message` for the technician."""

    def __init__(self, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after


def session_order(*, technician: "User", support_id: str, address: str) -> Session:
    """Take the order: `technician` typed the ID that a customer read out.

    Returns the session, which is this technician's from now on. Naming ID and password
    is the order by the letter, so its moment is kept; a technician who comes back to a
    session keeps the first one. Raises SessionRefused with `not-allowed`, `wrong-digits`
    (before a try is spent), `too-many-attempts`, `unknown-id` or `busy`.
    """
    if not (technician.is_active and technician.is_technician):
        raise SessionRefused("not-allowed", _("Only technicians may connect."))
    try:
        digits = normalise_support_id(support_id)
    except WrongDigitsError:
        message = _("These digits cannot be right: please ask for the ID again, digit by digit.")
        raise SessionRefused("wrong-digits", message) from None
    attempt = attempts.Attempt(technician.pk, digits, address)
    try:
        attempts.check(attempt)
    except attempts.TooManyAttemptsError as limit:
        raise too_many_attempts(limit.retry_after) from None
    now = timezone.now()
    with transaction.atomic():
        session = Session.objects.select_for_update().open().filter(support_id=digits).first()
        if session is not None and away_for(session, now) <= RESUME_PERIOD:
            return _take(session, technician, now)
    attempts.count_failure(attempt)
    message = _("Nobody is waiting under this ID. Is the customer's window still open?")
    raise SessionRefused("unknown-id", message)


def session_asking(*, session: Session) -> Session:
    """Note that the password was right and the customer is being asked."""
    with transaction.atomic():
        session = locked(session)
        if session.state == State.CONNECTING:
            move(session, State.ASKING)
            session.save(update_fields=["state"])
            announce.live_changed()
    return session


def session_consent(
    *, session: Session, text_version: str, terms: Terms, at: dt.datetime
) -> Session:
    """Keep that the customer agreed, to which text and price, and when.

    `terms` stood in the question. A later consent does not replace the first one.
    """
    with transaction.atomic():
        session = locked(session)
        if session.consented_at is not None or not session.is_open:
            return session
        session.consented_at, session.consent_text_version = at, text_version
        session.consented_terms = terms.stored()
        session.save(update_fields=["consented_at", "consent_text_version", "consented_terms"])
        audit.record(
            "session.consented",
            actor=None,
            subject=subject(session),
            details={
                "text": f"version {text_version}",
                "price": "tariff" if terms == session.terms else "agreed",
            },
        )
    return session


def technician_there(*, session: Session, now: dt.datetime) -> Session:
    """Note that the technician's socket stands, also after a page that was reloaded."""
    with transaction.atomic():
        session = locked(session)
        if not session.is_open:
            return session
        if session.state == State.WAITING:
            move(session, State.CONNECTING)
            announce.live_changed()
        session.technician_seen_at = now
        session.save(update_fields=["state", "technician_seen_at"])
    return session


def session_unpair(*, session: Session) -> Session:
    """Note that the technician left before the first picture: the agent waits again.

    Does nothing when the agent has come to another server process: the technician follows.
    """
    with transaction.atomic():
        session = locked(session)
        if session.is_here and session.state in {State.CONNECTING, State.ASKING}:
            move(session, State.WAITING)
            session.save(update_fields=["state"])
            announce.live_changed()
    return session


def too_many_attempts(retry_after: int) -> SessionRefused:
    """Return the refusal that says when to try again."""
    minutes = -(-retry_after // 60)
    message = ngettext(
        "Too many wrong attempts. Please try again in %(minutes)d minute.",
        "Too many wrong attempts. Please try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    return SessionRefused("too-many-attempts", message, retry_after)


def _take(session: Session, technician: "User", now: dt.datetime) -> Session:
    others = session.technician_id not in {None, technician.pk}
    if others and session.state != State.WAITING:
        raise SessionRefused("busy", _("Another technician is already helping this customer."))
    if session.state == State.WAITING:
        move(session, State.CONNECTING)
        if others or session.ordered_at is None:
            session.ordered_at = now
        session.technician = technician
    session.technician_seen_at = now
    session.save(update_fields=["state", "technician", "ordered_at", "technician_seen_at"])
    announce.live_changed()
    if session.ordered_at == now:
        audit.record("session.ordered", actor=technician, subject=subject(session), details={})
    return session
