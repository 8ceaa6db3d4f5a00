"""The month's page and the files behind it: who may, what it shows, what it does."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices import services, tasks
from invoices.domain.period import Month
from invoices.models import Export, Invoice, InvoiceRun, Item
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession

MakeCustomer = Callable[..., Customer]
Login = Callable[[User], Client]
PAGES = (
    ("GET", "/monat/"),
    ("GET", "/monat/2026-10/"),
    ("GET", "/monat/2026-10/fortschritt/"),
    ("POST", "/monat/2026-10/rechnungen/"),
    ("POST", "/monat/2026-10/rechnungen/1/"),
    ("POST", "/monat/2026-10/anhalten/"),
    ("POST", "/monat/2026-10/fortsetzen/"),
    ("POST", "/monat/2026-10/export/"),
    ("GET", "/monat/2026-10/export/1.zip"),
    ("GET", "/rechnungen/2026-00001.pdf"),
)


@pytest.fixture
def unworked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let tasks lie in the queue; return what was queued."""
    queued: list[int] = []
    monkeypatch.setattr(tasks.run_item, "delay", queued.append)
    monkeypatch.setattr(tasks.export, "delay", queued.append)
    return queued


def html(response: Any) -> str:
    text: str = response.content.decode()
    return text


@pytest.mark.parametrize(("method", "address"), PAGES)
def test_strangers_are_asked_to_log_in(client: Client, db: None, method: str, address: str) -> None:
    response = client.generic(method, address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("method", "address"), PAGES)
def test_a_technician_is_refused(login: Login, technician: User, method: str, address: str) -> None:
    assert login(technician).generic(method, address).status_code == 403


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/monat/2026-10/rechnungen/"),
        ("GET", "/monat/2026-10/rechnungen/1/"),
        ("GET", "/monat/2026-10/anhalten/"),
        ("GET", "/monat/2026-10/fortsetzen/"),
        ("GET", "/monat/2026-10/export/"),
        ("POST", "/monat/2026-10/"),
        ("POST", "/rechnungen/2026-00001.pdf"),
    ],
)
def test_the_wrong_method_is_refused(login: Login, office: User, method: str, address: str) -> None:
    assert login(office).generic(method, address).status_code == 405


def test_a_forged_form_is_refused(office: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office)
    assert client.post("/monat/2026-10/rechnungen/").status_code == 403
    assert not InvoiceRun.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/monat/2026-13/",
        "/monat/1999-12/",
        "/rechnungen/2026-00001.pdf",
        "/monat/2026-10/export/9.zip",
    ],
)
def test_what_is_not_there_is_not_found(login: Login, office: User, address: str) -> None:
    assert login(office).get(address).status_code == 404


def test_an_empty_month_says_so_and_offers_no_work(
    login: Login, office: User, company: Company
) -> None:
    page = html(login(office).get("/monat/2026-10/"))
    assert re.search(r'data-testid="run-month" disabled', page)
    assert re.search(r'data-testid="export-month" disabled', page)
    assert "Unbilled" not in page


def test_the_page_without_month_is_this_month_and_knows_no_later_one(
    login: Login, office: User
) -> None:
    current = Month.of(timezone.now())
    page = html(login(office).get("/monat/"))
    assert reverse("invoices:month", args=[current.previous()]) in page
    assert reverse("invoices:month", args=[current.next()]) not in page


