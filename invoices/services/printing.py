"""Letters: the invoices of those without mail as one PDF, in the order of their envelopes."""

import datetime as dt
import hashlib
import io
import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from company import audit
from invoices.archive import ArchiveDamagedError, read_archived, writing_whole
from invoices.models import Delivery, PrintBatch
from invoices.services.runs import LEASE
from technicians.models import User

logger = logging.getLogger(__name__)
State = PrintBatch.State


def print_batch_create(*, by: User | None) -> PrintBatch | None:
    """Put all letters that wait for none into a new batch; None where there are none."""
    with transaction.atomic():
        waiting = Delivery.objects.select_for_update().filter(
            channel=Delivery.Channel.PRINT, state=Delivery.State.QUEUED, batch__isnull=True
        )
        letters = list(waiting)
        if not letters:
            return None
        batch = PrintBatch.objects.create(created_by=by)
        Delivery.objects.filter(pk__in=[letter.pk for letter in letters]).update(batch=batch)
        audit.record(
            "letters.batched",
            actor=by,
            subject=f"print batch {batch.pk}",
            details={"letters": len(letters)},
        )
    return batch


def print_batch_process(*, batch_id: int) -> PrintBatch | None:
    """Write a batch's PDF; return the batch as it stands then, None when it was not ours."""
    now = timezone.now()
    if (
        not PrintBatch.objects.claimable(now)
        .filter(pk=batch_id)
        .update(state=State.WORKING, leased_until=now + LEASE)
    ):
        return None
    batch = PrintBatch.objects.get(pk=batch_id)
    try:
        content, batch.sheets = _merged(batch)
        relative = f"letters/{batch.pk}.pdf"
        with writing_whole(Path(settings.EXPORT_DIR, relative)) as stream:
            stream.write(content)
    except (ArchiveDamagedError, OSError) as error:
        logger.exception("Print batch %s failed", batch_id)
        batch.state, batch.detail = State.FAILED, str(error)
    else:
        batch.state, batch.detail, batch.path = State.DONE, "", relative
        batch.sha256 = hashlib.sha256(content).hexdigest()
    batch.leased_until = None
    batch.save()
    return batch


def print_batches_lost(*, now: dt.datetime) -> list[int]:
    """Return batches whose worker is dead, or which nobody has taken up for a minute."""
    lost = PrintBatch.objects.claimable(now).exclude(
        state=State.WAITING, created_at__gte=now - LEASE
    )
    return list(lost.values_list("pk", flat=True))


def _merged(batch: PrintBatch) -> tuple[bytes, int]:
    """Return all letters as one PDF, and the number of sheets.

    By country, postcode and name, as a franking machine and a letter box like it. The file
    asks to be printed on one side: the next letter must not begin on the back of another.
    """
    letters = batch.deliveries.select_related("invoice__archived_file")

    def envelope(letter: Delivery) -> tuple[str, str, str, int]:
        buyer = letter.invoice.buyer_party
        return (buyer.country, buyer.postcode, buyer.name.casefold(), letter.invoice_id)

    writer = PdfWriter()
    for letter in sorted(letters, key=envelope):
        content = read_archived(letter.invoice.archived_file)
        writer.append(PdfReader(io.BytesIO(content)), import_outline=False)
    preferences = DictionaryObject({NameObject("/Duplex"): NameObject("/Simplex")})
    writer.root_object[NameObject("/ViewerPreferences")] = preferences
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue(), len(writer.pages)


def print_batch_sent(*, batch: PrintBatch, by: User | None) -> int:
    """Note that a batch's letters were posted; return how many."""
    with transaction.atomic():
        waiting = batch.deliveries.filter(state=Delivery.State.QUEUED)
        count = waiting.update(state=Delivery.State.SENT, finished_at=timezone.now())
        audit.record(
            "letters.posted",
            actor=by,
            subject=f"print batch {batch.pk}",
            details={"letters": count},
        )
    return count
