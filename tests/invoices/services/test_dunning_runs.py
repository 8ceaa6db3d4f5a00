"""All letters that are due at once: who is left out and why, and none is written or sent twice."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services, tasks
from invoices.models import (
    BaseRate,
    Delivery,
    Invoice,
    LeftOut,
    Level,
    Reminder,
    ReminderRun,
    ReminderRunItem,
)
from invoices.problems import Problem
from invoices.services.runs import LEASE
from invoices.verification import verify
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.mail_server import Mailbox

MakeInvoice = Callable[..., Invoice]
State = ReminderRunItem.State


@pytest.fixture
def make_invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> MakeInvoice:
    """Return a function that issues an invoice to a new customer."""
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    for year in range(2026, 2032):
        for month in (1, 7):
            BaseRate.objects.create(valid_from=dt.date(year, month, 1), percent=Decimal("1.27"))

    def make(**fields: object) -> Invoice:
        make_session(make_customer(**fields), seconds=900)
        return issue()

    return make


@pytest.fixture
def three(make_invoice: MakeInvoice) -> Iterator[list[Invoice]]:
    """Return invoices that are late enough for a first letter: one goes by mail, two on paper."""
    invoices = [make_invoice(email="anna@example.com"), make_invoice(), make_invoice()]
    with time_machine.travel(timezone.now() + dt.timedelta(days=14 + 8), tick=True):
        yield invoices


def start(by: User | None = None) -> ReminderRun:
    today = timezone.localdate()
    mark = services.reminder_plan(today).mark
    run = services.reminder_run_create(today=today, mark=mark, by=by)
    assert run is not None
    return run


def work(run: ReminderRun) -> list[str]:
    for item in run.items.all():
        services.reminder_run_item_process(item_id=item.pk)
    return list(run.items.values_list("state", flat=True))


def left_out() -> dict[int, LeftOut]:
    plan = services.reminder_plan(timezone.localdate())
    return {invoice.pk: reason for invoice, reason in plan.left_out}


def test_nothing_begins_that_nobody_has_seen(three: list[Invoice]) -> None:
    today = timezone.localdate()
    seen = services.reminder_plan(today).mark
    services.write_off(invoice=three[1], reason="Kulanz", by=None)
    assert services.reminder_run_create(today=today, mark=seen, by=None) is None
    assert services.reminder_run_create(today=today, mark="", by=None) is None
    assert not ReminderRun.objects.exists()


def test_where_nothing_is_due_nothing_begins(make_invoice: MakeInvoice) -> None:
    make_invoice()
    assert services.reminder_plan(timezone.localdate()) == services.Plan([], [])
    assert services.reminder_run_create(today=timezone.localdate(), mark="", by=None) is None


def test_each_overdue_invoice_is_due_or_left_out_with_its_reason(
    make_invoice: MakeInvoice, three: list[Invoice]
) -> None:
    today = timezone.localdate()
    by_mail, on_paper, homeless = three
    Customer.objects.filter(pk=homeless.customer_id).update(street="")
    assert left_out() == {homeless.pk: LeftOut.ADDRESS}
    counts = services.reminder_plan(today).counts
    assert counts == {(Level.FRIENDLY, "mail"): 1, (Level.FRIENDLY, "print"): 1}
    for invoice in (by_mail, on_paper):
        services.reminder_issue(invoice=invoice, today=today, by=None)
    assert left_out()[on_paper.pk] == LeftOut.RUNNING
    with time_machine.travel(timezone.now() + dt.timedelta(days=40), tick=True):
        # Written, but never posted: the next one would tell of a letter that nobody got.
        assert left_out()[on_paper.pk] == LeftOut.NOT_SENT
        letter = on_paper.reminders.get()
        services.reminder_queue(reminder=letter, address="", by=None)
        Delivery.objects.update(state=Delivery.State.SENT)
        assert on_paper.pk not in left_out()
        BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
        assert left_out()[on_paper.pk] == LeftOut.BASE_RATE


def test_an_invoice_is_left_out_while_it_is_hardly_late_and_after_its_last_letter(
    make_invoice: MakeInvoice,
) -> None:
    invoice = make_invoice()
    for days, reason in ((3, LeftOut.SOON), (80, LeftOut.LAST)):
        day = invoice.due_on + dt.timedelta(days=days)
        assert services.reminder_plan(day).left_out == [(invoice, reason)]
        for passed in (7, 40, 60):
            if reason == LeftOut.SOON:
                written = invoice.due_on + dt.timedelta(days=passed)
                services.reminder_issue(invoice=invoice, today=written, by=None)


def test_all_are_written_and_go_out_each_its_way(
    three: list[Invoice], office: User, mailbox: Mailbox
) -> None:
    run = start(office)
    assert work(run) == [State.DONE] * 3
    assert services.reminder_run_progress(run=run).finished == 3
    assert Reminder.objects.filter(created_by=office).count() == 3
    ways = Delivery.objects.order_by("invoice_id").values_list("channel", "address")
    assert list(ways) == [("mail", "anna@example.com"), ("print", ""), ("print", "")]
    assert AuditEntry.objects.get(action="reminder_run.started").details == {"letters": 3}
    assert list(verify()) == []


def test_twice_started_and_twice_worked_nothing_is_doubled(three: list[Invoice]) -> None:
    today = timezone.localdate()
    mark = services.reminder_plan(today).mark
    first = services.reminder_run_create(today=today, mark=mark, by=None)
    second = services.reminder_run_create(today=today, mark=mark, by=None)
    assert first is not None
    assert second is not None
    assert (first.items.count(), second.items.count()) == (3, 0)
    assert work(first) == [State.DONE] * 3
    work(first)
    assert services.reminder_plan(today).due == []
    assert (Reminder.objects.count(), Delivery.objects.count()) == (3, 3)


def test_what_was_paid_or_written_meanwhile_is_left_alone(three: list[Invoice]) -> None:
    run = start()
    services.write_off(invoice=three[0], reason="Kulanz", by=None)
    services.reminder_issue(invoice=three[1], today=timezone.localdate(), by=None)
    assert work(run) == [State.NOT_DUE, State.NOT_DUE, State.DONE]
    assert Delivery.objects.count() == 1


def test_one_that_cannot_be_written_is_named_and_the_others_go_on(
    three: list[Invoice], archive: Path
) -> None:
    run = start()
    Company.objects.update(logo="company/none.png")
    first = run.items.first()
    assert first is not None
    services.reminder_run_item_process(item_id=first.pk)
    Company.objects.update(logo="")
    assert work(run) == [State.FAILED, State.DONE, State.DONE]
    first.refresh_from_db()
    assert first.problem in {Problem.LETTER, Problem.STORAGE}
    progress = services.reminder_run_progress(run=run)
    assert (progress.total, progress.finished, progress.failed) == (3, 3, 1)
    again = start()
    assert [item.invoice for item in again.items.all()] == [three[0]]
    assert work(again) == [State.DONE]


def test_a_letter_whose_worker_died_before_sending_is_only_sent(three: list[Invoice]) -> None:
    run = start()
    item = run.items.first()
    assert item is not None
    letter = services.reminder_issue(invoice=item.invoice, today=timezone.localdate(), by=None)
    run.items.filter(pk=item.pk).update(
        state=State.WORKING, reminder=letter, leased_until=timezone.now() - LEASE
    )
    now = timezone.now() + 2 * LEASE
    assert item.pk in services.reminder_items_lost(now=now)
    services.reminder_run_item_process(item_id=item.pk)
    item.refresh_from_db()
    assert (item.state, item.reminder) == (State.DONE, letter)
    assert letter.deliveries.count() == 1


def test_a_run_that_the_broker_lost_is_found(three: list[Invoice]) -> None:
    run = start()
    keys = list(run.items.values_list("pk", flat=True))
    assert services.reminder_items_lost(now=timezone.now()) == []
    assert services.reminder_items_lost(now=timezone.now() + 2 * LEASE) == keys


def test_a_worker_sends_what_it_has_written(three: list[Invoice], mailbox: Mailbox) -> None:
    run = start()
    for key in run.items.values_list("pk", flat=True):
        tasks.remind(key)
    mails = Delivery.objects.filter(channel="mail")
    assert [mail.state for mail in mails] == ["queued"]
