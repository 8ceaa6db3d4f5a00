"""What a crash left behind is completed, under the numbers that were given."""

import datetime as dt
import logging
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from invoices.archive import invoice_archive
from invoices.documents.pdf import RenderError, render_invoice
from invoices.models import ArchivedFile, Export, Invoice, InvoiceRunItem
from invoices.services.runs import LEASE, State, files_missing

logger = logging.getLogger(__name__)
# How long a half-written file may lie about before it counts as a dead worker's.
LEFTOVER_AGE = dt.timedelta(hours=1)


def invoices_complete(*, now: dt.datetime) -> None:
    """Render and archive issued invoices without file, and note it on their run items.

    Invoices of the last half minute are left to the worker that issued them.
    """
    for invoice in Invoice.objects.unarchived(issued_before=now - LEASE):
        if not invoice_complete(invoice=invoice):
            break  # a full disk is full for the next one too
    issued = InvoiceRunItem.objects.filter(state=State.ISSUED)
    for item in issued.select_related("run", "customer"):
        if not files_missing(item):
            item.finish(State.DONE)


def invoice_complete(*, invoice: Invoice) -> bool:
    """Render and archive one invoice, unless that is done; return False where it was not written.

    What cannot be done now is done by a later round.
    """
    if ArchivedFile.objects.filter(invoice=invoice).exists():
        return True  # it was among many, and somebody else came first
    try:
        invoice_archive(invoice, render_invoice)
    except RenderError:
        logger.exception("%s has no file yet", invoice)
    except OSError as error:
        logger.error("%s has no file yet: %s", invoice, error)  # noqa: TRY400 - comes again
        return False
    return True


def items_lost(*, now: dt.datetime) -> list[int]:
    """Return run items that should be queued again.

    Their worker is dead, or they wait in a started run in which nothing has moved for
    half a minute (a broker that lost its queue).
    """
    quiet_since = now - LEASE
    moving = InvoiceRunItem.objects.filter(
        Q(finished_at__gte=quiet_since) | Q(queued_at__gte=quiet_since)
    ).values("run_id")
    lost = InvoiceRunItem.objects.claimable(now).exclude(
        Q(state=State.WAITING)
        & (
            Q(run_id__in=moving)
            | Q(run__started_at__isnull=True)
            | Q(run__started_at__gte=quiet_since)
        )
    )
    return list(lost.values_list("pk", flat=True))


def exports_lost(*, now: dt.datetime) -> list[int]:
    """Return exports whose worker is dead, or which nobody has taken up for half a minute."""
    lost = Export.objects.claimable(now).exclude(
        state=Export.State.WAITING, created_at__gte=now - LEASE
    )
    return list(lost.values_list("pk", flat=True))


def leftovers_remove(*, now: dt.datetime) -> int:
    """Remove half-written files of dead workers; return how many."""
    removed = 0
    oldest = (now - LEFTOVER_AGE).timestamp()
    for root in (settings.ARCHIVE_DIR, settings.EXPORT_DIR):
        for file in Path(root).rglob(".*.part"):
            if file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
                removed += 1
    return removed
