"""Exports on a full disk, kept for a week, and those for a tax audit."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.exports.packing import sha256_of
from invoices.models import Delivery, Export, Invoice, PrintBatch
from invoices.problems import Problem
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.invoices.services.test_runs import archive_disk_full


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer(), seconds=900)
    return issue()


def pack(export: Export) -> Export:
    done = services.export_process(export_id=export.pk)
    assert done is not None
    return done


def month() -> Export:
    return services.export_create(month=OCTOBER, by=None)


def audit() -> Export:
    day = timezone.localdate()
    return services.audit_export_create(first=day, last=day, by=None)


def files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.EXPORT_DIR).rglob("*") if path.is_file()]


@pytest.mark.parametrize("create", [month, audit])
def test_a_full_disk_is_told_leaves_nothing_half_and_the_next_try_succeeds(
    invoice: Invoice, warm: None, settings: Any, create: Callable[[], Export]
) -> None:
    with archive_disk_full():
        failed = pack(create())
    assert (failed.state, failed.problem) == (Export.State.FAILED, Problem.NO_ROOM)
    assert failed.detail == ""
    assert files(settings) == []
    again = create()
    assert again.pk != failed.pk
    done = pack(again)
    assert done.state == Export.State.DONE
    assert sha256_of(Path(settings.EXPORT_DIR, done.path)) == done.sha256


@pytest.mark.parametrize("create", [month, audit])
def test_a_file_is_removed_after_a_week_and_not_before(
    invoice: Invoice, settings: Any, create: Callable[[], Export]
) -> None:
    done = pack(create())
    assert done.removed_on is not None
    assert services.exports_remove(now=done.removed_on - dt.timedelta(minutes=1)) == 0
    assert len(files(settings)) == 1
    assert services.exports_remove(now=done.removed_on + dt.timedelta(minutes=1)) == 1
    assert files(settings) == []
    done.refresh_from_db()
    assert (done.state, done.path) == (Export.State.REMOVED, "")
    assert services.exports_remove(now=done.removed_on + dt.timedelta(days=1)) == 0
    assert pack(create()).state == Export.State.DONE


def test_a_file_that_somebody_removed_already_is_no_trouble(
    invoice: Invoice, settings: Any
) -> None:
    done = pack(month())
    Path(settings.EXPORT_DIR, done.path).unlink()
    assert services.exports_remove(now=timezone.now() + dt.timedelta(days=8)) == 1


def test_letters_are_removed_once_they_are_posted(invoice: Invoice, settings: Any) -> None:
    services.deliveries_queue(invoices=[invoice], by=None)
    batch = services.print_batch_create(by=None)
    assert batch is not None
    services.print_batch_process(batch_id=batch.pk)
    later = timezone.now() + dt.timedelta(days=8)
    assert services.exports_remove(now=later) == 0
    services.print_batch_sent(batch=batch, by=None)
    assert services.exports_remove(now=timezone.now()) == 0
    assert services.exports_remove(now=later) == 1
    assert files(settings) == []
    assert PrintBatch.objects.get().path == ""
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_an_audit_is_packed_once_at_a_time_and_beside_the_month(
    invoice: Invoice, settings: Any
) -> None:
    first = audit()
    assert audit() == first
    assert month() != first
    done = pack(first)
    assert services.export_process(export_id=first.pk) is None
    day = timezone.localdate()
    with zipfile.ZipFile(Path(settings.EXPORT_DIR, done.path)) as packed:
        assert packed.testzip() is None
        tops = {name.split("/")[0] for name in packed.namelist()}
        assert len(packed.namelist()) == done.total == done.done
    assert tops == {f"Pruefung_{day}_{day}"}
    assert Export.objects.latest_of(OCTOBER) != done


def test_an_audit_of_a_dead_worker_is_found_and_made(invoice: Invoice) -> None:
    export = audit()
    now = timezone.now()
    Export.objects.update(state=Export.State.WORKING, leased_until=now - dt.timedelta(seconds=1))
    assert services.exports_lost(now=now) == [export.pk]
    assert pack(export).state == Export.State.DONE
