"""Items by hand: entered, refused with a reason at the field, removed until they are billed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from company.models import Company
from customers.models import Customer
from invoices.models import Item
from technicians.models import User
from tests.invoices.documents.test_pdf import issue

FIELDS = {
    "service_date": "2026-10-05",
    "description": "Anfahrt",
    "quantity": "2",
    "unit": "KMT",
    "price": "12,50",
    "net_price": "",
    "vat_kind": "standard",
    "prepaid_minutes": "0",
}


@pytest.fixture
def customer(company: Company, make_customer: Callable[..., Customer]) -> Customer:
    return make_customer()


@pytest.fixture
def desk(login: Callable[[User], Client], office: User) -> Client:
    return login(office)


def address(customer: Customer) -> str:
    return reverse("invoices:items", args=[customer.pk])


def test_technicians_do_not_write_what_is_billed(
    login: Callable[[User], Client], technician: User, customer: Customer
) -> None:
    assert login(technician).post(address(customer), FIELDS).status_code == 403
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "0"},
        {"quantity": "x"},
        {"price": ""},
        {"price": "-1"},
        {"price": "1,005"},
        {"price": "1000000,01"},
        {"description": ""},
        {"service_date": "2026-13-01"},
        {"unit": "XXX"},
        {"vat_kind": "cheap"},
    ],
)
def test_what_cannot_be_billed_is_refused_and_kept(
    desk: Client, customer: Customer, change: dict[str, str]
) -> None:
    answer = desk.post(address(customer), FIELDS | change)
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()
    assert not Item.objects.exists()


def test_an_item_is_entered_and_removed_again(desk: Client, customer: Customer) -> None:
    desk.post(address(customer), FIELDS)
    item = Item.objects.get()
    assert (item.gross_cents, item.unit_net_cents, item.customer) == (2500, None, customer)
    assert 'data-testid="item"' in desk.get(address(customer)).content.decode()
    desk.post(reverse("invoices:item_remove", args=[customer.pk, item.pk]))
    assert not Item.objects.exists()


def test_what_is_billed_cannot_be_removed(desk: Client, customer: Customer) -> None:
    desk.post(address(customer), FIELDS)
    issue()
    item = Item.objects.get()
    desk.post(reverse("invoices:item_remove", args=[customer.pk, item.pk]))
    assert Item.objects.filter(pk=item.pk).exists()


def test_prepaid_minutes_show_as_a_balance(desk: Client, customer: Customer) -> None:
    desk.post(address(customer), FIELDS | {"quantity": "1", "prepaid_minutes": "60"})
    issue()
    assert "1:00:00" in desk.get(address(customer)).content.decode()
