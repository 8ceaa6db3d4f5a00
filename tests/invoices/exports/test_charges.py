"""What dunning letters claim: in the month's archive, as bookings, and among the figures."""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices import charges, figures, services
from invoices.archive import read_archived
from invoices.domain import datev
from invoices.domain.period import Month
from invoices.exports.archive import count_files, write_folder
from invoices.models import BaseRate, Invoice, Reminder
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue

DAYS = (7, 40, 60)


def ignore(_done: int) -> None:
    """Take a number of files done."""


@pytest.fixture(params=[Customer.Kind.CONSUMER, Customer.Kind.BUSINESS])
def letters(
    request: pytest.FixtureRequest,
    company: Company,
    make_customer: Callable[..., Customer],
    make_session: MakeSession,
) -> list[Reminder]:
    """Return the three letters about an invoice of 17.00 euros, as a consumer or a business."""
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    for year in range(2026, 2032):
        for month in (1, 7):
            BaseRate.objects.create(valid_from=dt.date(year, month, 1), percent=Decimal("1.27"))
    name = "Weingut GmbH" if request.param == Customer.Kind.BUSINESS else ""
    make_session(make_customer(kind=request.param, company_name=name), seconds=900)
    invoice = issue()
    written = []
    for days in DAYS:
        with time_machine.travel(timezone.now() + dt.timedelta(days=14 + days), tick=False):
            day = invoice.due_on + dt.timedelta(days=days)
            written.append(services.reminder_issue(invoice=invoice, today=day, by=None))
    return written


def is_business(letters: list[Reminder]) -> bool:
    return letters[0].buyer_party.kind == Customer.Kind.BUSINESS


def all_days(letters: list[Reminder]) -> tuple[dt.date, dt.date]:
    return letters[0].issued_on, letters[-1].issued_on + dt.timedelta(days=1)


def test_a_friendly_letter_claims_nothing(letters: list[Reminder]) -> None:
    friendly = letters[0]
    assert charges.of_days(friendly.issued_on, friendly.issued_on) == []


def test_only_what_is_new_since_the_letter_before_is_claimed(letters: list[Reminder]) -> None:
    found = charges.of_days(*all_days(letters))
    claimed = [(charge.interest_cents, charge.costs_cents) for charge in found]
    # By hand in test_dunning: interest 3 and 9 cents for consumers, 5 and 14 for businesses.
    assert claimed == ([(5, 4000), (9, 0)] if is_business(letters) else [(3, 250), (6, 500)])
    last = letters[-1]
    assert sum(charge.cents for charge in found) == last.total_cents - last.open_cents


def test_a_cancelled_invoice_takes_its_charges_back(letters: list[Reminder], office: User) -> None:
    invoice = letters[0].invoice
    with time_machine.travel(letters[-1].created_at + dt.timedelta(days=1), tick=False):
        services.invoice_cancel(invoice=invoice, reason="", by=office)
    first, last = all_days(letters)
    found = charges.of_days(first, last)
    assert [charge.invoice for charge in found] == [invoice] * 3
    assert sum(charge.interest_cents for charge in found) == 0
    assert sum(charge.costs_cents for charge in found) == 0


@pytest.mark.parametrize(("chart", "interest", "costs"), [("03", 2650, 2700), ("04", 7100, 4830)])
def test_the_months_archive_has_letters_list_and_bookings_without_vat(
    letters: list[Reminder], tmp_path: Path, chart: str, interest: int, costs: int
) -> None:
    Company.objects.update(chart_of_accounts=chart)
    letter = letters[1]
    month = Month(letter.issued_on.year, letter.issued_on.month)
    own = [each for each in letters if Month(each.issued_on.year, each.issued_on.month) == month]
    done = write_folder(month, tmp_path, ignore)
    assert done == count_files(month)
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    for each in own:
        content = (tmp_path / "reminders" / each.file_name).read_bytes()
        assert content == read_archived(each)
        assert sums[f"reminders/{each.file_name}"] == hashlib.sha256(content).hexdigest()
    listed = list(
        csv.reader(
            io.StringIO((tmp_path / "reminders.csv").read_text("utf-8-sig"), newline=""),
            delimiter=";",
        )
    )
    assert len(listed) == 1 + len(own)
    assert {len(row) for row in listed} == {15}
    bookings = (tmp_path / f"EXTF_Mahnungen_{month}.csv").read_bytes().decode("cp1252")
    rows = [
        dict(zip(datev.COLUMNS, fields, strict=True))
        for fields in list(csv.reader(io.StringIO(bookings, newline=""), delimiter=";"))[2:]
    ]
    booked = {
        (row["Gegenkonto (ohne BU-Schlüssel)"], row["Umsatz (ohne Soll/Haben-Kz)"])
        for row in rows
        if row["Belegdatum"] == f"{letter.issued_on:%d%m}"
    }
    expected = ("0,05", "40,00") if is_business(letters) else ("0,03", "2,50")
    assert booked == {(str(interest), expected[0]), (str(costs), expected[1])}
    assert {row["Belegfeld 1"] for row in rows} == {letter.invoice.number}
    assert {row["BU-Schlüssel"] for row in rows} == {""}
    assert {row["Soll/Haben-Kennzeichen"] for row in rows} == {"S"}


def test_what_was_waived_is_booked_back_in_its_month(
    letters: list[Reminder], tmp_path: Path
) -> None:
    invoice = letters[0].invoice
    with time_machine.travel(timezone.now() + dt.timedelta(days=120), tick=False):
        waived = services.charges_waive(invoice=invoice, reason="Kulanz", by=None)
        day = timezone.localdate()
    month = Month(day.year, day.month)
    write_folder(month, tmp_path, ignore)
    bookings = (tmp_path / f"EXTF_Mahnungen_{month}.csv").read_bytes().decode("cp1252")
    rows = [
        dict(zip(datev.COLUMNS, fields, strict=True))
        for fields in list(csv.reader(io.StringIO(bookings, newline=""), delimiter=";"))[2:]
    ]
    assert {row["Soll/Haben-Kennzeichen"] for row in rows} == {"H"}
    amounts = [row["Umsatz (ohne Soll/Haben-Kz)"].replace(",", "") for row in rows]
    assert sum(map(int, amounts)) == waived == letters[-1].total_cents - letters[-1].open_cents
    assert count_files(month) == len(list(tmp_path.rglob("*.*"))) + 1


def test_a_month_with_friendly_letters_only_has_no_bookings_of_them(
    letters: list[Reminder], tmp_path: Path
) -> None:
    friendly = letters[0]  # the next one came 33 days later
    month = Month(friendly.issued_on.year, friendly.issued_on.month)
    assert write_folder(month, tmp_path, ignore) == count_files(month)
    assert (tmp_path / "reminders" / friendly.file_name).exists()
    assert not list(tmp_path.glob("EXTF_Mahnungen_*"))


def test_the_figures_tell_charges_apart_from_revenue(letters: list[Reminder]) -> None:
    last = letters[-1]
    months = figures.year_until(Month(last.issued_on.year, last.issued_on.month))
    found = figures.charges_by_month(months)
    assert sum(each.cents for each in found) == last.total_cents - last.open_cents
    assert sum(each.cents for each in figures.by_month(months)) == Invoice.objects.get().net_cents
