"""A month's archive as one ZIP, packed by the Celery task: how long, and how much memory."""

import hashlib
import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.invoices.pool import like_a_worker, resident_mb

LOOK_SECONDS: Final = 0.2
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Packed:
    """An export: seconds, memory of its process in MB, MB of the ZIP, steps of progress seen."""

    seconds: float
    first_mb: int
    highest_mb: int
    zip_mb: int
    steps: int


def multiply(count: int) -> None:
    """Make of the one invoice that is there as many as wanted, each with a file of its own."""
    from django.conf import settings  # noqa: PLC0415 - after set-up
    from django.db import connection  # noqa: PLC0415 - after set-up

    from invoices import immutability  # noqa: PLC0415 - after set-up
    from invoices.models import ArchivedFile, Invoice  # noqa: PLC0415 - after set-up

    # Copies have numbers that no range has counted, which the triggers would refuse.
    immutability.remove(connection)

    model = Invoice.objects.select_related("archived_file").get()
    content = Path(settings.ARCHIVE_DIR, model.archived_file.path).read_bytes()
    folder = Path(model.archived_file.path).parent
    prefix = model.number.rpartition("-")[0]
    for start in range(2, count + 1, BATCH):
        numbers = range(start, min(start + BATCH, count + 1))
        invoices = Invoice.objects.bulk_create(
            twin(model, sequence=number, number=f"{prefix}-{number:05d}") for number in numbers
        )
        files = []
        for invoice in invoices:
            # Each file differs, as invoices do.
            own = content + f"%{invoice.number}\n".encode()
            path = folder / f"{invoice.number}.pdf"
            Path(settings.ARCHIVE_DIR, path).write_bytes(own)
            digest = hashlib.sha256(own).hexdigest()
            files.append(
                ArchivedFile(invoice=invoice, path=str(path), sha256=digest, size=len(own))
            )
        ArchivedFile.objects.bulk_create(files)
        for rows in (model.lines, model.rates):
            rows.model.objects.bulk_create(
                twin(row, invoice_id=invoice.pk) for invoice in invoices for row in rows.all()
            )


def twin(row: Any, **changes: Any) -> Any:
    """Return an unsaved copy of a model's row with some fields changed."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | changes)


def pack(month: str) -> Packed:
    """Have the month packed by the task in a process of its own, and watch it."""
    from django.db import connections  # noqa: PLC0415 - after set-up

    from invoices import services  # noqa: PLC0415 - after set-up
    from invoices.domain.period import Month  # noqa: PLC0415 - after set-up
    from invoices.models import Export  # noqa: PLC0415 - after set-up

    export = services.export_create(month=Month.parse(month), by=None)
    connections.close_all()  # a connection must not be shared with a fork
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(export.pk,))
    start = time.monotonic()
    worker.start()
    memory, seen = [resident_mb()], set()
    while worker.is_alive():
        memory.append(resident_mb(worker.pid))
        seen.add(Export.objects.values_list("done", flat=True).get(pk=export.pk))
        worker.join(LOOK_SECONDS)
    seconds = time.monotonic() - start
    export.refresh_from_db()
    if export.state != Export.State.DONE or export.done != export.total:
        raise SystemExit(f"The export went wrong: {export.problem} {export.detail}")
    return Packed(seconds, memory[0], max(memory), export.size // 2**20, len(seen))


def _work(export_id: int) -> None:
    from invoices import tasks  # noqa: PLC0415 - after set-up

    like_a_worker()
    tasks.export(export_id)
