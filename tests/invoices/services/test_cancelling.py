"""A cancellation turns an invoice round, is gapless too, and gives its sessions free."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from company.models import AuditEntry, Company
from customers.models import Agreement, Customer
from invoices import services
from invoices.archive import invoice_archive, read_archived
from invoices.documents.pdf import render_invoice
from invoices.einvoice import rules
from invoices.models import BilledSession, Invoice, InvoiceLine, Item
from sessions.models import Session
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue, pages_of
from tests.invoices.einvoice.test_cii import ALL_RULES, texts, xml_of

MakeCustomer = Callable[..., Customer]
START = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    customer = make_customer()
    make_session(customer, seconds=900)
    make_session(customer, START + dt.timedelta(hours=1), seconds=60)
    return issue()


def test_an_invoice_is_cancelled_once(invoice: Invoice, office: User) -> None:
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    with pytest.raises(services.NotCancellableError):
        services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert Invoice.objects.count() == 2


def test_a_cancellation_cannot_be_cancelled(invoice: Invoice, office: User) -> None:
    cancellation = services.invoice_cancel(invoice=invoice, reason="", by=office)
    with pytest.raises(services.NotCancellableError):
        services.invoice_cancel(invoice=cancellation, reason="", by=office)


def test_every_amount_is_turned_round(invoice: Invoice, office: User) -> None:
    cancellation = services.invoice_cancel(invoice=invoice, reason="Tippfehler", by=office)
    for name in ("net_cents", "vat_cents", "rounding_cents", "gross_cents"):
        assert getattr(cancellation, name) == -getattr(invoice, name)
    assert cancellation.number == f"ST{cancellation.issued_on.year}-00001"
    assert [line.quantity for line in cancellation.lines.all()] == [-2, -1]
    assert all(line.unit_gross_cents == 850 for line in cancellation.lines.all())
    assert Invoice.objects.totals()["gross"] == 0


def test_it_passes_the_rules_and_names_what_it_cancels(invoice: Invoice, office: User) -> None:
    cancellation = services.invoice_cancel(invoice=invoice, reason="Tippfehler", by=office)
    xml = xml_of(cancellation)
    assert rules.violations(xml, *ALL_RULES) == []
    assert texts(xml, "//rsm:ExchangedDocument/ram:TypeCode") == ["384"]
    assert texts(xml, "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == [invoice.number]


def test_its_page_says_what_it_cancels_and_asks_for_nothing(invoice: Invoice, office: User) -> None:
    cancellation = services.invoice_cancel(invoice=invoice, reason="Tippfehler", by=office)
    archived = invoice_archive(cancellation, render_invoice)
    (page,) = pages_of(read_archived(archived))
    assert invoice.number in page
    assert "Tippfehler" in page
    assert "−25,50 €" in page
    assert "GiroCode" not in page


def test_sessions_are_free_again_and_the_next_run_bills_them_anew(
    invoice: Invoice, office: User
) -> None:
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert not BilledSession.objects.exists()
    again = issue()
    assert again.number.endswith("-00002")
    assert again.gross_cents == invoice.gross_cents
    assert Session.objects.filter(billed__invoice=again).count() == 2


def test_minutes_of_the_contract_come_back(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, office: User
) -> None:
    customer = make_customer()
    Agreement.objects.create(
        customer=customer, name="Wartung", valid_from=OCTOBER.first_day, included_minutes=10
    )
    make_session(customer, seconds=900)
    invoice = issue()
    assert invoice.gross_cents == 850
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert InvoiceLine.objects.free_seconds(customer, OCTOBER) == (0, 0)
    assert issue().gross_cents == 850


def test_items_are_free_again(company: Company, make_customer: MakeCustomer, office: User) -> None:
    item = Item.objects.create(
        customer=make_customer(),
        service_date=OCTOBER.first_day,
        description="Anfahrt",
        unit_gross_cents=2500,
    )
    invoice = issue()
    assert (invoice.gross_cents, invoice.rates.get().percent) == (2500, Decimal(19))
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert list(Item.objects.unbilled()) == [item]


def test_who_cancelled_is_noted(invoice: Invoice, office: User) -> None:
    cancellation = services.invoice_cancel(invoice=invoice, reason="", by=office)
    entry = AuditEntry.objects.get(action="invoice.cancelled")
    assert entry.actor == office
    assert entry.details == {"cancellation": cancellation.number}
