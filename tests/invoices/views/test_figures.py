"""The page of figures: sums reckoned by hand, who may see them, lists for a spreadsheet."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from company.domain.tariff import Terms
from company.models import Company
from customers.models import Customer
from invoices import figures, services
from invoices.figures import Figure
from invoices.models import Invoice, Item
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.services.test_runs import run_month

MakeCustomer = Callable[..., Customer]
Login = Callable[[User], Client]
ADDRESSES = ("/zahlen/", "/zahlen/monate.csv", "/zahlen/kunden.csv")
MONTHS = figures.year_until(OCTOBER)
NOVEMBER = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """Let it be the second of November 2026; invoices are due after some days."""
    with time_machine.travel(NOVEMBER, tick=False):
        yield


@pytest.fixture
def autumn(
    company: Company,
    office: User,
    make_customer: MakeCustomer,
    make_session: MakeSession,
) -> list[Invoice]:
    """Make four invoices, 19 % in each, and cancel one of them.

    Weiß: two blocks by Tina in September, 17.00 gross, 14.28 net (no net amount with 19 % on it
    is 17.00, so the invoice has a cent of rounding). In October Weiß: 8.50 by Tina, 7.14 net, and
    11.90 by Udo, 10.00 net. Ahorn: an item of 25.00, 21.01 net. Kurz: 8.50, cancelled.
    """
    weiss, ahorn, kurz = (
        make_customer(kind="business", company_name=name) for name in ("=Weiß", "Ahorn", "Kurz")
    )
    udo = User.objects.create_user("udo@example.com", name="Udo", is_technician=True)
    make_session(weiss, OCTOBER.previous().start, seconds=900)
    make_session(weiss)
    make_session(weiss, technician=udo, terms=Terms(600, 1190, 1190, Decimal(19)))
    make_session(kurz)
    Item.objects.create(
        customer=ahorn,
        service_date=OCTOBER.last_day,
        description="Anfahrt",
        quantity=1,
        unit_gross_cents=2500,
    )
    for month in (OCTOBER.previous(), OCTOBER):
        run_month(month)
    services.invoice_cancel(invoice=Invoice.objects.get(customer=kurz), reason="", by=office)
    return list(Invoice.objects.filter(kind="invoice", cancellation=None).order_by("pk"))


def text(response: Any) -> str:
    content: str = response.content.decode("utf-8-sig")
    return content


@pytest.mark.parametrize("address", ADDRESSES)
def test_figures_are_for_the_office(
    client: Client, login: Login, technician: User, office: User, address: str
) -> None:
    assert client.get(address).status_code == 302
    assert login(technician).get(address).status_code == 403
    assert login(office).post(address).status_code == 405
    assert login(office).get(address).status_code == 200


def test_an_unknown_list_is_not_found(login: Login, office: User) -> None:
    assert login(office).get("/zahlen/gewinn.csv").status_code == 404


def test_a_shop_without_invoices_sees_twelve_empty_months(login: Login, office: User) -> None:
    assert [figure.cents for figure in figures.by_month(MONTHS)] == [0] * 12
    page = text(login(office).get("/zahlen/"))
    assert page.count('data-testid="bar"') == 12 + 4  # months, and ages of what is open
    assert set(re.findall(r'<rect width="([0-9]+)" height="10"', page)) == {"0"}


def test_revenue_by_month_leaves_out_what_was_cancelled(autumn: list[Invoice]) -> None:
    found = figures.by_month(MONTHS)
    assert [(figure.cents, figure.invoices) for figure in found] == [
        *[(0, 0)] * 10,
        (1428, 1),  # 17.00 less 19 %, and a rounding cent
        (1714 + 2101, 2),  # 20.40 / 1.19 and 25.00 / 1.19
    ]
    assert len({figure.label for figure in found}) == 12


def test_revenue_by_technician_adds_up_to_the_months(autumn: list[Invoice]) -> None:
    found = figures.by_technician(MONTHS)
    assert [(figure.cents, figure.invoices) for figure in found] == [
        (1428 + 714, 2),  # Tina: 17.00 and 8.50 gross; Kurz's 8.50 is taken off again
        (2101, 1),  # nobody: the item
        (1000, 1),  # Udo: 11.90 gross
    ]
    assert (found[0].label, found[2].label) == ("Tina Technik", "Udo")
    assert sum(figure.cents for figure in found) == 1428 + 1714 + 2101


def test_revenue_by_customer_comes_with_the_highest_first(autumn: list[Invoice]) -> None:
    weiss, ahorn = Figure("=Weiß", 1428 + 1714, 2), Figure("Ahorn", 2101, 1)
    assert figures.by_customer(MONTHS) == [weiss, ahorn, Figure("Kurz", 0, 0)]
    assert figures.by_customer(MONTHS, 1) == [weiss]


def test_months_before_the_year_do_not_count(autumn: list[Invoice]) -> None:
    later = figures.year_until(OCTOBER.next())
    assert later[0] == MONTHS[1]
    next_year = figures.year_until(MONTHS[10].next().next())  # November: both months in it
    assert sum(figure.cents for figure in figures.by_month(next_year)) == 1428 + 1714 + 2101
    assert figures.by_customer([OCTOBER.next()]) == []


def test_what_is_open_is_sorted_by_how_late_it_is(autumn: list[Invoice]) -> None:
    september, weiss, _ahorn = autumn
    payment = services.payment_record(cents=700, received_on=NOVEMBER.date(), text="Teil", by=None)
    services.payment_allocate(payment=payment, parts=[(september, 700)], by=None)
    due = weiss.due_on
    gross = 1700 - 700 + 2040 + 2500

    def ages(today: dt.date) -> list[tuple[int, int]]:
        return [(figure.cents, figure.invoices) for figure in figures.open_by_age(today)]

    for days, place in ((0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3)):
        wanted = [(0, 0)] * 4
        wanted[place] = (gross, 3)
        assert ages(due + dt.timedelta(days=days)) == wanted


def test_the_page_shows_each_amount_as_text_and_as_a_bar(
    login: Login, office: User, autumn: list[Invoice]
) -> None:
    response = login(office).get("/zahlen/")
    assert response.context["year"] == 1428 + 1714 + 2101
    assert (response.context["open"], response.context["overdue"]) == (1700 + 2040 + 2500, 0)
    page = text(response)
    assert "style=" not in page
    by_month = figures.bars(figures.by_month(MONTHS))
    assert [bar.length for bar in by_month[-2:]] == [1428 * 1000 // 3815, 1000]
    assert '<rect width="374"' in page


def test_a_month_in_which_more_was_taken_back_has_a_bar_of_its_own_kind() -> None:
    back, more = figures.bars([Figure("a", -50, 0), Figure("b", 200, 1)])
    assert (back.length, back.is_negative, more.length, more.is_negative) == (
        250,
        True,
        1000,
        False,
    )


def test_the_lists_are_read_by_a_spreadsheet_as_numbers_and_never_as_formulas(
    login: Login, office: User, autumn: list[Invoice]
) -> None:
    response = login(office).get("/zahlen/kunden.csv")
    rows = text(response).split("\r\n")
    assert rows[1:] == ["'=Weiß;31,42;2", "Ahorn;21,01;1", "Kurz;0,00;0", ""]
    assert "attachment" in response["Content-Disposition"]
    rows = text(login(office).get("/zahlen/monate.csv")).split("\r\n")
    assert len(rows) == 1 + 12 + 1
    assert [row.split(";")[1:] for row in rows[10:13]] == [
        ["14,28", "1"],
        ["38,15", "2"],
        ["0,00", "0"],  # November
    ]
    for name, count in (("techniker", 3), ("offen", 4)):
        rows = text(login(office).get(f"/zahlen/{name}.csv")).split("\r\n")
        assert len(rows) == 1 + count + 1


def test_the_page_takes_few_queries(
    login: Login,
    office: User,
    autumn: list[Invoice],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = login(office)
    with django_assert_max_num_queries(10):
        client.get("/zahlen/")
