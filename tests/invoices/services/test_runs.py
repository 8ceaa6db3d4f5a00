"""The invoice run: everybody once, the odd ones named, nothing billed twice."""

import datetime as dt
import random
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from company.domain.tariff import Terms
from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import archive as archive_module
from invoices import services
from invoices.documents.pdf import RenderError, render_invoice
from invoices.domain.period import Month
from invoices.models import BilledSession, Invoice, InvoiceRunItem
from invoices.problems import Problem
from invoices.services import preparing, runs
from sessions.models import Session
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession

State = InvoiceRunItem.State
MakeCustomer = Callable[..., Customer]
# Of one invoice, with the beginning and the end of two transactions.
STATEMENTS = 24


def run_month(month: Month = OCTOBER) -> list[InvoiceRunItem]:
    """Make a month's invoices here and now; return the items that were worked on."""
    run = services.invoice_run_create(month=month)
    done = []
    for item_id in services.invoice_run_start(run=run, by=None):
        item = services.invoice_run_item_process(item_id=item_id)
        assert item is not None
        done.append(item)
    return done


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """Let no file of this process grow beyond `largest` bytes, as the kernel enforces it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def archive_disk_full() -> Iterator[None]:
    """Make writing the archive fail as on a full disk, while the database has room."""
    real = archive_module.durable_file

    @contextmanager
    def on_full_disk(path: Path, **options: int) -> Iterator[BinaryIO]:
        with full_disk(4096), real(path, **options) as stream:
            yield stream

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive_module, "durable_file", on_full_disk)
        yield


def test_a_shop_without_tax_number_makes_no_invoice(
    db: None, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    with pytest.raises(services.CompanyIncompleteError) as refusal:
        services.invoice_run_create(month=OCTOBER)
    assert len(refusal.value.missing) == 1
    Company.objects.update(vat_id="DE136695976")
    assert [item.state for item in run_month()] == [State.DONE]


def test_a_customer_without_address_is_named_and_the_others_go_through(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    nowhere, somewhere = make_customer(street="", city=""), make_customer()
    for customer in (nowhere, somewhere):
        make_session(customer)
    items = {item.customer: item for item in run_month()}
    assert items[nowhere].state == State.FAILED
    assert items[nowhere].problem == Problem.ADDRESS
    assert "," in items[nowhere].detail  # both fields are named
    assert items[somewhere].state == State.DONE
    assert Invoice.objects.get().customer == somewhere


def test_an_address_that_was_added_is_taken_up_by_the_next_start(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer(street="")
    make_session(customer)
    run_month()
    Customer.objects.update(street="Ahornweg 3")
    (item,) = run_month()
    assert (item.state, item.problem) == (State.DONE, "")
    assert Invoice.objects.get().number.endswith("-00001")  # the failure took no number


@pytest.mark.parametrize(
    "change",
    [
        {"customer": None},
        {"seconds": 0},
        {"state": "connected"},
        {"state": "closed"},
    ],
)
def test_what_is_not_to_be_billed_is_left_alone(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, change: dict[str, Any]
) -> None:
    session = make_session(make_customer())
    Session.objects.filter(pk=session.pk).update(**change)
    assert run_month() == []
    assert not Invoice.objects.exists()


def test_a_session_whose_price_does_not_fit_its_time_is_looked_at_by_a_person(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer(), amount_cents=1700)
    (item,) = run_month()
    assert (item.state, item.problem) == (State.FAILED, Problem.LEDGER)
    assert not Invoice.objects.exists()


def test_one_customer_gets_one_invoice_with_all_sessions_of_the_month(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    start = OCTOBER.start
    for day in (3, 1, 2):
        make_session(customer, start + dt.timedelta(days=day), seconds=900)
    for outside in (OCTOBER.start - dt.timedelta(seconds=1), OCTOBER.end):
        make_session(customer, outside)
    (item,) = run_month()
    invoice = Invoice.objects.get()
    assert item.invoice == invoice
    assert invoice.period == OCTOBER.first_day
    assert [line.quantity for line in invoice.lines.all()] == [2, 2, 2]
    days = [line.service_date for line in invoice.lines.all()]
    assert days == sorted(days)
    assert (invoice.service_from, invoice.service_to) == (days[0], days[-1])
    assert invoice.gross_cents == 5100
    assert invoice.archived_file.size > 0


def test_an_invoice_takes_few_statements_however_many_sessions_it_has(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for sessions in (1, 1, 7):
        customer = make_customer()
        for day in range(sessions):
            make_session(customer, OCTOBER.start + dt.timedelta(days=day))
    run = services.invoice_run_create(month=OCTOBER)
    begin_the_year, *items = services.invoice_run_start(run=run, by=None)
    services.invoice_run_item_process(item_id=begin_the_year)
    for item_id in items:
        with django_assert_num_queries(STATEMENTS):
            services.invoice_run_item_process(item_id=item_id)


def test_running_again_bills_nothing_twice_and_takes_up_late_sessions(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer, other = make_customer(), make_customer()
    make_session(customer)
    make_session(other)
    run_month()
    assert run_month() == []
    late = make_session(customer, OCTOBER.end - dt.timedelta(minutes=1))
    (item,) = run_month()
    assert item.customer == customer
    assert Invoice.objects.count() == 3
    assert BilledSession.objects.get(session=late).invoice == item.invoice
    assert item.invoice is not None
    assert item.invoice.lines.count() == 1


def test_a_billed_session_keeps_the_customer_whom_the_invoice_names(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    technician: User,
    login: Callable[[User], Client],
) -> None:
    billed, other = make_customer(), make_customer(last_name="Anders")
    session = make_session(billed)
    run_month()
    address = reverse("sessions:customer", args=[session.pk])
    answer = login(technician).post(address, {"customer": other.pk})
    assert answer.status_code == 400
    assert "steht schon auf einer Rechnung" in answer.json()["message"]
    session.refresh_from_db()
    assert session.customer == billed
    page = login(technician).get(session.get_absolute_url()).content.decode()
    assert address not in page


def test_numbers_begin_again_with_the_year_of_issue(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    make_session(customer)
    with time_machine.travel(dt.datetime(2026, 12, 31, 22, 59, tzinfo=dt.UTC)):
        run_month()
    make_session(customer, OCTOBER.end - dt.timedelta(hours=1))
    with time_machine.travel(dt.datetime(2026, 12, 31, 23, 0, tzinfo=dt.UTC)):  # Berlin: 2027
        run_month()
    numbers = Invoice.objects.order_by("pk").values_list("number", "issued_on")
    assert list(numbers) == [
        ("2026-00001", dt.date(2026, 12, 31)),
        ("2027-00001", dt.date(2027, 1, 1)),
    ]


def test_different_prices_and_rates_stand_on_one_invoice(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    two_prices = Terms(600, 850, 750, Decimal(19))
    make_session(customer, seconds=901, terms=two_prices)
    make_session(customer, OCTOBER.start, terms=Terms(600, 1000, 1000, Decimal(7)))
    run_month()
    invoice = Invoice.objects.get()
    assert invoice.gross_cents == 850 + 750 + 1000
    assert invoice.line_count == invoice.lines.count() == 3
    assert [rate.percent for rate in invoice.rates.all()] == [19, 7]
    assert sum(rate.gross_cents for rate in invoice.rates.all()) == invoice.gross_cents
    assert sum(line.net_cents for line in invoice.lines.all()) == invoice.net_cents


@pytest.mark.parametrize("seed", range(3))
def test_random_months_add_up_to_what_the_sessions_cost(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    customer = make_customer()
    for _ in range(chance.randint(1, 80)):
        terms = Terms(600, chance.choice([850, 999]), chance.choice([850, 750]), Decimal(19))
        start = OCTOBER.start + dt.timedelta(seconds=chance.randrange(30 * 86_400))
        make_session(customer, start, seconds=chance.randint(1, 20_000), terms=terms)
    promised = sum(session.amount_cents or 0 for session in Session.objects.all())
    (item,) = run_month()
    assert item.state == State.DONE
    invoice = Invoice.objects.get()
    assert invoice.gross_cents == promised
    assert invoice.net_cents + invoice.vat_cents + invoice.rounding_cents == promised
    assert sum(line.net_cents for line in invoice.lines.all()) == invoice.net_cents


def test_a_full_disk_costs_no_number_and_leaves_no_half_file(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    archive: Path,
    warm: None,
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    (item_id,) = services.invoice_run_start(run=run, by=None)
    with archive_disk_full():
        item = services.invoice_run_item_process(item_id=item_id)
    assert item is not None
    assert (item.state, item.problem) == (State.ISSUED, Problem.DISK_FULL)
    invoice = Invoice.objects.get()
    assert Invoice.objects.unarchived().get() == invoice
    assert [path for path in archive.rglob("*") if path.is_file()] == []
    (again,) = run_month()
    assert again.state == State.DONE
    invoice.refresh_from_db()
    assert invoice.archived_file.path == f"{invoice.issued_on.year}/{invoice.number}.pdf"
    assert Invoice.objects.count() == 1


def test_an_archive_that_cannot_be_written_is_told(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    settings: Any,
    tmp_path: Path,
) -> None:
    make_session(make_customer())
    (tmp_path / "archive").write_text("a file where the folder should be")
    settings.ARCHIVE_DIR = tmp_path / "archive"
    (item,) = run_month()
    assert (item.state, item.problem) == (State.ISSUED, Problem.STORAGE)


def test_what_nobody_foresaw_stops_one_customer_only(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = make_customer(), make_customer()
    for customer in (first, second):
        make_session(customer)
    real = render_invoice

    def render(invoice: Invoice) -> bytes:
        if invoice.customer == first:
            raise RenderError("no logo")
        return real(invoice)

    monkeypatch.setattr(runs, "render_invoice", render)
    states = {item.customer: (item.state, item.problem) for item in run_month()}
    assert states == {first: (State.ISSUED, Problem.UNEXPECTED), second: (State.DONE, "")}


def test_a_database_that_goes_away_leaves_the_item_to_its_lease(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    (item_id,) = services.invoice_run_start(run=run, by=None)

    def gone(*_args: object) -> None:
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "draft_issue", gone)
        with pytest.raises(OperationalError):
            services.invoice_run_item_process(item_id=item_id)
    assert services.invoice_run_item_process(item_id=item_id) is None  # leased
    with time_machine.travel(timezone.now() + runs.LEASE + dt.timedelta(seconds=1)):
        item = services.invoice_run_item_process(item_id=item_id)
    assert item is not None
    assert item.state == State.DONE


def test_an_item_in_work_or_done_is_not_taken_again(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    (item,) = run_month()
    assert services.invoice_run_item_process(item_id=item.pk) is None
    InvoiceRunItem.objects.update(
        state=State.WORKING, leased_until=timezone.now() + dt.timedelta(seconds=30)
    )
    assert services.invoice_run_item_process(item_id=item.pk) is None


def test_progress_counts_what_the_latest_start_has_to_do(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    for _ in range(3):
        make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    waiting = services.invoice_run_start(run=run, by=None)
    seen = []
    for item_id in waiting:
        run.refresh_from_db()
        progress = services.invoice_run_progress(run=run)
        seen.append((progress.finished, progress.total, progress.running))
        services.invoice_run_item_process(item_id=item_id)
    assert seen == [(0, 3, True), (1, 3, True), (2, 3, True)]
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    services.invoice_run_start(run=run, by=None)
    run.refresh_from_db()
    progress = services.invoice_run_progress(run=run)
    assert (progress.finished, progress.total) == (0, 1)


def test_a_second_start_joins_a_run_that_goes_on(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    first = services.invoice_run_start(run=run, by=None)
    services.items_queued(item_ids=first)
    run.refresh_from_db()
    started_at = run.started_at
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    second = services.invoice_run_start(run=run, by=None)
    run.refresh_from_db()
    assert run.started_at == started_at
    assert len(second) == 1
    assert second != first


def test_the_start_stands_in_the_audit_log(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, office: Any
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    services.invoice_run_start(run=run, by=office)
    entry = AuditEntry.objects.get(action="invoice_run.started")
    assert entry.actor == office
    assert entry.details == {"customers": 1}
