"""A month's archive, or the data medium of a tax audit, as a ZIP packed in the background."""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from company import audit
from invoices.archive import ArchiveDamagedError
from invoices.exports.archive import UnarchivedError, count_files, month_files
from invoices.exports.audit import audit_files, count_audit_files
from invoices.exports.packing import Entry, sha256_of, write_entries_to_zip
from invoices.models import Export, PrintBatch
from invoices.problems import Problem, packing_problem_of
from invoices.services.runs import LEASE

if TYPE_CHECKING:
    from invoices.domain.period import Month
    from technicians.models import User

logger = logging.getLogger(__name__)
# The database hears of progress so often: each time is a write transaction.
PROGRESS_SECONDS = 1.0


def export_create(*, month: "Month", by: "User | None") -> Export:
    """Return a new export of a month for the caller to queue, or the one already on its way."""
    export = Export(period=month.first_day, created_by=by)
    return _create(export, count_files(month), by)


def audit_export_create(*, first: dt.date, last: dt.date, by: "User | None") -> Export:
    """Return a new export for a tax audit, of these days, likewise."""
    export = Export(kind=Export.Kind.AUDIT, period=first, last_day=last, created_by=by)
    return _create(export, count_audit_files(first, last), by)


def _create(export: Export, total: int, by: "User | None") -> Export:
    with transaction.atomic():
        under_way = (
            Export.objects.under_way()
            .filter(kind=export.kind, period=export.period, last_day=export.last_day)
            .first()
        )
        if under_way is not None:
            return under_way
        export.total = total
        export.save()
        audit.record(
            "export.created",
            actor=by,
            subject=f"export {export.name}",
            details={"files": total, "kind": export.kind},
        )
    return export


def export_process(*, export_id: int) -> Export | None:
    """Pack an export; return it as it stands then, or None when somebody else does it."""
    now = timezone.now()
    if not Export.objects.lease(export_id, now, now + LEASE):
        return None
    export = Export.objects.get(pk=export_id)
    relative = f"{export.name}/{export.pk}.zip"
    path = Path(settings.EXPORT_DIR, relative)
    progress = _Progress(export)
    try:
        entries = progress.watching(_entries_of(export))
        export.done = write_entries_to_zip(entries, path, _top_of(export), progress.file_done)
    except UnarchivedError as error:
        export.finish(Export.State.FAILED, Problem.UNARCHIVED, str(error))
    except ArchiveDamagedError as error:
        logger.error("Export %s stopped: %s", export_id, error)  # noqa: TRY400
        export.finish(Export.State.FAILED, Problem.DAMAGED, str(error))
    except OSError as error:
        logger.error("Export %s could not be written: %s", export_id, error)  # noqa: TRY400
        export.finish(Export.State.FAILED, *packing_problem_of(error))
    else:
        export.path, export.size, export.total = relative, path.stat().st_size, export.done
        export.sha256 = sha256_of(path)
        export.save(update_fields=["path", "size", "done", "total", "sha256"])
        export.finish(Export.State.DONE)
    return export


def _entries_of(export: Export) -> Iterator[Entry]:
    if export.last_day is None:
        return month_files(export.month)
    return audit_files(export.period, export.last_day)


def _top_of(export: Export) -> str:
    """Return the folder inside the ZIP."""
    return export.name if export.last_day is None else f"Pruefung_{export.name}"


class _Progress:
    """Tells the database how far an export is, and holds on to its lease meanwhile."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._done = 0
        self._told = time.monotonic()

    def watching(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries; a table that takes long keeps the lease alive, too."""
        for name, pieces in entries:
            yield name, self._beating(pieces)

    def _beating(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._tell()
            yield piece

    def file_done(self, done: int) -> None:
        """Count a file."""
        self._done = done

    def _tell(self) -> None:
        if time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        Export.objects.filter(pk=self._export.pk).update(
            done=self._done, leased_until=timezone.now() + LEASE
        )


def exports_remove(*, now: dt.datetime) -> int:
    """Remove the files of exports and of posted letters that were kept long enough; count them.

    Everything in them can be packed again from the archive at any time.
    """
    removed = 0
    for export in Export.objects.outdated(now):
        Path(settings.EXPORT_DIR, export.path).unlink(missing_ok=True)
        export.state, export.path = Export.State.REMOVED, ""
        export.save(update_fields=["state", "path"])
        removed += 1
    for batch in PrintBatch.objects.outdated(now - Export.KEPT):
        Path(settings.EXPORT_DIR, batch.path).unlink(missing_ok=True)
        batch.path = ""
        batch.save(update_fields=["path"])
        removed += 1
    return removed
