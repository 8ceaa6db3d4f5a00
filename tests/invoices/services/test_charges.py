"""What letters charge is paid, waived, taken back and seen, and no cent of it counts twice."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import charges, services
from invoices.domain.matching import Confidence
from invoices.domain.owed import Order, Owed
from invoices.links import customer_link
from invoices.models import (
    Allocation,
    BaseRate,
    Delivery,
    Invoice,
    Level,
    Payment,
    Reminder,
    WriteOff,
)
from invoices.verification import verify
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.invoices.domain.test_camt import entry, statement

MakeCustomer = Callable[..., Customer]
# An invoice of 17.00 euros, after the letters of days 7 and 40; by hand in test_dunning.
OWED = Owed(1700, 3, 250)


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    for year in range(2026, 2032):
        for month in (1, 7):
            BaseRate.objects.create(valid_from=dt.date(year, month, 1), percent=Decimal("1.27"))
    make_session(make_customer(), seconds=900)
    invoice = issue()
    for days in (7, 40):
        remind(invoice, days)
    return invoice


def remind(invoice: Invoice, days: int) -> Reminder:
    day = invoice.due_on + dt.timedelta(days=days)
    return services.reminder_issue(invoice=invoice, today=day, by=None)


def pay(cents: int, invoice: Invoice, order: Order | None = None) -> Payment:
    payment = services.payment_record(cents=cents, received_on=invoice.due_on, text="", by=None)
    most = min(cents, services.owed_of(invoice).total_cents)
    services.payment_allocate(payment=payment, parts=[(invoice, most)], by=None, order=order)
    return payment


def test_no_more_is_settled_than_invoice_and_letters_ask_for(invoice: Invoice) -> None:
    payment = services.payment_record(cents=5000, received_on=invoice.due_on, text="", by=None)
    with pytest.raises(services.AmountError) as refusal:
        services.payment_allocate(payment=payment, parts=[(invoice, 1954)], by=None)
    assert refusal.value.most_cents == OWED.total_cents == 1953
    assert not Allocation.objects.exists()


def test_what_a_letter_asks_for_is_paid_in_one_and_nothing_stands_over(invoice: Invoice) -> None:
    assert services.owed_of(invoice) == OWED
    assert invoice.reminders.latest("level").total_cents == 1953
    content = statement(entry(text=f"{invoice.number}", amount="19.53"))
    services.statement_import(content=content, by=None)
    ((payment, suggested),) = services.suggestions().items()
    assert [(part.cents, part.confidence) for part in suggested] == [(1953, Confidence.SURE)]
    services.suggestion_accept(payment=payment, suggested=suggested, by=None)
    assert services.owed_of(invoice) == Owed(0)
    assert not Payment.objects.unallocated().exists()
    assert not Invoice.objects.owing().exists()
    settled = Allocation.objects.values_list("part", "cents")
    assert list(settled) == [("costs", 250), ("interest", 3), ("invoice", 1700)]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("cents", "order", "left"),
    [
        (1000, None, Owed(953)),
        (1000, Order.INVOICE_FIRST, Owed(700, 3, 250)),
        (1700, None, Owed(0, 3, 250)),
        (252, None, Owed(1700, 1, 0)),
    ],
)
def test_what_is_not_enough_settles_costs_first_unless_somebody_says_otherwise(
    invoice: Invoice, cents: int, order: Order | None, left: Owed
) -> None:
    pay(cents, invoice, order)
    assert services.owed_of(invoice) == left
    assert list(Invoice.objects.owing()) == [invoice]


def test_what_comes_in_beyond_all_of_it_stays_with_the_payment(invoice: Invoice) -> None:
    pay(2000, invoice)
    (left,) = Payment.objects.unallocated()
    assert left.rest_cents == 47


def test_charges_alone_bring_no_letter(invoice: Invoice) -> None:
    pay(1700, invoice)
    assert services.reminder_due(invoice.due_on + dt.timedelta(days=90)) == []
    with pytest.raises(services.ReminderNotDueError):
        remind(invoice, 90)


def test_the_next_letter_asks_only_for_what_is_open(invoice: Invoice) -> None:
    pay(1000, invoice)
    letter = remind(invoice, 60)
    # 9.53 euros open; interest of 31 days on them is 5 cents, 3 of which were paid.
    assert (letter.level, letter.open_cents) == (Level.SECOND, 953)
    assert (letter.former_cents, letter.fee_cents, letter.settled_cents) == (250, 500, 253)
    assert letter.total_cents == 953 + 500 + letter.interest_cents - 3
    assert services.owed_of(invoice) == Owed(953, letter.interest_cents - 3, 500)


def test_interest_that_was_paid_stays_interest_where_less_is_reckoned_now(
    invoice: Invoice,
) -> None:
    pay(1943, invoice)
    letter = remind(invoice, 60)
    assert (letter.open_cents, letter.interest_cents) == (10, 3)
    assert letter.total_cents == 510
    assert services.owed_of(invoice) == Owed(10, 0, 500)


def test_charges_are_waived_without_the_invoice(invoice: Invoice, office: User) -> None:
    assert services.charges_waive(invoice=invoice, reason="Kulanz", by=office) == 253
    assert services.owed_of(invoice) == Owed(1700)
    with pytest.raises(services.AmountError):
        services.charges_waive(invoice=invoice, reason="noch einmal", by=office)
    entry_made = AuditEntry.objects.get(action="charges.waived")
    assert (entry_made.actor, entry_made.details) == (office, {"cents": 253})
    days = (invoice.issued_on, invoice.due_on + dt.timedelta(days=100))
    booked = [(charge.interest_cents, charge.costs_cents) for charge in charges.of_days(*days)]
    assert sorted(booked) == [(-3, 0), (0, -250), (3, 250)]


@pytest.mark.parametrize("address", ["", "anna@example.com"])
def test_a_letter_that_is_no_longer_needed_and_never_went_out_charges_nothing(
    invoice: Invoice, address: str
) -> None:
    letter = invoice.reminders.latest("level")
    delivery = services.reminder_queue(reminder=letter, address=address, by=None)
    pay(1700, invoice)
    if address:
        services.delivery_process(delivery_id=delivery.pk)
    else:
        services.print_batch_create(by=None)
    delivery.refresh_from_db()
    assert delivery.state == "dropped"
    assert services.owed_of(invoice) == Owed(0)
    assert not Invoice.objects.owing().exists()


def test_a_letter_that_went_out_before_keeps_its_charges(invoice: Invoice) -> None:
    letter = invoice.reminders.latest("level")
    first = services.reminder_queue(reminder=letter, address="", by=None)
    Delivery.objects.filter(pk=first.pk).update(state="sent")
    services.reminder_queue(reminder=letter, address="", by=None)
    pay(1700, invoice)
    services.print_batch_create(by=None)
    assert services.owed_of(invoice) == Owed(0, 3, 250)


def test_an_invoice_is_written_off_with_its_charges(invoice: Invoice) -> None:
    pay(1000, invoice)
    assert services.write_off(invoice=invoice, reason="verzogen", by=None) == 953
    assert services.owed_of(invoice) == Owed(0)


def test_a_payment_taken_back_is_whole_again(invoice: Invoice) -> None:
    payment = pay(1953, invoice)
    assert services.allocations_undo(payment=payment, invoice=invoice, by=None) == 1953
    assert services.owed_of(invoice) == OWED
    (left,) = Payment.objects.unallocated()
    assert left.rest_cents == 1953


def test_a_cancelled_invoice_owes_no_charges_and_gives_their_money_free(
    invoice: Invoice, office: User
) -> None:
    pay(252, invoice)
    services.charges_waive(invoice=invoice, reason="Kulanz", by=office)
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert services.owed_of(invoice) == Owed(0)
    (left,) = Payment.objects.unallocated()
    assert left.rest_cents == 252
    assert sum(row.cents for row in WriteOff.objects.all()) == 0
    days = (invoice.issued_on, invoice.due_on + dt.timedelta(days=100))
    assert sum(charge.cents for charge in charges.of_days(*days)) == 0


def test_pages_and_lists_say_what_is_open_of_the_charges(
    invoice: Invoice, office: User, login: Callable[[User], Client]
) -> None:
    pay(1700, invoice)
    desk = login(office)
    for address in (
        reverse("invoices:open_items"),
        reverse("invoices:detail", args=[invoice.number]),
        reverse("customers:detail", args=[invoice.customer_id]),
        customer_link(invoice),
    ):
        assert "2,53" in desk.get(address).content.decode(), address
    rows = desk.get(reverse("invoices:open_items"), {"format": "csv"}).content.decode()
    assert "0,00;0,03;2,50" in rows


def test_the_office_lets_the_invoice_come_first(
    invoice: Invoice, office: User, login: Callable[[User], Client]
) -> None:
    services.payment_record(cents=1800, received_on=invoice.due_on, text="x", by=None)
    payment = Payment.objects.get()
    values = {"action": "match", "invoice": invoice.number, "order": "invoice"}
    login(office).post(reverse("invoices:match", args=[payment.pk]), values)
    assert services.owed_of(invoice) == Owed(0, 3, 150)


def test_the_office_waives_charges_on_the_page_of_the_invoice(
    invoice: Invoice, office: User, login: Callable[[User], Client]
) -> None:
    desk = login(office)
    address = reverse("invoices:write_off", args=[invoice.number])
    desk.post(address, {"reason": "Kulanz", "charges": "1"})
    assert services.owed_of(invoice) == Owed(1700)
