"""The month's archive as a ZIP, packed in the background."""

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from company import audit
from invoices.archive import ArchiveDamagedError
from invoices.exports.archive import UnarchivedError, count_files, write_zip
from invoices.models import Export
from invoices.problems import Problem, problem_of
from invoices.services.runs import LEASE

if TYPE_CHECKING:
    from invoices.domain.period import Month
    from technicians.models import User

logger = logging.getLogger(__name__)
# The database hears of progress after so many files: each time is a write transaction.
PROGRESS_EVERY = 25
PIECE = 1024 * 1024


def export_create(*, month: "Month", by: "User | None") -> Export:
    """Return a new export of a month for the caller to queue, or the one already on its way."""
    with transaction.atomic():
        under_way = Export.objects.filter(
            period=month.first_day, state__in=(Export.State.WAITING, Export.State.WORKING)
        ).first()
        if under_way is not None:
            return under_way
        export = Export.objects.create(
            period=month.first_day, created_by=by, total=count_files(month)
        )
        audit.record(
            "export.created", actor=by, subject=f"export {month}", details={"files": export.total}
        )
    return export


def export_process(*, export_id: int) -> Export | None:
    """Pack an export; return it as it stands then, or None when somebody else does it."""
    now = timezone.now()
    claimed = (
        Export.objects.claimable(now)
        .filter(pk=export_id)
        .update(state=Export.State.WORKING, leased_until=now + LEASE)
    )
    if not claimed:
        return None
    export = Export.objects.get(pk=export_id)
    relative = f"{export.month}/{export.pk}.zip"
    path = Path(settings.EXPORT_DIR, relative)
    try:
        export.done = write_zip(export.month, path, lambda done: _progress(export, done))
    except UnarchivedError as error:
        return _finish(export, Export.State.FAILED, Problem.UNARCHIVED, str(error))
    except ArchiveDamagedError as error:
        logger.error("Export %s stopped: %s", export_id, error)  # noqa: TRY400
        return _finish(export, Export.State.FAILED, Problem.DAMAGED, str(error))
    except OSError as error:
        logger.error("Export %s could not be written: %s", export_id, error)  # noqa: TRY400
        return _finish(export, Export.State.FAILED, *problem_of(error))
    export.path, export.size, export.total = relative, path.stat().st_size, export.done
    export.sha256 = _sha256(path)
    return _finish(export, Export.State.DONE)


def _progress(export: Export, done: int) -> None:
    """Tell the database how far it is, and hold on to the lease."""
    if done % PROGRESS_EVERY == 0:
        Export.objects.filter(pk=export.pk).update(done=done, leased_until=timezone.now() + LEASE)


def _finish(export: Export, state: str, problem: str = "", detail: str = "") -> Export:
    export.state, export.problem, export.detail = state, problem, detail
    export.leased_until, export.finished_at = None, timezone.now()
    export.save()
    return export


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
