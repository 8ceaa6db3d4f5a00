"""Background work of the app."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from invoices import services
from invoices.models import Delivery, Invoice

logger = logging.getLogger(__name__)


@shared_task(name="invoices.run_item")
def run_item(item_id: int) -> None:
    """Make the invoice of one customer of a run."""
    services.invoice_run_item_process(item_id=item_id)


@shared_task(name="invoices.complete")
def complete(invoice_id: int) -> None:
    """Write the file of one issued invoice."""
    services.invoice_complete(invoice=Invoice.objects.get(pk=invoice_id))


@shared_task(name="invoices.export")
def export(export_id: int) -> None:
    """Pack a month, or the files for a tax audit."""
    services.export_process(export_id=export_id)


@shared_task(name="invoices.deliver")
def deliver(delivery_id: str) -> None:
    """Send one invoice or letter by mail."""
    services.delivery_process(delivery_id=UUID(delivery_id))


@shared_task(name="invoices.print_batch")
def print_batch(batch_id: int) -> None:
    """Put letters together."""
    services.print_batch_process(batch_id=batch_id)


@shared_task(name="invoices.remind")
def remind(item_id: int) -> None:
    """Write one letter of all that are due, and send it."""
    item = services.reminder_run_item_process(item_id=item_id)
    if item is not None and item.reminder is not None:
        mails = item.reminder.deliveries.filter(channel=Delivery.Channel.MAIL)
        queue_deliveries(mails.open().values_list("pk", flat=True))


@shared_task(name="invoices.sweep")
def sweep() -> None:
    """Complete what a crash left behind. Every fifteen seconds, by the beat."""
    now = timezone.now()
    # First of all: what is completed below would look like a run that moves.
    queue_items(services.items_lost(now=now))
    services.invoices_complete(now=now)
    for export_id in services.exports_lost(now=now):
        queue_export(export_id)
    queue_deliveries(services.deliveries_lost(now=now))
    queue_reminders(services.reminder_items_lost(now=now))
    for batch_id in services.print_batches_lost(now=now):
        queue_batch(batch_id)


@shared_task(name="invoices.tidy")
def tidy() -> None:
    """Remove files that nobody needs any more. Every hour, by the beat: it walks the archive."""
    now = timezone.now()
    services.leftovers_remove(now=now)
    services.exports_remove(now=now)


def queue_items(item_ids: Iterable[int]) -> None:
    """Give run items to the workers as soon as the transaction is committed.

    A broker that does not answer loses nothing: the sweeper finds what was not queued.
    """
    ids = list(item_ids)
    if ids:
        transaction.on_commit(lambda: _send_items(ids))


def queue_file(invoice: Invoice) -> None:
    """Have an invoice's file written as soon as the transaction is committed."""
    transaction.on_commit(lambda: _send_file(invoice.pk))


def queue_export(export_id: int) -> None:
    """Give an export to the workers as soon as the transaction is committed."""
    transaction.on_commit(lambda: _send_export(export_id))


def queue_deliveries(delivery_ids: Iterable[UUID]) -> None:
    """Give mails to the workers as soon as the transaction is committed."""
    ids = list(delivery_ids)
    if ids:
        transaction.on_commit(lambda: _send_all(deliver, map(str, ids)))


def queue_reminders(item_ids: Iterable[int]) -> None:
    """Give letters of a reminder run to the workers as soon as the transaction is committed."""
    ids = list(item_ids)
    if ids:
        transaction.on_commit(lambda: _send_all(remind, ids))


def queue_batch(batch_id: int) -> None:
    """Give a print batch to the workers as soon as the transaction is committed."""
    transaction.on_commit(lambda: _send_batch(batch_id))


def _send_items(item_ids: list[int]) -> None:
    sent = []
    try:
        for item_id in item_ids:
            run_item.delay(item_id)
            sent.append(item_id)
    except OperationalError:
        logger.exception("Only %s of %s customers could be queued", len(sent), len(item_ids))
    services.items_queued(item_ids=sent)


def _send_file(invoice_id: int) -> None:
    try:
        complete.delay(invoice_id)
    except OperationalError:
        logger.exception("The file of invoice %s could not be queued", invoice_id)


def _send_export(export_id: int) -> None:
    try:
        export.delay(export_id)
    except OperationalError:
        logger.exception("Export %s could not be queued", export_id)


def _send_all(task: Any, arguments: Iterable[object]) -> None:
    try:
        for argument in arguments:
            task.delay(argument)
    except OperationalError:
        logger.exception("%s could not be queued; the sweeper finds what is left", task.name)


def _send_batch(batch_id: int) -> None:
    try:
        print_batch.delay(batch_id)
    except OperationalError:
        logger.exception("Print batch %s could not be queued; the sweeper finds it", batch_id)
