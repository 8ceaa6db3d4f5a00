"""Bringing invoices and letters to their customers: sent once, tried again, never twice.

A mail that may have been taken by the mail server is never sent again by itself; see
`invoices.models.Delivery`.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from company import audit
from invoices.archive import ArchiveDamagedError, read_archived
from invoices.links import customer_link
from invoices.mailing import Handover, NotNowError, RefusedError, UnclearError, message_of
from invoices.models import Delivery, Invoice, Reminder
from invoices.services.paying import letter_waive
from technicians.models import User

logger = logging.getLogger(__name__)
Channel, State = Delivery.Channel, Delivery.State
# Longer than a slow mail server takes for one mail (settings.EMAIL_TIMEOUT for each step).
LEASE = dt.timedelta(minutes=5)
# After a refusal for now; the last one is followed by giving up.
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))


class NotDeliverableError(Exception):
    """The delivery is not in a state in which this can be done."""


@dataclass(frozen=True, slots=True)
class Queued:
    """How many invoices were queued for each way."""

    mails: int
    letters: int


def deliveries_queue(*, invoices: Iterable[Invoice], by: User | None) -> Queued:
    """Queue invoices that have a file and are not on their way: by mail, else as a letter.

    What is on its way already is left out, so that this can be repeated.
    """
    counts = {Channel.MAIL: 0, Channel.PRINT: 0}
    for invoice in invoices:
        address = invoice.buyer_party.email
        channel = Channel.MAIL if address else Channel.PRINT
        if _queue(invoice, channel, address, by):
            counts[channel] += 1
    queued = Queued(counts[Channel.MAIL], counts[Channel.PRINT])
    audit.record(
        "invoices.queued",
        actor=by,
        subject="invoices",
        details={"mails": queued.mails, "letters": queued.letters},
    )
    return queued


def delivery_queue(*, invoice: Invoice, address: str, by: User | None) -> Delivery:
    """Queue one invoice again, to this mail address, or as a letter where it is empty.

    Raises NotDeliverableError while another delivery of it is open.
    """
    delivery = _queue(invoice, Channel.MAIL if address else Channel.PRINT, address, by)
    if delivery is None:
        raise NotDeliverableError
    audit.record("invoice.queued", actor=by, subject=f"invoice {invoice.number}", details={})
    return delivery


def reminder_queue(*, reminder: Reminder, address: str, by: User | None) -> Delivery:
    """Queue a dunning letter, to this mail address, or for the printer where it is empty.

    Raises NotDeliverableError while another delivery of it is open, and where nothing is left
    to be paid.
    """
    if _is_settled(reminder):
        raise NotDeliverableError
    channel = Channel.MAIL if address else Channel.PRINT
    delivery = _queue(reminder.invoice, channel, address, by, reminder)
    if delivery is None:
        raise NotDeliverableError
    audit.record(
        "reminder.queued",
        actor=by,
        subject=f"invoice {reminder.invoice.number}",
        details={"level": reminder.level, "way": channel},
    )
    return delivery


def _is_settled(reminder: Reminder) -> bool:
    """Whether what a letter asks for has come in, or is no longer owed."""
    return Invoice.objects.with_open().get(pk=reminder.invoice_id).open_cents <= 0


def letters_drop_settled() -> int:
    """Take letters about settled invoices out of what waits to be printed; return how many."""
    dropped = 0
    for letter in Delivery.objects.letters().filter(reminder__isnull=False):
        if letter.reminder is not None and _is_settled(letter.reminder):
            _drop(letter)
            dropped += 1
    return dropped


def _queue(
    invoice: Invoice,
    channel: str,
    address: str,
    by: User | None,
    reminder: Reminder | None = None,
) -> Delivery | None:
    try:
        with transaction.atomic():
            return Delivery.objects.create(
                invoice=invoice,
                reminder=reminder,
                channel=channel,
                address=address,
                next_attempt_at=timezone.now() if channel == Channel.MAIL else None,
                created_by=by,
            )
    except IntegrityError:
        return None  # one is open already: the constraint decides, since a look races


def delivery_process(*, delivery_id: UUID) -> Delivery | None:
    """Send one mail whose time has come; return it as it stands then, None if it was not ours."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return None
    try:
        _send(delivery)
    except NotNowError as error:
        return _later(delivery, str(error))
    except _SettledError:
        return _drop(delivery)
    except ArchiveDamagedError as error:
        logger.exception("%s is damaged in the archive", delivery.document)
        return _finish(delivery, State.FAILED, str(error))
    except (RefusedError, UnclearError) as error:
        state = State.FAILED if isinstance(error, RefusedError) else State.UNCLEAR
        return _finish(delivery, state, str(error))
    return _finish(delivery, State.SENT)


