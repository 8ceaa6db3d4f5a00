"""A single session's invoice, at once: alone, once, and only where one can be made."""

import html
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services, tasks
from invoices.models import Invoice, Item
from invoices.problems import Problem
from sessions.models import Session
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]
Login = Callable[[User], Client]


@pytest.fixture
def session(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Session:
    return make_session(make_customer(), seconds=1500)


def address(session: Session) -> str:
    return reverse("invoices:session", args=[session.pk])


def test_strangers_and_technicians_may_not(
    session: Session, technician: User, login: Login, client: Client
) -> None:
    assert client.post(address(session)).status_code == 302
    assert login(technician).post(address(session)).status_code == 403
    assert not Invoice.objects.exists()


def test_without_an_address_the_page_says_what_is_missing(
    session: Session, office: User, login: Login
) -> None:
    Customer.objects.update(street="")
    with pytest.raises(services.NotInvoiceableError) as refused:
        services.session_invoice(session=session, by=office)
    assert refused.value.problem is Problem.ADDRESS
    page = login(office).post(address(session), follow=True).content.decode()
    assert "alert-error" in page
    assert refused.value.detail in page
    assert not Invoice.objects.exists()


def test_a_session_without_customer_or_time_has_no_invoice(
    company: Company, make_session: MakeSession, office: User, login: Login
) -> None:
    session = make_session(None)
    assert services.session_invoice(session=session, by=office) is None
    page = login(office).post(address(session), follow=True)
    assert page.redirect_chain == [(session.get_absolute_url(), 302)]


def test_only_this_session_is_on_it_and_the_rest_comes_with_the_run(
    session: Session, make_session: MakeSession, office: User
) -> None:
    assert session.customer is not None
    other = make_session(session.customer)
    item = Item.objects.create(
        customer=session.customer,
        service_date=OCTOBER.first_day,
        description="Anfahrt",
        unit_gross_cents=2500,
    )
    single = services.session_invoice(session=session, by=office)
    assert single is not None
    assert [line.session_id for line in single.lines.all()] == [session.pk]
    assert AuditEntry.objects.latest("number").action == "invoice.single"
    rest = issue()
    assert [(line.session_id, line.item_id) for line in rest.lines.all()] == [
        (other.pk, None),
        (None, item.pk),
    ]


def test_a_second_click_makes_no_second_invoice(session: Session, office: User) -> None:
    assert services.session_invoice(session=session, by=office) is not None
    assert services.session_invoice(session=session, by=office) is None
    assert Invoice.objects.count() == 1


def test_the_click_leads_to_the_invoice_and_its_file_is_written(
    session: Session, office: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.complete, "delay", tasks.complete)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda function, **_: function())
    browser = login(office)
    answer = browser.post(address(session))
    invoice = Invoice.objects.get()
    assert answer.headers["Location"] == reverse("invoices:detail", args=[invoice.number])
    assert invoice.archived_file.size > 0
    assert "Refresh" not in browser.get(answer.headers["Location"]).headers


def test_the_page_waits_for_the_file(session: Session, office: User, login: Login) -> None:
    browser = login(office)
    place = browser.post(address(session)).headers["Location"]
    assert browser.get(place).headers["Refresh"] == "2"


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_make_one_invoice(session: Session, office: User) -> None:
    def click(_number: int) -> None:
        try:
            services.session_invoice(session=session, by=office)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(click, range(4)))
    assert Invoice.objects.count() == 1


def test_cancelled_and_written_anew_it_bills_that_session_alone_again(
    session: Session, make_session: MakeSession, office: User, login: Login
) -> None:
    assert session.customer is not None
    single = services.session_invoice(session=session, by=office)
    assert single is not None
    other = make_session(session.customer)
    desk = login(office)
    answer = desk.post(reverse("invoices:cancel", args=[single.number]), {"again": "1"})
    again = Invoice.objects.latest("pk")
    assert answer["Location"] == reverse("invoices:detail", args=[again.number])
    assert [line.session_id for line in again.lines.all()] == [session.pk]
    assert again.is_single
    assert not hasattr(Session.objects.get(pk=other.pk), "billed")


def test_the_invoice_of_a_month_is_written_anew_with_all_that_is_open(
    session: Session, make_session: MakeSession, office: User, login: Login
) -> None:
    month = issue()
    assert not month.is_single
    make_session(session.customer)
    login(office).post(reverse("invoices:cancel", args=[month.number]), {"again": "1"})
    again = issue()
    assert [line.session_id is not None for line in again.lines.all()] == [True, True]


def test_where_it_cannot_be_written_anew_the_reason_is_told(
    session: Session, office: User, login: Login
) -> None:
    single = services.session_invoice(session=session, by=office)
    assert single is not None
    Customer.objects.update(street="")
    address = reverse("invoices:cancel", args=[single.number])
    page = login(office).post(address, {"again": "1"}, follow=True)
    assert page.redirect_chain == [(session.get_absolute_url(), 302)]
    assert str(Problem.ADDRESS.label) in html.unescape(page.content.decode())
