"""Letters: documents of those without mail as one PDF, in the order of their envelopes."""

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
from invoices.problems import Problem, packing_problem_of
from invoices.services.delivering import letters_drop_settled
from invoices.services.runs import LEASE
from technicians.models import User

logger = logging.getLogger(__name__)
State = PrintBatch.State
LETTERS = "letters"
# The lease is renewed after so many letters.
RENEW_EVERY = 50


class NotRetriableError(Exception):
    """The batch has not failed: there is nothing to begin again."""


def print_batch_create(*, by: User | None) -> PrintBatch | None:
    """Put all letters that wait for none into a new batch; None where there are none."""
    with transaction.atomic():
        letters_drop_settled()
        letters = list(Delivery.objects.letters().select_for_update())
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


def print_batch_retry(*, batch: PrintBatch, by: User | None) -> PrintBatch:
    """Let a batch that failed be put together again. Raises NotRetriableError."""
    with transaction.atomic():
        again = PrintBatch.objects.filter(pk=batch.pk, state=State.FAILED).update(
            state=State.WAITING, problem="", detail=""
        )
        if not again:
            raise NotRetriableError
        audit.record("letters.retried", actor=by, subject=f"print batch {batch.pk}", details={})
    batch.refresh_from_db()
    return batch


def print_batch_process(*, batch_id: int) -> PrintBatch | None:
    """Write a batch's PDF; return the batch as it stands then, None when it was not ours.

    A letter whose file is damaged fails alone: the others are printed without it.
    """
    now = timezone.now()
    if not PrintBatch.objects.lease(batch_id, now, now + LEASE):
        return None
    batch = PrintBatch.objects.get(pk=batch_id)
    try:
        _write(batch)
    except OSError as error:
        logger.exception("Print batch %s failed", batch_id)
        batch.state, (batch.problem, batch.detail) = State.FAILED, packing_problem_of(error)
    except Exception as error:  # a file that no PDF reader likes must not be tried for ever
        logger.exception("Print batch %s failed", batch_id)
        batch.state = State.FAILED
        batch.problem, batch.detail = Problem.UNEXPECTED, type(error).__name__
    else:
        batch.state, batch.problem, batch.detail = State.DONE, "", ""
    batch.leased_until = None
    batch.save()
    return batch


def _write(batch: PrintBatch) -> None:
    """Put the letters together and note it on the batch. Raises OSError and pypdf's errors."""
    content, batch.sheets = _merged(batch)
    if not batch.sheets:
        return  # every letter of it was damaged, and says so itself
    batch.path = f"{LETTERS}/{batch.pk}.pdf"
    with writing_whole(Path(settings.EXPORT_DIR, batch.path)) as stream:
        stream.write(content)
    batch.sha256 = hashlib.sha256(content).hexdigest()


def print_batches_lost(*, now: dt.datetime) -> list[int]:
    """Return batches whose worker is dead, or which nobody has taken up for half a minute."""
    lost = PrintBatch.objects.claimable(now).exclude(
        state=State.WAITING, created_at__gte=now - LEASE
    )
    return list(lost.values_list("pk", flat=True))


def _merged(batch: PrintBatch) -> tuple[bytes, int]:
    """Return all letters as one PDF, and the number of sheets.

    By country, postcode and name, as a franking machine and a letter box like it; what goes
    to the same customer lies together. The file asks to be printed on one side: the next
    letter must not begin on the back of another.
    """
    writer = PdfWriter()
    for done, letter in enumerate(_in_envelope_order(batch), start=1):
        try:
            content = read_archived(letter.archived)
        except ArchiveDamagedError as error:
            logger.exception("%s is damaged in the archive", letter.document)
            letter.state, letter.detail = Delivery.State.FAILED, str(error)
            letter.finished_at = timezone.now()
            letter.save(update_fields=["state", "detail", "finished_at"])
            continue
        writer.append(PdfReader(io.BytesIO(content)), import_outline=False)
        if done % RENEW_EVERY == 0:
            until = timezone.now() + LEASE
            PrintBatch.objects.filter(pk=batch.pk).update(leased_until=until)
    preferences = DictionaryObject({NameObject("/Duplex"): NameObject("/Simplex")})
    writer.root_object[NameObject("/ViewerPreferences")] = preferences
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue(), len(writer.pages)


def _in_envelope_order(batch: PrintBatch) -> list[Delivery]:
    waiting = batch.deliveries.filter(state=Delivery.State.QUEUED)
    letters = waiting.select_related("invoice__archived_file", "reminder__invoice")

    def envelope(letter: Delivery) -> tuple[str, str, str, int, bool]:
        buyer = letter.document.buyer_party
        place = (buyer.country, buyer.postcode, buyer.name.casefold())
        return (*place, letter.invoice_id, letter.reminder is not None)

    return sorted(letters, key=envelope)


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
