"""Payments settle invoices to the cent, are known again, and are undone by their opposite."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import models

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.domain.camt import StatementError
from invoices.domain.matching import Confidence
from invoices.models import Allocation, Invoice, Payment, WriteOff
from invoices.querysets import IssuedIsFinalError
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.invoices.domain.test_camt import ACCOUNT, entry, statement

MakeCustomer = Callable[..., Customer]
TODAY = dt.date(2026, 11, 20)


@pytest.fixture
def make_invoice(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> Callable[..., Invoice]:
    def make(seconds: int = 900, customer: Customer | None = None) -> Invoice:
        make_session(customer or make_customer(), seconds=seconds)
        return issue()

    return make


@pytest.fixture
def invoice(make_invoice: Callable[..., Invoice]) -> Invoice:
    return make_invoice()


def pay(cents: int, text: str = "") -> Payment:
    return services.payment_record(cents=cents, received_on=TODAY, text=text, by=None)


def allocate(payment: Payment, *parts: tuple[Invoice, int]) -> None:
    services.payment_allocate(payment=payment, parts=parts, by=None)


@pytest.mark.parametrize("cents", [0, -1, 1701])
def test_no_more_can_be_paid_than_is_open(invoice: Invoice, cents: int) -> None:
    with pytest.raises(services.AmountError) as refusal:
        allocate(pay(5000), (invoice, cents))
    assert refusal.value.most_cents == 1700
    assert not Allocation.objects.exists()


def test_no_payment_gives_more_than_it_has(make_invoice: Callable[..., Invoice]) -> None:
    first, second = make_invoice(), make_invoice()
    payment = pay(2000)
    with pytest.raises(services.AmountError) as refusal:
        allocate(payment, (first, 1700), (second, 1700))
    assert refusal.value.most_cents == 300
    assert not Allocation.objects.exists()


def test_a_file_cut_in_half_leaves_nothing_behind(invoice: Invoice) -> None:
    content = statement(entry(), entry(reference="BANK-2"))
    with pytest.raises(StatementError):
        services.statement_import(content=content[:-200], by=None)
    assert not Payment.objects.exists()


def test_a_statement_of_another_account_is_refused_unless_somebody_says_it_is_ours(
    invoice: Invoice,
) -> None:
    content = statement(entry()).replace(ACCOUNT.encode(), b"DE89370400440532013000")
    with pytest.raises(StatementError) as refusal:
        services.statement_import(content=content, by=None)
    assert refusal.value.reason == StatementError.OTHER_ACCOUNT
    assert "DE89370400440532013000" in refusal.value.detail
    assert not Payment.objects.exists()
    done = services.statement_import(content=content, by=None, is_any_account=True)
    assert (done.new, done.left_out) == (1, ())


def test_a_shop_without_account_of_its_own_takes_any(invoice: Invoice) -> None:
    Company.objects.update(iban="")
    assert services.statement_import(content=statement(entry()), by=None).new == 1


def test_an_account_written_with_spaces_is_the_same(invoice: Invoice) -> None:
    Company.objects.update(iban="DE02 1203 0000 0000 2020 51")
    assert services.statement_import(content=statement(entry()), by=None).new == 1


def test_ten_thousand_bookings_are_taken_in_once(invoice: Invoice) -> None:
    entries = [entry(reference=f"B{number}", text="Dauerauftrag") for number in range(9_999)]
    content = statement(*entries, entry(reference="LAST", text=invoice.number))
    assert services.statement_import(content=content, by=None) == services.Imported(10_000, 0)
    assert services.statement_import(content=content, by=None) == services.Imported(0, 10_000)
    assert Payment.objects.count() == 10_000
    sure = [
        parts
        for parts in services.suggestions().values()
        if parts and parts[0].confidence == Confidence.SURE
    ]
    assert [part.invoice_id for parts in sure for part in parts] == [invoice.pk]


@pytest.mark.parametrize("model", [Allocation, WriteOff])
def test_what_was_settled_is_never_changed(invoice: Invoice, model: type[models.Model]) -> None:
    allocate(pay(700), (invoice, 700))
    services.write_off(invoice=invoice, reason="Kulanz", by=None)
    row = model._default_manager.get()
    with pytest.raises(IssuedIsFinalError):
        row.save()
    with pytest.raises(IssuedIsFinalError):
        row.delete()


def test_part_payments_add_up(invoice: Invoice) -> None:
    allocate(pay(1000), (invoice, 1000))
    assert services.open_cents(invoice) == 700
    assert list(Invoice.objects.unpaid()) == [invoice]
    allocate(pay(700), (invoice, 700))
    assert services.open_cents(invoice) == 0
    assert not Invoice.objects.unpaid().exists()


def test_too_much_stays_with_the_payment(invoice: Invoice) -> None:
    payment = pay(2000)
    allocate(payment, (invoice, 1700))
    (left,) = Payment.objects.unallocated()
    assert left.rest_cents == 300


def test_an_invoice_is_overdue_after_its_due_date(invoice: Invoice) -> None:
    assert not Invoice.objects.overdue(invoice.due_on).exists()
    assert list(Invoice.objects.overdue(invoice.due_on + dt.timedelta(days=1))) == [invoice]


def test_a_wrong_allocation_is_followed_by_its_opposite(invoice: Invoice) -> None:
    payment = pay(1700)
    allocate(payment, (invoice, 1700))
    assert services.allocations_undo(payment=payment, invoice=invoice, by=None) == 1700
    assert services.allocations_undo(payment=payment, invoice=invoice, by=None) == 0
    assert services.open_cents(invoice) == 1700
    assert [row.cents for row in Allocation.objects.all()] == [1700, -1700]


def test_a_bank_file_is_taken_in_once(invoice: Invoice) -> None:
    content = statement(entry(text=f"RE {invoice.number}"), entry(reference="BANK-2", text="?"))
    assert services.statement_import(content=content, by=None) == services.Imported(2, 0)
    longer = statement(entry(), entry(reference="BANK-2", text="?"), entry(reference="BANK-3"))
    assert services.statement_import(content=longer, by=None) == services.Imported(1, 2)
    assert Payment.objects.count() == 3


def test_a_bank_payment_is_suggested_for_its_invoice(
    make_invoice: Callable[..., Invoice],
) -> None:
    make_invoice()
    invoice = make_invoice()
    services.statement_import(content=statement(entry(text=invoice.number)), by=None)
    ((payment, (found,)),) = services.suggestions().items()
    assert (found.invoice_id, found.cents, found.confidence) == (invoice.pk, 1700, Confidence.SURE)
    allocate(payment, (invoice, found.cents))
    assert services.suggestions() == {}


def test_an_account_that_paid_before_is_known(make_invoice: Callable[..., Invoice]) -> None:
    first = make_invoice()
    services.statement_import(content=statement(entry(text="?")), by=None)
    allocate(Payment.objects.get(), (first, 1700))
    second = make_invoice(customer=first.customer)
    make_invoice()
    services.statement_import(content=statement(entry(reference="BANK-2", text="?")), by=None)
    ((_payment, (found,)),) = services.suggestions().items()
    assert (found.invoice_id, found.confidence) == (second.pk, Confidence.LIKELY)


def test_money_that_is_not_for_invoices_is_set_aside_and_taken_up_again() -> None:
    payment = pay(1700)
    services.payment_set_aside(payment=payment, is_set_aside=True, by=None)
    assert not Payment.objects.unallocated().exists()
    services.payment_set_aside(payment=payment, is_set_aside=False, by=None)
    assert Payment.objects.unallocated().exists()


def test_what_is_written_off_is_no_longer_open(invoice: Invoice, office: User) -> None:
    allocate(pay(1000), (invoice, 1000))
    assert services.write_off(invoice=invoice, reason="verzogen", by=office) == 700
    assert services.open_cents(invoice) == 0
    with pytest.raises(services.AmountError):
        services.write_off(invoice=invoice, reason="noch einmal", by=office)
    assert AuditEntry.objects.get(action="invoice.written_off").actor == office


def test_cancelling_gives_the_money_free(invoice: Invoice, office: User) -> None:
    payment = pay(1000)
    allocate(payment, (invoice, 1000))
    services.write_off(invoice=invoice, reason="", by=office)
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert services.open_cents(invoice) == 0
    (left,) = Payment.objects.unallocated()
    assert left.rest_cents == 1000
    again = issue()
    allocate(payment, (again, 1000))
    assert services.open_cents(again) == 700
