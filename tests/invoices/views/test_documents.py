"""The customer's own page: what its link shows, to whom, and for how long."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext

from company.models import Company
from customers.models import Customer
from invoices import links, services
from invoices.domain.money import format_euros
from invoices.models import Invoice
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer(), seconds=900)
    return issue()


def path_of(invoice: Invoice) -> str:
    return "/" + links.customer_link(invoice).split("/", 3)[3]


def page_of(invoice: Invoice, client: Client) -> str:
    return client.get(path_of(invoice)).content.decode()


def pay(invoice: Invoice, cents: int, office: User) -> None:
    payment = services.payment_record(
        cents=cents, received_on=timezone.localdate(), text="", by=office
    )
    services.payment_allocate(payment=payment, parts=[(invoice, cents)], by=office)


@pytest.mark.parametrize(("days", "status"), [(89, 200), (91, 404)])
def test_a_link_works_for_ninety_days(
    invoice: Invoice, client: Client, days: int, status: int
) -> None:
    path = path_of(invoice)
    with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
        assert client.get(path).status_code == status


def test_a_link_that_was_changed_shows_nothing(invoice: Invoice, client: Client) -> None:
    path = path_of(invoice)
    answer = client.get(path[:-3] + "xx/")
    assert answer.status_code == 404
    assert invoice.number not in answer.content.decode()


def test_what_is_open_is_asked_for(invoice: Invoice, client: Client) -> None:
    page = page_of(invoice, client)
    assert format_euros(1700) in page
    assert "data:image" in page
    assert gettext("Still open") not in page


def test_after_a_part_only_the_rest_is_asked_for(
    invoice: Invoice, client: Client, office: User
) -> None:
    pay(invoice, 700, office)
    page = page_of(invoice, client)
    assert gettext("Still open") in page
    assert format_euros(1000) in page


def test_a_settled_invoice_asks_for_nothing(invoice: Invoice, client: Client, office: User) -> None:
    pay(invoice, 1700, office)
    page = page_of(invoice, client)
    assert gettext("This invoice is settled. Thank you!") in page
    assert "data:image" not in page
    assert gettext("Bank transfer") not in page


def test_a_cancelled_invoice_asks_for_nothing(
    invoice: Invoice, client: Client, office: User
) -> None:
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    page = page_of(invoice, client)
    assert gettext("Bank transfer") not in page
    assert "ST" in page


def test_a_customer_who_reads_english_sees_the_page_in_english(
    company: Company,
    make_customer: Callable[..., Customer],
    make_session: MakeSession,
    client: Client,
) -> None:
    make_session(make_customer(language=Customer.Language.ENGLISH), seconds=900)
    page = page_of(issue(), client)
    assert "Bank transfer" in page
    assert "Überweisung" not in page