class _SettledError(Exception):
    """The letter asks for money that has come in meanwhile."""


def _send(delivery: Delivery) -> None:
    """Hand one mail over. Raises what went wrong; nothing of it is noted on the delivery."""
    if delivery.reminder is not None and _is_settled(delivery.reminder):
        raise _SettledError
    content = read_archived(delivery.archived)
    message = message_of(delivery, content, customer_link(delivery.invoice))
    with Handover(message) as handover:
        handover.greet()
        _note_handing_over(delivery)
        handover.hand_over()


def _claim(delivery_id: UUID) -> Delivery | None:
    now = timezone.now()
    claimed = (
        Delivery.objects.due(now)
        .filter(pk=delivery_id)
        .update(state=State.SENDING, leased_until=now + LEASE)
    )
    if not claimed:
        return None
    found = Delivery.objects.select_related("invoice__archived_file", "invoice__cancels")
    found = found.select_related("reminder__invoice")
    delivery = found.get(pk=delivery_id)
    delivery.attempts += 1
    delivery.save(update_fields=["attempts"])
    return delivery


def _note_handing_over(delivery: Delivery) -> None:
    """From here on nobody knows whether it was taken, until the server has answered."""
    delivery.handed_over_at = timezone.now()
    delivery.save(update_fields=["handed_over_at"])


def _later(delivery: Delivery, detail: str) -> Delivery:
    if delivery.attempts > len(BACK_OFF):
        return _finish(delivery, State.FAILED, detail)
    delivery.state, delivery.detail = State.QUEUED, detail
    delivery.next_attempt_at = timezone.now() + BACK_OFF[delivery.attempts - 1]
    delivery.leased_until = delivery.handed_over_at = None
    delivery.save()
    return delivery


def _finish(delivery: Delivery, state: str, detail: str = "") -> Delivery:
    delivery.state, delivery.detail = state, detail
    delivery.leased_until, delivery.finished_at = None, timezone.now()
    delivery.save()
    return delivery


def _drop(delivery: Delivery) -> Delivery:
    """Note that a letter is no longer needed; where it never went out, it charges nothing."""
    reminder = delivery.reminder
    went_out = (State.SENT, State.UNCLEAR, State.BOUNCED)
    if reminder is not None and not reminder.deliveries.filter(state__in=went_out).exists():
        letter_waive(reminder=reminder, reason=_("The letter did not go out."))
    return _finish(delivery, State.DROPPED)


def deliveries_lost(*, now: dt.datetime) -> list[UUID]:
    """Put right what dead workers left, and return the mails whose time has come.

    What was not yet handed over is tried again; what was, is unclear.
    """
    for delivery in Delivery.objects.abandoned(now):
        if delivery.handed_over_at is None:
            _later(delivery, "the server was interrupted")
        else:
            _finish(delivery, State.UNCLEAR, "the server was interrupted while sending")
    return list(Delivery.objects.due(now).values_list("pk", flat=True))


def delivery_settle(*, delivery: Delivery, state: str, by: User) -> Delivery:
    """Note what a person knows: a mail came back (bounced), an unclear one was sent or not.

    'sent' and 'failed' settle an unclear mail or a letter that was printed; 'bounced' a sent
    one. Raises NotDeliverableError for anything else.
    """
    allowed = {
        State.BOUNCED: {State.SENT, State.UNCLEAR},
        State.SENT: {State.UNCLEAR, State.QUEUED},
        State.FAILED: {State.UNCLEAR, State.QUEUED},
    }
    with transaction.atomic():
        locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
        is_waiting_mail = locked.channel == Channel.MAIL and locked.state == State.QUEUED
        if locked.state not in allowed.get(State(state), set()) or (
            is_waiting_mail and state == State.SENT
        ):
            raise NotDeliverableError
        _finish(locked, state, locked.detail)
        audit.record(
            f"delivery.{state}",
            actor=by,
            subject=f"invoice {locked.invoice.number}",
            details={},
        )
    return locked
