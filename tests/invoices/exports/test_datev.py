"""The bookings of a month are its invoices, to the cent, and no file crosses a year."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
import time_machine

from company.domain.tariff import Terms
from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.domain import datev
from invoices.exports.datev import datev_files
from invoices.models import Invoice, Item
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]


@pytest.fixture(autouse=True)
def shop(company: Company) -> Company:
    return company


def files() -> dict[str, bytes]:
    found = datev_files(OCTOBER, Invoice.objects.of_month(OCTOBER))
    return {name: b"".join(pieces) for name, pieces in found}


def rows(content: bytes) -> list[dict[str, str]]:
    read = csv.reader(io.StringIO(content.decode("cp1252"), newline=""), delimiter=";")
    return [dict(zip(datev.COLUMNS, fields, strict=True)) for fields in list(read)[2:]]


def test_every_rate_is_a_booking_of_what_is_owed_for_it(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    make_session(customer, seconds=900)
    Item.objects.create(
        customer=customer,
        service_date=dt.date(2026, 10, 7),
        description="Buch",
        unit_gross_cents=1999,
        vat_kind="reduced",
    )
    invoice = issue()
    ((name, content),) = files().items()
    assert name == "EXTF_Rechnungen_2026-10.csv"
    booked = [
        (row["Umsatz (ohne Soll/Haben-Kz)"], row["Gegenkonto (ohne BU-Schlüssel)"])
        for row in rows(content)
    ]
    assert booked == [("17,00", "8400"), ("19,99", "8300")]
    assert {row["Konto"] for row in rows(content)} == {str(customer.number)}
    assert {row["Belegfeld 1"] for row in rows(content)} == {invoice.number}
    assert {row["Leistungsdatum"] for row in rows(content)} == {"07102026"}


def test_a_customer_number_outside_the_debtors_goes_to_the_collective_account(
    shop: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    shop.chart_of_accounts = "04"
    shop.save()
    make_session(make_customer(number=70_000))
    issue()
    (row,) = rows(next(iter(files().values())))
    assert (row["Konto"], row["Gegenkonto (ohne BU-Schlüssel)"]) == ("1200", "4400")


def test_a_cancellation_takes_the_booking_back(
    make_customer: MakeCustomer, make_session: MakeSession, office: User
) -> None:
    make_session(make_customer(), seconds=900)
    services.invoice_cancel(invoice=issue(), reason="", by=office)
    sides = [row["Soll/Haben-Kennzeichen"] for row in rows(next(iter(files().values())))]
    assert sorted(sides) == ["H", "S"]


def test_nothing_is_not_booked(make_customer: MakeCustomer, make_session: MakeSession) -> None:
    free = Terms(600, 0, 0, Decimal(19))
    make_session(make_customer(), terms=free)
    issue()
    assert rows(next(iter(files().values()))) == []


def test_invoices_of_two_years_are_two_files(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    for moment in (
        dt.datetime(2026, 12, 31, 22, tzinfo=dt.UTC),
        dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
    ):
        make_session(make_customer())
        with time_machine.travel(moment, tick=False):
            issue()
    found = files()
    assert list(found) == ["EXTF_Rechnungen_2026-10_2026.csv", "EXTF_Rechnungen_2026-10_2027.csv"]
    headers = [content.decode("cp1252").split(";")[12] for content in found.values()]
    assert headers == ["20260101", "20270101"]


def test_the_same_month_gives_the_same_bytes(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    issue()
    assert files() == files()
