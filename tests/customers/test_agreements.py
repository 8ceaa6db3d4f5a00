"""Agreements: the office alone makes them, what has begun stays, half a price is none."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Agreement, Customer
from technicians.models import User
from tests.shop import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return make_customer()


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_user("o@example.com", name="O", is_office=True))
    return client


def address(customer: Customer) -> str:
    return reverse("customers:agreements", args=[customer.pk])


def fields(**changes: str) -> dict[str, str]:
    values = {
        "name": "Wartung",
        "valid_from": timezone.localdate().isoformat(),
        "included_minutes": "30",
        "discount_percent": "0",
        "minimum_blocks": "1",
    }
    return values | changes


def test_a_technician_makes_no_agreements(client: Client, customer: Customer) -> None:
    client.force_login(User.objects.create_user("t@example.com", name="T", is_technician=True))
    assert client.post(address(customer), fields()).status_code == 403
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"first_block": "7,00"},
        {"block_minutes": "10", "first_block": "7,00"},
        {"block_minutes": "0", "first_block": "7", "further_block": "7"},
        {"valid_from": "2020-01-01"},
        {"valid_from": "soon"},
        {"valid_until": "2020-01-01"},
        {"discount_percent": "101"},
        {"included_minutes": "-5"},
        {"name": ""},
    ],
)
def test_what_makes_no_sense_is_refused(
    desk: Client, customer: Customer, change: dict[str, str]
) -> None:
    assert desk.post(address(customer), fields(**change)).status_code == 422
    assert not Agreement.objects.exists()


def test_own_prices_are_kept_in_cents(desk: Client, customer: Customer) -> None:
    prices = {"block_minutes": "15", "first_block": "10,50", "further_block": "7"}
    assert desk.post(address(customer), fields(**prices)).status_code == 302
    terms = Agreement.objects.get().terms
    assert terms is not None
    assert (terms.block_seconds, terms.first_block_cents, terms.further_block_cents) == (
        900,
        1050,
        700,
    )
    assert "10,50" in desk.get(address(customer)).content.decode()


def test_further_blocks_may_cost_nothing(desk: Client, customer: Customer) -> None:
    prices = {"block_minutes": "60", "first_block": "49", "further_block": "0"}
    assert desk.post(address(customer), fields(**prices)).status_code == 302
    terms = Agreement.objects.get().terms
    assert terms is not None
    assert terms.further_block_cents == 0


def test_half_a_price_is_asked_for_at_the_fields_that_are_empty(
    desk: Client, customer: Customer
) -> None:
    answer = desk.post(address(customer), fields(first_block="7"))
    assert set(answer.context["form"].errors) == {"block_minutes", "further_block"}


def test_what_was_typed_stays_and_the_error_stands_at_its_field(
    desk: Client, customer: Customer
) -> None:
    prices = {"block_minutes": "10", "first_block": "-7", "further_block": "7"}
    answer = desk.post(address(customer), fields(**prices))
    assert list(answer.context["form"].errors) == ["first_block"]
    assert 'value="-7"' in answer.content.decode()


def test_two_agreements_of_a_day_are_refused(desk: Client, customer: Customer) -> None:
    desk.post(address(customer), fields())
    assert desk.post(address(customer), fields()).status_code == 422
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(("days", "left"), [(0, 1), (1, 0)])
def test_only_what_has_not_begun_can_be_removed(
    desk: Client, customer: Customer, days: int, left: int
) -> None:
    day = timezone.localdate() + dt.timedelta(days=days)
    desk.post(address(customer), fields(valid_from=day.isoformat()))
    agreement = Agreement.objects.get()
    desk.post(reverse("customers:agreement_remove", args=[customer.pk, agreement.pk]))
    assert Agreement.objects.count() == left
