"""The list of all invoices: found by number, name, month and state, by the office alone."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.domain.period import Month
from invoices.models import Invoice
from technicians.models import User
from tests.invoices.conftest import MakeSession

MakeCustomer = Callable[..., Customer]
Login = Callable[[User], Client]
LIST = "/rechnungen/"


@pytest.fixture
def desk(login: Login, office: User, company: Company) -> Client:
    return login(office)


@pytest.fixture
def bill(make_customer: MakeCustomer, make_session: MakeSession) -> Callable[..., Invoice]:
    """Return a function that bills one session of a customer."""

    def make(name: str, day: dt.date = dt.date(2026, 10, 5), **fields: object) -> Invoice:
        start = dt.datetime.combine(day, dt.time(8), dt.UTC)
        customer = make_customer(company_name=name, **fields)
        make_session(customer, start)
        run = services.invoice_run_create(month=Month.of(start))
        for item_id in services.invoice_run_start(run=run, by=None):
            services.invoice_run_item_process(item_id=item_id)
        return Invoice.objects.get(customer=customer)

    return make


def numbers(desk: Client, query: str = "") -> list[str]:
    answer = desk.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return [invoice.number for invoice in answer.context["page"]]


def test_strangers_and_technicians_see_none(client: Client, login: Login, technician: User) -> None:
    assert client.get(LIST).status_code == 302
    assert login(technician).get(LIST).status_code == 403


def test_a_shop_without_invoices_is_told_so(desk: Client) -> None:
    assert "Noch keine Rechnungen." in desk.get(LIST).content.decode()


def test_what_cannot_be_read_is_named_and_does_not_count(
    desk: Client, bill: Callable[..., Invoice]
) -> None:
    invoice = bill("Weingut Weiß")
    answer = desk.get(f"{LIST}?month=2026-13&state=lost")
    assert [each.number for each in answer.context["page"]] == [invoice.number]
    assert set(answer.context["form"].errors) == {"month", "state"}
    assert "Ein Monat sieht so aus" in answer.content.decode()


def test_the_newest_is_first(desk: Client, bill: Callable[..., Invoice]) -> None:
    first, second = bill("A"), bill("B")
    assert numbers(desk) == [second.number, first.number]


def test_it_is_found_by_number_by_the_name_of_then_and_of_today_and_by_month(
    desk: Client, bill: Callable[..., Invoice]
) -> None:
    october = bill("Weingut Weiß")
    september = bill("Sanitär Keßler", dt.date(2026, 9, 7))
    Customer.objects.filter(pk=october.customer_id).update(company_name="Weinhof Roth")
    assert numbers(desk, f"q={september.number}") == [september.number]
    for text in ("weingut", "Weinhof", str(october.customer.number)):
        assert numbers(desk, f"q={text}") == [october.number]
    assert numbers(desk, "month=2026-09") == [september.number]
    assert numbers(desk, "q=%3Cb%3E") == []
    assert "So eine Rechnung gibt es nicht." in desk.get(f"{LIST}?q=xyz").content.decode()


def test_it_is_found_by_what_became_of_it(
    desk: Client, bill: Callable[..., Invoice], office: User
) -> None:
    opened, paid, gone = bill("Offen"), bill("Bezahlt"), bill("Storno")
    services.write_off(invoice=paid, reason="Treue", by=office)
    cancellation = services.invoice_cancel(invoice=gone, reason="", by=office)
    assert numbers(desk, "state=open") == [opened.number]
    assert numbers(desk, "state=overdue") == []
    assert numbers(desk, "state=settled") == [paid.number]
    assert set(numbers(desk, "state=cancelled")) == {gone.number, cancellation.number}
    page = desk.get(LIST).content.decode()
    for state in ("state-paid", "state-waiting", ">Storno<", ">storniert<"):
        assert state in page


def test_what_is_late_is_marked(
    desk: Client, bill: Callable[..., Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = bill("Spät")
    later = timezone.localdate() + dt.timedelta(days=60)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: later)
    assert numbers(desk, "state=overdue") == [invoice.number]
    assert "state-overdue" in desk.get(LIST).content.decode()


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    desk: Client, bill: Callable[..., Invoice], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        bill(f"K{number}")
    # Login session, user, count, page, company.
    with django_assert_num_queries(5):
        assert len(numbers(desk)) == 8


def test_the_pages_keep_what_was_asked_for(
    desk: Client, bill: Callable[..., Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.views.invoice_list.PER_PAGE", 2)
    for number in range(3):
        bill(f"Müller {number}")
    page = desk.get(f"{LIST}?q=Müller").content.decode()
    assert "?q=M%C3%BCller&amp;page=2" in page
    assert len(numbers(desk, "q=Müller&page=2")) == 1
    assert reverse("invoices:list") == LIST