def test_an_incomplete_company_is_told_and_nothing_runs(
    login: Login, office: User, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    client = login(office)
    response = client.post("/monat/2026-10/rechnungen/", follow=True)
    assert "alert-error" in html(response)
    assert not InvoiceRun.objects.exists()


def test_what_is_odd_is_named(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> None:
    nowhere = make_customer(street="")
    make_session(nowhere)
    orphan = make_session(None)
    endless = make_session(make_customer(), seconds=5 * 3600)
    timeless = make_session(make_customer(), seconds=0)
    page = html(login(office).get("/monat/2026-10/"))
    assert reverse("customers:edit", args=[nowhere.pk]) in page
    for session in (orphan, endless, timeless):
        assert session.get_absolute_url() in page


def test_names_are_shown_as_text(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> None:
    make_session(make_customer(company_name="<script>alert(1)</script>"))
    page = html(login(office).get("/monat/2026-10/"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_button_makes_the_invoices_and_the_page_shows_them(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> None:
    make_session(make_customer(company_name="Weingut Weiß"))
    client = login(office)
    page = html(client.post("/monat/2026-10/rechnungen/", follow=True))
    invoice = Invoice.objects.get()
    assert invoice.get_absolute_url() in page
    assert page.count('data-testid="invoice"') == 1
    assert InvoiceRun.objects.get().started_by == office
    again = html(client.post("/monat/2026-10/rechnungen/", follow=True))
    assert "alert-info" in again
    assert Invoice.objects.count() == 1


def test_the_progress_is_polled_while_the_run_goes_on_and_then_the_page_renews_itself(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    unworked: list[int],
) -> None:
    for _ in range(2):
        make_session(make_customer())
    client = login(office)
    page = html(client.post("/monat/2026-10/rechnungen/", follow=True))
    assert 'hx-trigger="every 1s"' in page
    assert client.post("/monat/2026-10/rechnungen/")["Location"] == "/monat/2026-10/#work"
    assert len(unworked) == 2
    for done in range(2):
        part = client.get("/monat/2026-10/fortschritt/", headers={"HX-Request": "true"})
        assert re.search(rf'data-testid="progress"[^>]* value="{done}" max="2"', html(part))
        assert "HX-Refresh" not in part
        # By its id htmx finds the button again on which the keyboard stands.
        assert 'id="pause-run"' in html(part)
        services.invoice_run_item_process(item_id=unworked[done])
    part = client.get("/monat/2026-10/fortschritt/", headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    assert "every 1s" not in html(part)


def test_a_paused_run_says_where_it_stands_and_goes_on_by_its_button(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    unworked: list[int],
) -> None:
    for _ in range(2):
        make_session(make_customer())
    client = login(office)
    assert client.post("/monat/2026-10/anhalten/").status_code == 404  # never started
    page = html(client.post("/monat/2026-10/rechnungen/", follow=True))
    assert reverse("invoices:pause", args=[OCTOBER]) in page
    services.invoice_run_item_process(item_id=unworked[0])
    page = html(client.post("/monat/2026-10/anhalten/", follow=True))
    assert re.search(r'data-testid="progress"[^>]* value="1" max="2"', page)
    assert 'data-testid="resume-run"' in page
    assert 'data-testid="pause-run"' not in page
    assert "every 1s" not in page  # nothing moves
    assert "alert-info" in html(client.post("/monat/2026-10/anhalten/", follow=True))
    page = html(client.post("/monat/2026-10/fortsetzen/", follow=True))
    assert unworked[2:] == unworked[1:2]
    assert "every 1s" in page
    assert 'data-testid="pause-run"' in page


def test_one_customer_is_invoiced_at_once_by_the_button_in_the_row(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> None:
    wanted, other, nowhere = make_customer(), make_customer(), make_customer(street="")
    for customer in (wanted, other, nowhere):
        make_session(customer)
    client = login(office)
    page = html(client.get("/monat/2026-10/"))
    address = reverse("invoices:run_customer", args=[OCTOBER, wanted.pk])
    assert f'action="{address}"' in page
    assert reverse("invoices:run_customer", args=[OCTOBER, nowhere.pk]) not in page
    page = html(client.post(address, follow=True))
    assert Invoice.objects.get().customer == wanted
    assert f'action="{address}"' not in page
    assert client.post("/monat/2026-10/rechnungen/999999/").status_code == 404


def test_no_single_invoice_is_made_past_a_pause_or_an_incomplete_company(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    unworked: list[int],
) -> None:
    customer = make_customer()
    make_session(customer)
    client = login(office)
    client.post("/monat/2026-10/rechnungen/")
    client.post("/monat/2026-10/anhalten/")
    address = reverse("invoices:run_customer", args=[OCTOBER, customer.pk])
    client.post(address)
    assert len(unworked) == 1
    Company.objects.update(tax_number="")
    assert "alert-error" in html(client.post(address, follow=True))


def test_what_is_ready_counts_items_and_leaves_out_what_is_waived(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> None:
    make_session(make_customer(), seconds=1500, courtesy_blocks=1)  # 3 blocks, 1 waived: 17.00
    make_session(make_customer(), courtesy_blocks=9)  # more than there are: 0.00
    Item.objects.create(
        customer=make_customer(),
        service_date=OCTOBER.last_day,
        description="Anfahrt",
        quantity=2,
        unit_gross_cents=1250,
    )
    client = login(office)
    found = client.get("/monat/2026-10/").context["review"]
    assert (found.gross_cents, found.session_count, len(found.ready)) == (1700 + 2500, 2, 3)
    assert [work.items for work in found.customers] == [0, 0, 1]
    client.post("/monat/2026-10/rechnungen/")
    assert sum(invoice.gross_cents for invoice in Invoice.objects.all()) == found.gross_cents


def test_the_pdf_is_the_archived_one_to_be_looked_at(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    archive: Path,
) -> None:
    make_session(make_customer())
    client = login(office)
    client.post("/monat/2026-10/rechnungen/")
    invoice = Invoice.objects.get()
    response = client.get(invoice.get_absolute_url())
    file = archive / invoice.archived_file.path
    assert response.content == file.read_bytes()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    file.chmod(0o640)
    file.write_bytes(b"%PDF-forged")
    damaged = client.get(invoice.get_absolute_url())
    assert damaged.status_code == 500
    assert b"forged" not in damaged.content
    assert "verify_archive" in html(damaged)


def test_an_invoice_whose_file_is_still_being_made_says_so(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_session(make_customer())
    client = login(office)
    monkeypatch.setattr("invoices.services.runs.invoice_archive", lambda *_: 1 / 0)
    page = html(client.post("/monat/2026-10/rechnungen/", follow=True))
    invoice = Invoice.objects.get()
    assert invoice.number in page
    assert invoice.get_absolute_url() not in page
    response = client.get(invoice.get_absolute_url())
    assert response.status_code == 404
    assert invoice.number in html(response)


def test_the_month_is_packed_and_fetched(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> None:
    client = login(office)
    client.post("/monat/2026-10/export/")
    assert not Export.objects.exists()  # nothing to pack yet
    make_session(make_customer())
    client.post("/monat/2026-10/rechnungen/")
    page = html(client.post("/monat/2026-10/export/", follow=True))
    export = Export.objects.get()
    address = reverse("invoices:export_file", args=[OCTOBER, export.pk])
    assert address in page
    response = client.get(address)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Length"] == str(export.size)
    wrong_month = reverse("invoices:export_file", args=["2026-09", export.pk])
    assert client.get(wrong_month).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_month(
    login: Login,
    office: User,
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(12):
        make_session(make_customer())
        make_session(None)
    client = login(office)
    client.post("/monat/2026-10/rechnungen/")
    for _ in range(12):
        make_session(make_customer())
    with django_assert_max_num_queries(24):
        assert client.get("/monat/2026-10/").status_code == 200
