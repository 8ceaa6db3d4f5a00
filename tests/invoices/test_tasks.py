"""Tasks: queued after commit, and nothing is lost when the broker is away."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from company.models import Company
from customers.models import Customer
from invoices import services, tasks
from invoices.models import ArchivedFile, Invoice, InvoiceRunItem
from invoices.services import runs
from tests.invoices.conftest import OCTOBER, MakeSession

MakeCustomer = Callable[..., Customer]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what the broker was given."""
    queue: list[int] = []
    monkeypatch.setattr(tasks.run_item, "delay", queue.append)
    monkeypatch.setattr(tasks.export, "delay", queue.append)
    return queue


@pytest.fixture
def waiting(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> list[int]:
    for _ in range(3):
        make_session(make_customer())
    return services.invoice_run_start(run=services.invoice_run_create(month=OCTOBER), by=None)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_before_the_commit(waiting: list[int], sent: list[int]) -> None:
    with transaction.atomic():
        tasks.queue_items(waiting)
        assert sent == []
    assert sent == waiting


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_nothing(
    waiting: list[int], sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(item_id: int) -> None:
        if sent:
            raise OperationalError("connection refused")
        sent.append(item_id)

    monkeypatch.setattr(tasks.run_item, "delay", send)
    tasks.queue_items(waiting)
    assert sent == waiting[:1]
    queued = InvoiceRunItem.objects.filter(queued_at__isnull=False)
    assert list(queued.values_list("pk", flat=True)) == waiting[:1]
    now = timezone.now()
    assert services.items_lost(now=now) == []  # the run has only just begun
    assert services.items_lost(now=now + 2 * runs.LEASE) == waiting


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_queues_what_was_lost_and_completes_what_was_issued(
    waiting: list[int], sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(runs, "invoice_archive", lambda *_args: 1 / 0)
        tasks.run_item(waiting[0])
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    tasks.sweep()
    assert sent == waiting[1:]
    assert ArchivedFile.objects.get().invoice == Invoice.objects.get()
    assert InvoiceRunItem.objects.get(pk=waiting[0]).state == InvoiceRunItem.State.DONE


def test_a_full_disk_does_not_stop_the_sweeper(
    waiting: list[int], sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(runs, "invoice_archive", lambda *_args: 1 / 0)
        tasks.run_item(waiting[0])

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("invoices.services.sweeping.invoice_archive", full)
    services.invoices_complete(now=timezone.now() + 2 * runs.LEASE)
    assert InvoiceRunItem.objects.get(pk=waiting[0]).state == InvoiceRunItem.State.ISSUED


def test_an_export_task_packs(waiting: list[int]) -> None:
    for item_id in waiting:
        tasks.run_item(item_id)
    export = services.export_create(month=OCTOBER, by=None)
    tasks.export(export.pk)
    export.refresh_from_db()
    assert export.state == export.State.DONE
