"""The month's archive as folder and ZIP."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.archive import ArchiveDamagedError
from invoices.domain.period import Month
from invoices.exports.archive import UnarchivedError, count_files, month_files, write_folder
from invoices.models import Export, Invoice
from invoices.problems import Problem
from invoices.services import runs
from tests.invoices.conftest import OCTOBER, MakeSession


def ignore(_done: int) -> None:
    """Take a number of files done."""


@pytest.fixture
def invoices(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> list[Invoice]:
    for _ in range(3):
        make_session(make_customer())
    make_session(make_customer(), Month(2026, 9).start)
    for month in (Month(2026, 9), OCTOBER):
        run = services.invoice_run_create(month=month)
        for item_id in services.invoice_run_start(run=run, by=None):
            services.invoice_run_item_process(item_id=item_id)
    return list(Invoice.objects.of_month(OCTOBER))


def damage(archive: Path, invoice: Invoice) -> None:
    file = archive / invoice.archived_file.path
    file.chmod(0o640)
    file.write_bytes(file.read_bytes()[:-1])


def test_a_damaged_file_is_never_passed_on(
    invoices: list[Invoice], archive: Path, tmp_path: Path
) -> None:
    damage(archive, invoices[1])
    with pytest.raises(ArchiveDamagedError, match=invoices[1].number):
        write_folder(OCTOBER, tmp_path, ignore)
    export = services.export_create(month=OCTOBER, by=None)
    done = services.export_process(export_id=export.pk)
    assert done is not None
    assert (done.state, done.problem) == (Export.State.FAILED, Problem.DAMAGED)
    assert invoices[1].number in done.detail


def test_an_invoice_without_file_stops_the_export_before_it_begins(
    invoices: list[Invoice],
    make_customer: Callable[..., Customer],
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    (item_id,) = services.invoice_run_start(run=run, by=None)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "invoice_archive", lambda *_args: 1 / 0)
        services.invoice_run_item_process(item_id=item_id)
    with pytest.raises(UnarchivedError) as refusal:
        list(month_files(OCTOBER))
    assert refusal.value.numbers == [Invoice.objects.latest("pk").number]


def test_a_folder_that_cannot_be_written_is_told(
    invoices: list[Invoice], settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "exports").write_text("a file where the folder should be")
    settings.EXPORT_DIR = tmp_path / "exports"
    export = services.export_create(month=OCTOBER, by=None)
    done = services.export_process(export_id=export.pk)
    assert done is not None
    assert (done.state, done.problem) == (Export.State.FAILED, Problem.STORAGE)


def test_the_folder_holds_the_months_files_and_their_sums(
    invoices: list[Invoice], tmp_path: Path
) -> None:
    seen: list[int] = []
    assert write_folder(OCTOBER, tmp_path / "out", seen.append) == 6
    assert seen == [1, 2, 3, 4, 5, 6]
    assert count_files(OCTOBER) == 6
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {invoice.file_name for invoice in invoices} | {
        "EXTF_Rechnungen_2026-10.csv",
        "SHA256SUMS",
        "invoices.csv",
    }
    for line in (tmp_path / "out" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        content = (tmp_path / "out" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        names.remove(name)
    assert names == {"SHA256SUMS"}


def test_the_zip_holds_the_same_files_as_the_folder(
    invoices: list[Invoice], tmp_path: Path, settings: Any, office: Any
) -> None:
    write_folder(OCTOBER, tmp_path, ignore)
    export = services.export_create(month=OCTOBER, by=office)
    assert services.export_create(month=OCTOBER, by=office) == export  # one at a time
    done = services.export_process(export_id=export.pk)
    assert done is not None
    assert (done.state, done.done, done.total) == (Export.State.DONE, 6, 6)
    path = Path(settings.EXPORT_DIR, done.path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == done.sha256
    assert path.stat().st_size == done.size
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            folder, _slash, base = name.partition("/")
            assert folder == "2026-10"
            assert packed.read(name) == (tmp_path / base).read_bytes()
    assert AuditEntry.objects.get(action="export.created").actor == office


def test_the_same_month_packs_to_the_same_bytes(invoices: list[Invoice]) -> None:
    sums = set()
    for _ in range(2):
        export = services.export_create(month=OCTOBER, by=None)
        done = services.export_process(export_id=export.pk)
        assert done is not None
        sums.add(done.sha256)
    assert len(sums) == 1


def test_an_export_of_a_dead_worker_is_found_and_made(invoices: list[Invoice]) -> None:
    export = services.export_create(month=OCTOBER, by=None)
    now = timezone.now()
    Export.objects.update(state=Export.State.WORKING, leased_until=now + runs.LEASE)
    assert services.export_process(export_id=export.pk) is None
    assert services.exports_lost(now=now) == []
    assert services.exports_lost(now=now + 2 * runs.LEASE) == [export.pk]
