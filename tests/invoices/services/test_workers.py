"""Several workers at once, and workers that die: no hole, nothing twice, nothing lost."""

import datetime as dt
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db.models import F
from django.utils import timezone
from pypdf import PdfWriter

from company.models import Company
from customers.models import Customer
from invoices import archive as archive_module
from invoices import services
from invoices.documents.facturx import FILE_NAME
from invoices.einvoice.cii import issued_xml
from invoices.models import ArchivedFile, BilledSession, Invoice, InvoiceRunItem, NumberRange
from invoices.services import preparing, runs
from invoices.verification import verify
from tests.invoices import workers
from tests.invoices.conftest import OCTOBER, MakeSession

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8
# Set to 1000 for the proof of docs/benchmarks.md.
CUSTOMERS = int(os.environ.get("DIBUC_TEST_CUSTOMERS", "40"))
KILLS = 15


class Place(NamedTuple):
    """A place in the program: before, or right after, a call of `owner.name`."""

    owner: object
    name: str
    is_after: bool = False


def cheap_pdf(invoice: Invoice) -> bytes:
    """Return an empty page with the invoice's XML: rendering has tests of its own."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    xml = issued_xml(invoice)
    writer.add_attachment(FILE_NAME, xml)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.fixture
def waiting(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> list[int]:
    """Return the waiting items of a run with many customers."""
    for _ in range(CUSTOMERS):
        customer = make_customer()
        for day in range(2):
            make_session(customer, OCTOBER.start + dt.timedelta(days=day))
    return services.invoice_run_start(run=services.invoice_run_create(month=OCTOBER), by=None)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "render_invoice", cheap_pdf)


def work_on(item_ids: list[int]) -> Callable[[], None]:
    def work() -> None:
        for item_id in item_ids:
            services.invoice_run_item_process(item_id=item_id)

    return work


def assert_gapless(count: int) -> None:
    numbers = list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True))
    assert numbers == list(range(1, count + 1))
    assert NumberRange.objects.get().last_number == count
    assert BilledSession.objects.count() == 2 * count
    assert list(verify()) == []


def test_eight_finalisers_at_once_leave_no_hole(waiting: list[int], quick: None) -> None:
    # Each worker starts elsewhere in the same list, so they meet on items and on the range.
    pids = [
        workers.start(work_on(waiting[offset:] + waiting[:offset]))
        for offset in range(0, CUSTOMERS, CUSTOMERS // WORKERS)
    ]
    assert [workers.wait_for(pid) for pid in pids] == [0] * WORKERS
    states = set(InvoiceRunItem.objects.values_list("state", flat=True))
    assert states == {InvoiceRunItem.State.DONE}
    assert_gapless(CUSTOMERS)


def test_workers_that_hold_the_same_customer_make_one_invoice(
    waiting: list[int], quick: None
) -> None:
    """The lease is taken away under each of them: only the database stands in between."""

    def without_lease() -> None:
        for item_id in waiting:
            InvoiceRunItem.objects.filter(pk=item_id).update(
                state=InvoiceRunItem.State.WAITING, leased_until=None
            )
            services.invoice_run_item_process(item_id=item_id)

    pids = [workers.start(without_lease) for _ in range(4)]
    assert [workers.wait_for(pid) for pid in pids] == [0] * 4
    assert_gapless(CUSTOMERS)


def blocking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Place) -> Callable[[], bool]:
    """Let the next who comes to a place stand still; return whether somebody stands there."""
    reached = tmp_path / "reached"
    real = getattr(place.owner, place.name)

    def stand_still(*args: object, **kwargs: object) -> None:
        if place.is_after:
            real(*args, **kwargs)
        reached.touch()
        time.sleep(workers.PATIENCE)

    monkeypatch.setattr(place.owner, place.name, stand_still)
    return reached.exists


def kill_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, item_id: int, place: str) -> None:
    """Start a worker on an item and kill it when it comes to a place in the program."""
    with monkeypatch.context() as patch:
        reached = blocking(patch, tmp_path, PLACES[place])
        pid = workers.start(work_on([item_id]))
        workers.wait_until(reached)
        assert workers.kill(pid) < 0


PLACES = {
    "before the number": Place(preparing, "draft_issue"),
    "with the number in hand": Place(BilledSession.objects, "bulk_create"),
    "before rendering": Place(runs, "invoice_archive"),
    "while writing": Place(os, "fsync"),
    "file written without name": Place(archive_module, "put_in_place"),
    "file in place without record": Place(archive_module, "put_in_place", is_after=True),
}


@pytest.mark.parametrize("place", ["before the number", "with the number in hand"])
def test_a_worker_killed_before_it_issued_leaves_nothing_behind(
    waiting: list[int],
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
) -> None:
    kill_in(monkeypatch, tmp_path, waiting[0], place)
    assert not Invoice.objects.exists()
    assert not NumberRange.objects.filter(last_number__gt=0).exists()
    assert services.items_lost(now=timezone.now()) == []  # the lease still runs
    after = timezone.now() + runs.LEASE + dt.timedelta(seconds=1)
    assert waiting[0] in services.items_lost(now=after)
    InvoiceRunItem.objects.update(leased_until=F("leased_until") - 2 * runs.LEASE)
    work_on(waiting)()
    assert_gapless(CUSTOMERS)


@pytest.mark.parametrize(
    "place",
    [
        "before rendering",
        "while writing",
        "file written without name",
        "file in place without record",
    ],
)
def test_the_sweeper_completes_what_a_killed_worker_issued_under_the_same_number(
    waiting: list[int],
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
) -> None:
    kill_in(monkeypatch, tmp_path, waiting[0], place)
    (invoice,) = Invoice.objects.all()
    assert not ArchivedFile.objects.exists()
    services.invoices_complete(now=timezone.now())
    assert not ArchivedFile.objects.exists()  # a minute is left to the worker
    later = timezone.now() + runs.LEASE + dt.timedelta(seconds=1)
    services.invoices_complete(now=later)
    archived = ArchivedFile.objects.get()
    assert archived.invoice == invoice
    assert archived.path.endswith(f"/{invoice.number}.pdf")
    InvoiceRunItem.objects.update(leased_until=F("leased_until") - 2 * runs.LEASE)
    work_on(waiting)()
    assert_gapless(CUSTOMERS)


def test_half_written_files_of_dead_workers_are_removed_after_an_hour(
    waiting: list[int], quick: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, archive: Path
) -> None:
    kill_in(monkeypatch, tmp_path, waiting[0], "while writing")
    (leftover,) = (path for path in archive.rglob("*") if path.is_file())
    assert leftover.suffix == ".part"
    assert services.leftovers_remove(now=timezone.now()) == 0
    assert services.leftovers_remove(now=timezone.now() + dt.timedelta(hours=2)) == 1
    assert not leftover.exists()


def test_a_long_run_of_kills_loses_no_number(
    waiting: list[int], quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed anywhere, again and again, by a clock that knows nothing of the program."""
    monkeypatch.setattr(runs, "LEASE", dt.timedelta(milliseconds=1))
    kills = 0
    while InvoiceRunItem.objects.unfinished().exists() or Invoice.objects.unarchived().exists():
        pid = workers.start(work_on(waiting))
        patience = 0.05 + 0.01 * (kills % 7) if kills < KILLS else workers.PATIENCE
        kills += workers.kill_after(pid, patience) < 0
        services.invoices_complete(now=timezone.now() + dt.timedelta(minutes=2))
    assert_gapless(CUSTOMERS)
