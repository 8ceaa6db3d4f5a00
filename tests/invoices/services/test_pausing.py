"""A run that is paused, and single invoices: what waits, what ends, what goes on."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.documents.pdf import render_invoice
from invoices.models import Invoice, InvoiceRun, InvoiceRunItem
from invoices.services import runs
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.services.test_runs import run_month

State = InvoiceRunItem.State
MakeCustomer = Callable[..., Customer]


def paused_after(finished: int, total: int, by: User | None = None) -> InvoiceRun:
    """Start October's run, work on some customers, pause it."""
    run = services.invoice_run_create(month=OCTOBER)
    waiting = services.invoice_run_start(run=run, by=None)
    assert len(waiting) == total
    services.items_queued(item_ids=waiting)
    for item_id in waiting[:finished]:
        services.invoice_run_item_process(item_id=item_id)
    assert services.invoice_run_pause(run=run, by=by)
    run.refresh_from_db()
    return run


def test_a_paused_run_begins_no_customer_and_goes_on_where_it_stood(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, office: User
) -> None:
    for _ in range(3):
        make_session(make_customer())
    run = paused_after(1, 3, office)
    waiting = list(run.items.filter(state=State.WAITING).values_list("pk", flat=True))
    assert [services.invoice_run_item_process(item_id=pk) for pk in waiting] == [None, None]
    progress = services.invoice_run_progress(run=run)
    assert (progress.finished, progress.total, progress.running) == (1, 3, True)
    assert services.invoice_run_resume(run=run, by=office) == waiting
    for pk in waiting:
        assert services.invoice_run_item_process(item_id=pk) is not None
    run.refresh_from_db()
    progress = services.invoice_run_progress(run=run)
    assert (progress.finished, progress.total, run.paused_at) == (3, 3, None)
    assert Invoice.objects.count() == 3
    entries = AuditEntry.objects.filter(action__in=("invoice_run.paused", "invoice_run.resumed"))
    assert [(entry.actor, entry.details) for entry in entries] == [(office, {"customers": 2})] * 2


def test_the_sweeper_leaves_a_paused_run_alone_until_it_goes_on(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    run = paused_after(0, 1)
    later = timezone.now() + 2 * runs.LEASE
    assert services.items_lost(now=later) == []
    waiting = services.invoice_run_resume(run=run, by=None)
    assert services.items_lost(now=later) == waiting  # also where the broker took nothing


def test_what_is_in_work_when_the_run_is_paused_ends_normally(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(2):
        make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    item_id, _waiting = services.invoice_run_start(run=run, by=None)
    real = render_invoice

    def render(invoice: Invoice) -> bytes:
        assert services.invoice_run_pause(run=run, by=None)
        assert services.invoice_run_progress(run=run).working == 1
        return real(invoice)

    monkeypatch.setattr(runs, "render_invoice", render)
    item = services.invoice_run_item_process(item_id=item_id)
    assert item is not None
    assert (item.state, item.invoice) == (State.DONE, Invoice.objects.get())
    assert not services.invoice_run_progress(run=run).working


def test_a_run_is_paused_once_and_only_while_something_waits(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    run = paused_after(0, 1)
    assert not services.invoice_run_pause(run=run, by=None)
    (item_id,) = services.invoice_run_resume(run=run, by=None)
    assert services.invoice_run_resume(run=run, by=None) == []
    services.invoice_run_item_process(item_id=item_id)
    assert not services.invoice_run_pause(run=run, by=None)
    assert AuditEntry.objects.filter(action="invoice_run.paused").count() == 1


def test_a_new_start_ends_the_pause_and_takes_up_everybody(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    for _ in range(2):
        make_session(make_customer())
    paused_after(1, 2)
    make_session(make_customer())
    assert [item.state for item in run_month()] == [State.DONE] * 2


def test_one_customer_can_be_invoiced_at_once_but_not_past_a_pause(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, office: User
) -> None:
    first, second = make_customer(), make_customer()
    for customer in (first, second):
        make_session(customer)
    (item_id,) = services.invoice_run_include(month=OCTOBER, customer=second, by=office)
    services.invoice_run_item_process(item_id=item_id)
    assert Invoice.objects.get().customer == second
    run = paused_after(0, 1)
    make_session(second)
    assert services.invoice_run_include(month=OCTOBER, customer=second, by=office) == []
    assert set(services.invoice_run_resume(run=run, by=office)) == {
        item.pk for item in run.items.all()
    }
