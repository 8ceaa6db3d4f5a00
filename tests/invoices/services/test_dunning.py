"""Letters about late invoices: who gets which when, and what they may ask for, by hand."""

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.archive import read_archived, temporary_beside
from invoices.documents.pdf import RenderError
from invoices.documents.reminder import render_reminder
from invoices.domain.interest import BaseRateMissingError
from invoices.models import BaseRate, DunningFee, Invoice, Level, Reminder
from invoices.querysets import IssuedIsFinalError
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]


def after(invoice: Invoice, days: int) -> dt.date:
    return invoice.due_on + dt.timedelta(days=days)


def remind(invoice: Invoice, days: int) -> Reminder:
    return services.reminder_issue(invoice=invoice, today=after(invoice, days), by=None)


def due(day: dt.date) -> list[tuple[Invoice, Level]]:
    return [(each.invoice, each.level) for each in services.reminder_due(day)]


@pytest.fixture
def rates(db: None) -> None:
    """Enter base rates until long after whatever day the tests run on."""
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    for year in range(2026, 2032):
        for month in (1, 7):
            BaseRate.objects.create(valid_from=dt.date(year, month, 1), percent=Decimal("1.27"))


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    make_session(make_customer(), seconds=900)
    return issue()


@pytest.fixture
def business_invoice(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> Invoice:
    customer = make_customer(kind=Customer.Kind.BUSINESS, company_name="Muster GmbH")
    make_session(customer, seconds=900)
    return issue()


def test_nobody_is_reminded_before_some_days_have_passed(invoice: Invoice) -> None:
    assert due(after(invoice, 6)) == []
    with pytest.raises(services.ReminderNotDueError):
        remind(invoice, 6)
    assert due(after(invoice, 7)) == [(invoice, Level.FRIENDLY)]


def test_a_paid_invoice_is_left_alone(invoice: Invoice) -> None:
    services.write_off(invoice=invoice, reason="Kulanz", by=None)
    assert due(after(invoice, 60)) == []
    with pytest.raises(services.ReminderNotDueError):
        remind(invoice, 60)


def test_a_cancelled_invoice_is_left_alone(invoice: Invoice, office: User) -> None:
    cancellation = services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert due(after(invoice, 60)) == []
    for document in (invoice, cancellation):
        with pytest.raises(services.ReminderNotDueError):
            remind(document, 60)


def test_the_next_letter_waits_until_the_day_of_the_former_one_has_passed(
    invoice: Invoice, rates: None
) -> None:
    first = remind(invoice, 7)
    for day in (after(invoice, 7), first.pay_until):
        assert due(day) == []
        with pytest.raises(services.ReminderNotDueError):
            services.reminder_issue(invoice=invoice, today=day, by=None)
    assert due(first.pay_until + dt.timedelta(days=1)) == [(invoice, Level.FIRST)]


def test_after_the_last_letter_comes_none(invoice: Invoice, rates: None) -> None:
    assert [remind(invoice, days).level for days in (7, 40, 60)] == [0, 1, 2]
    assert due(after(invoice, 400)) == []
    with pytest.raises(services.ReminderNotDueError):
        remind(invoice, 400)


def test_interest_is_not_reckoned_with_a_rate_that_nobody_entered(
    invoice: Invoice, archive: Path
) -> None:
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    remind(invoice, 7)
    with pytest.raises(BaseRateMissingError) as refusal:
        remind(invoice, 40)
    assert refusal.value.day.month in {1, 7}
    assert Reminder.objects.count() == 1


def test_a_letter_that_cannot_be_made_leaves_nothing(
    invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_reminder: Reminder) -> bytes:
        raise RenderError("no logo")

    monkeypatch.setattr("invoices.services.dunning.render_reminder", fail)
    with pytest.raises(RenderError):
        remind(invoice, 7)
    assert not Reminder.objects.exists()
    assert not AuditEntry.objects.filter(action="reminder.issued").exists()


def test_what_was_paid_while_the_letter_was_made_is_not_asked_for(
    invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pay_meanwhile(reminder: Reminder) -> bytes:
        services.write_off(invoice=invoice, reason="bezahlt", by=None)
        return render_reminder(reminder)

    monkeypatch.setattr("invoices.services.dunning.render_reminder", pay_meanwhile)
    with pytest.raises(services.ReminderNotDueError):
        remind(invoice, 7)
    assert not Reminder.objects.exists()
    assert not list(Path(settings.ARCHIVE_DIR).glob("reminders/**/*.pdf"))


def test_two_at_once_write_one_letter(invoice: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_was_faster(reminder: Reminder) -> bytes:
        monkeypatch.setattr("invoices.services.dunning.render_reminder", render_reminder)
        remind(invoice, 7)
        return render_reminder(reminder)

    monkeypatch.setattr("invoices.services.dunning.render_reminder", other_was_faster)
    with pytest.raises(services.ReminderNotDueError):
        remind(invoice, 7)
    assert Reminder.objects.count() == 1


def test_a_letter_is_never_changed(invoice: Invoice) -> None:
    reminder = remind(invoice, 7)
    with pytest.raises(IssuedIsFinalError):
        reminder.save()
    with pytest.raises(IssuedIsFinalError):
        reminder.delete()
    for statement in ("UPDATE invoices_reminder SET level = 2", "DELETE FROM invoices_reminder"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_friendly_letter_costs_nothing(business_invoice: Invoice) -> None:
    reminder = remind(business_invoice, 50)  # in default for long
    assert (reminder.level, reminder.total_cents) == (Level.FRIENDLY, 1700)
    assert reminder.stretches == []


def test_a_consumer_pays_interest_and_the_cost_of_the_letter(invoice: Invoice, rates: None) -> None:
    remind(invoice, 7)
    first = remind(invoice, 40)
    # Told on the invoice: default from the 31st day on, 10 days; 17.00 x 6.27 % x 10 / 365 = 0.029.
    assert (first.fee_cents, first.flat_cents, first.interest_cents) == (250, 0, 3)
    assert first.total_cents == 1700 + 250 + 3
    (part,) = first.interest_parts
    assert (part.first, part.days, part.percent) == (after(invoice, 31), 10, Decimal("6.27"))
    last = remind(invoice, 60)
    # 30 days: 17.00 x 6.27 % x 30 / 365 = 0.0876.
    assert (last.former_cents, last.fee_cents, last.interest_cents) == (250, 500, 9)
    assert last.total_cents == 1700 + 250 + 500 + 9


def test_a_consumer_who_is_not_in_default_yet_pays_no_cost(invoice: Invoice) -> None:
    remind(invoice, 7)
    first = remind(invoice, 18)
    assert (first.level, first.total_cents) == (Level.FIRST, 1700)


def test_a_business_pays_the_flat_amount_once_and_higher_interest(
    business_invoice: Invoice, rates: None
) -> None:
    remind(business_invoice, 7)
    first = remind(business_invoice, 40)
    # 17.00 x 10.27 % x 10 / 365 = 0.0478.
    assert (first.fee_cents, first.flat_cents, first.interest_cents) == (0, 4000, 5)
    last = remind(business_invoice, 60)
    # 17.00 x 10.27 % x 30 / 365 = 0.1435.
    assert (last.former_cents, last.flat_cents, last.interest_cents) == (4000, 0, 14)
    assert last.total_cents == 1700 + 4000 + 14


def test_a_fee_holds_from_its_day_on(invoice: Invoice, rates: None) -> None:
    DunningFee.objects.create(level=1, valid_from=after(invoice, 41), cents=300)
    remind(invoice, 7)
    assert (
        services.reminder_issue(invoice=invoice, today=after(invoice, 41), by=None).fee_cents == 300
    )


def test_only_what_is_open_is_asked_for(invoice: Invoice) -> None:
    payment = services.payment_record(cents=700, received_on=invoice.due_on, text="bar", by=None)
    services.payment_allocate(payment=payment, parts=[(invoice, 700)], by=None)
    assert remind(invoice, 7).total_cents == 1000


def test_the_letter_is_archived_and_says_what_it_asks_for(
    invoice: Invoice, rates: None, office: User
) -> None:
    remind(invoice, 7)
    reminder = services.reminder_issue(invoice=invoice, today=after(invoice, 40), by=office)
    content = read_archived(reminder)
    assert len(content) == reminder.size
    stored = Reminder.objects.get(pk=reminder.pk)
    assert render_reminder(stored) == content
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    text = page.extract_text().replace("\N{NO-BREAK SPACE}", " ")
    for part in (invoice.number, "Ahornweg 3", "17,00 €", "0,03 €", "2,50 €", "19,53 €", "6,27 %"):
        assert part in text
    entry = AuditEntry.objects.get(action="reminder.issued", actor=office)
    assert entry.details == {"level": 1, "cents": 1953}


def test_half_a_file_of_a_dead_process_is_swept_away(invoice: Invoice, archive: Path) -> None:
    reminder = remind(invoice, 7)
    leftover = temporary_beside(archive / reminder.path)
    leftover.write_bytes(b"%PDF")
    assert services.leftovers_remove(now=timezone.now() + dt.timedelta(days=2)) == 1
    assert not leftover.exists()
    assert read_archived(reminder)


def test_a_file_without_its_record_is_replaced(invoice: Invoice, archive: Path) -> None:
    orphan = archive / f"reminders/{after(invoice, 7).year}/{invoice.number}-0.pdf"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"%PDF of a crash")
    assert read_archived(remind(invoice, 7)) == orphan.read_bytes() != b"%PDF of a crash"
