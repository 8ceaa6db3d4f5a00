"""What nobody means to enter, and times that a calendar makes odd: all the way to the invoice."""

import datetime as dt
import html
import re
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from company.domain.tariff import Terms
from company.models import Company
from customers.models import Customer
from invoices.domain.period import Month
from invoices.models import Invoice, InvoiceRunItem
from technicians.models import User
from tests.invoices.conftest import MakeSession

MakeCustomer = Callable[..., Customer]
BERLIN = ZoneInfo("Europe/Berlin")
TEN_MINUTES = Terms(600, 850, 850, Decimal(19), first_block_net_cents=714)


@pytest.fixture
def desk(login: Callable[[User], Client], office: User, company: Company) -> Client:
    return login(office)


def run(desk: Client, month: Month) -> str:
    """Press the month's button; return the page with what came of it."""
    answer = desk.post(reverse("invoices:run", args=[month]), follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def berlin(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("start", "seconds", "billed"),
    [
        pytest.param(berlin("2026-10-05T23:58"), 600, (1, "23:58 – 00:08"), id="midnight"),
        pytest.param(berlin("2026-10-31T23:55"), 601, (2, "23:55 – 00:05"), id="month end"),
        pytest.param(berlin("2025-12-31T23:59"), 61, (1, "23:59 – 00:00"), id="year end"),
        pytest.param(
            berlin("2026-03-29T01:55"), 600, (1, "01:55 – 03:05"), id="summer time begins"
        ),
        pytest.param(
            berlin("2026-10-25T02:55"),
            600,
            (1, "02:55\N{NO-BREAK SPACE}MESZ – 02:05\N{NO-BREAK SPACE}MEZ"),
            id="it ends",
        ),
        pytest.param(berlin("2026-10-05T10:00"), 1, (1, "10:00 – 10:00"), id="one second"),
        pytest.param(berlin("2026-10-05T06:00"), 50_400, (84, "06:00 – 20:00"), id="14 hours"),
    ],
)
def test_a_session_is_billed_in_the_month_of_its_start_by_the_time_that_really_passed(
    desk: Client,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    start: dt.datetime,
    seconds: int,
    billed: tuple[int, str],
) -> None:
    blocks, printed = billed
    make_session(make_customer(), start, seconds=seconds, terms=TEN_MINUTES)
    month = Month.of(start)
    run(desk, month.next())
    assert not Invoice.objects.exists()
    run(desk, month)
    invoice = Invoice.objects.get()
    assert (invoice.month, invoice.gross_cents) == (month, blocks * 850)
    assert printed in invoice.lines.get().description


@pytest.mark.parametrize("length", [1, 50_400])
def test_what_costs_nothing_is_an_invoice_of_nothing(
    desk: Client, make_customer: MakeCustomer, make_session: MakeSession, length: int
) -> None:
    free = Terms(600, 0, 0, Decimal(19), first_block_net_cents=0, further_block_net_cents=0)
    make_session(make_customer(), seconds=length, terms=free)
    run(desk, Month(2026, 10))
    invoice = Invoice.objects.get()
    assert invoice.gross_cents == 0
    page = desk.get(reverse("invoices:detail", args=[invoice.number])).content.decode()
    assert "0,00" in page


@pytest.mark.parametrize(
    "name",
    [
        '<b onmouseover=alert(1)>&amp; "Söhne"</b>',
        "😀 Smiley GmbH 👩‍💻",
        "\u202eשלום בע״מ",
        '=HYPERLINK("http://192.0.2.1")',
        "W" * 100,
    ],
    ids=["markup", "emoji", "right to left", "formula", "100 wide letters"],
)
def test_an_odd_name_comes_through_every_page_and_stops_nobody(
    desk: Client, make_customer: MakeCustomer, make_session: MakeSession, name: str
) -> None:
    odd = make_customer(company_name=name, first_name=name, last_name=name, street=name)
    for customer in (odd, make_customer()):
        make_session(customer)
    month = run(desk, Month(2026, 10))
    assert not InvoiceRunItem.objects.exclude(state=InvoiceRunItem.State.DONE).exists()
    assert name.strip("\u202e") in month
    number = Invoice.objects.get(customer=odd).number
    for address in (
        reverse("invoices:detail", args=[number]),
        reverse("invoices:items", args=[odd.pk]),
        reverse("customers:agreements", args=[odd.pk]),
        reverse("invoices:figures"),
        reverse("invoices:open_items"),
    ):
        page = desk.get(address).content.decode()
        assert "<b onmouseover" not in page
        assert name.strip("\u202e") in html.unescape(page)
    lists = desk.get(reverse("invoices:figures_csv", args=["customers"]))
    rows = b"".join(lists).decode("utf-8-sig") if lists.streaming else lists.content.decode()
    assert not re.search(r'(^|;)"?=', rows, re.MULTILINE)


def test_a_customer_without_address_is_named_where_it_can_be_mended_and_the_others_go_on(
    desk: Client, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    nowhere = make_customer(street="", postcode="", city="")
    for customer in (nowhere, make_customer()):
        make_session(customer)
    page = run(desk, Month(2026, 10))
    assert Invoice.objects.count() == 1
    assert reverse("customers:edit", args=[nowhere.pk]) in page
    assert "Straße und Hausnummer, Postleitzahl, Ort" in page
    # No button that could only fail.
    assert reverse("invoices:run_customer", args=["2026-10", nowhere.pk]) not in page
