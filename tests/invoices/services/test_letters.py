"""Dunning letters on their way: to a real mail server, to the printer, never twice."""

import datetime as dt
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.archive import read_archived
from invoices.mailing import Handover
from invoices.models import Delivery, Invoice, PrintBatch, Reminder
from invoices.problems import Problem
from invoices.services import delivering, printing
from tests.invoices import workers
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.invoices.services.test_runs import archive_disk_full
from tests.mail_server import Mailbox

MakeCustomer = Callable[..., Customer]
State, Channel = Delivery.State, Delivery.Channel


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    make_session(make_customer(email="anna@example.com"), seconds=900)
    return issue()


@pytest.fixture
def reminder(invoice: Invoice) -> Reminder:
    return remind(invoice)


def remind(invoice: Invoice) -> Reminder:
    day = invoice.due_on + dt.timedelta(days=7)
    return services.reminder_issue(invoice=invoice, today=day, by=None)


def queue(reminder: Reminder, address: str = "anna@example.com") -> Delivery:
    return services.reminder_queue(reminder=reminder, address=address, by=None)


def process(delivery: Delivery) -> Delivery:
    done = services.delivery_process(delivery_id=delivery.pk)
    assert done is not None
    return done


def settle(invoice: Invoice) -> None:
    services.write_off(invoice=invoice, reason="bezahlt", by=None)


def test_a_wrong_address_is_refused_for_good(reminder: Reminder, mailbox: Mailbox) -> None:
    mailbox.refusals = ["550 no such mailbox"]
    done = process(queue(reminder))
    assert (done.state, done.detail) == (State.FAILED, "550 no such mailbox")
    assert mailbox.messages == []
    assert process(queue(reminder, "new@example.com")).state == State.SENT


def test_a_busy_mail_server_is_asked_again(reminder: Reminder, mailbox: Mailbox) -> None:
    mailbox.refusals = ["450 busy"]
    delivery = process(queue(reminder))
    assert delivery.state == State.QUEUED
    assert delivery.next_attempt_at is not None
    with time_machine.travel(delivery.next_attempt_at, tick=True):
        assert process(delivery).state == State.SENT
    assert len(mailbox.messages) == 1


def test_a_line_that_breaks_after_the_content_leaves_it_unclear(
    reminder: Reminder, mailbox: Mailbox
) -> None:
    mailbox.hangs_up = True
    delivery = process(queue(reminder))
    assert delivery.state == State.UNCLEAR
    mailbox.hangs_up = False
    assert services.deliveries_lost(now=timezone.now() + dt.timedelta(days=1)) == []
    with pytest.raises(services.NotDeliverableError):
        queue(reminder)
    assert len(mailbox.messages) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("place", "state"), [("greet", State.QUEUED), ("hand_over", State.UNCLEAR)]
)
def test_a_worker_that_is_killed_sends_it_again_only_before_the_content(
    reminder: Reminder,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    state: str,
) -> None:
    delivery = queue(reminder)

    def die(_handover: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        monkeypatch.setattr(Handover, place, die)
        services.delivery_process(delivery_id=delivery.pk)

    assert workers.wait_for(workers.start(work)) == -signal.SIGKILL
    later = timezone.now() + delivering.LEASE + dt.timedelta(seconds=1)
    services.deliveries_lost(now=later)
    delivery.refresh_from_db()
    assert delivery.state == state
    assert mailbox.messages == []


def test_a_damaged_letter_is_never_sent(
    reminder: Reminder, mailbox: Mailbox, archive: Path
) -> None:
    (archive / reminder.path).unlink()
    assert process(queue(reminder)).state == State.FAILED
    assert mailbox.messages == []


def test_nobody_is_written_to_who_has_paid_meanwhile(reminder: Reminder, mailbox: Mailbox) -> None:
    delivery = queue(reminder)
    settle(reminder.invoice)
    assert process(delivery).state == State.DROPPED
    assert mailbox.messages == []
    with pytest.raises(services.NotDeliverableError):
        queue(reminder)


def test_a_mail_has_the_letter_and_says_what_it_asks_for(
    reminder: Reminder, mailbox: Mailbox
) -> None:
    delivery = process(queue(reminder))
    assert delivery.state == State.SENT
    (message,) = mailbox.messages
    assert mailbox.recipients == ["anna@example.com"]
    assert reminder.invoice.number in message["Subject"]
    assert message["Message-ID"] == delivery.message_id
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == reminder.file_name
    assert attachment.get_content() == read_archived(reminder)
    body = message.get_body()
    assert body is not None
    text = body.get_content().replace("\N{NO-BREAK SPACE}", " ")
    for part in ("17,00 €", reminder.texts["payment"], "DIBUC"):
        assert part in text
    assert AuditEntry.objects.filter(action="reminder.queued").count() == 1


def test_a_letter_does_not_stand_in_the_way_of_its_invoice(
    reminder: Reminder, mailbox: Mailbox
) -> None:
    process(queue(reminder))
    assert reminder.invoice in Invoice.objects.undelivered()
    assert services.deliveries_queue(invoices=[reminder.invoice], by=None).mails == 1


def letters(make_customer: MakeCustomer, make_session: MakeSession) -> list[Reminder]:
    """Write letters to two customers without mail."""
    for postcode in ("80331", "10115"):
        make_session(make_customer(postcode=postcode), seconds=900)
    issue()
    return [remind(each) for each in Invoice.objects.order_by("pk")]


def test_letters_and_invoices_for_one_customer_lie_together(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    munich, berlin = letters(make_customer, make_session)
    services.deliveries_queue(invoices=[munich.invoice, berlin.invoice], by=None)
    for letter in (munich, berlin):
        queue(letter, "")
    batch = services.print_batch_create(by=None)
    assert batch is not None
    done = services.print_batch_process(batch_id=batch.pk)
    assert done is not None
    assert (done.state, done.sheets) == (PrintBatch.State.DONE, 4)
    pages = pypdf.PdfReader(Path(django_settings.EXPORT_DIR, done.path)).pages
    texts = [page.extract_text() for page in pages]
    order = [(berlin, False), (berlin, True), (munich, False), (munich, True)]
    for text, (letter, is_letter) in zip(texts, order, strict=True):
        assert letter.invoice.number in text
        assert (letter.texts["title"] in " ".join(text.split())) == is_letter


def test_a_letter_about_what_was_paid_is_not_printed(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    paid, late = letters(make_customer, make_session)
    deliveries = [queue(paid, ""), queue(late, "")]
    settle(paid.invoice)
    batch = services.print_batch_create(by=None)
    assert batch is not None
    assert list(batch.deliveries.all()) == deliveries[1:]
    deliveries[0].refresh_from_db()
    assert deliveries[0].state == State.DROPPED


def test_a_batch_on_a_full_disk_is_told_and_made_when_there_is_room(
    warm: None, company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    for letter in letters(make_customer, make_session):
        queue(letter, "")
    batch = services.print_batch_create(by=None)
    assert batch is not None
    with archive_disk_full():
        failed = services.print_batch_process(batch_id=batch.pk)
    assert failed is not None
    assert (failed.state, failed.problem) == (PrintBatch.State.FAILED, Problem.NO_ROOM)
    assert not any(path.is_file() for path in Path(django_settings.EXPORT_DIR).rglob("*"))
    assert services.print_batch_process(batch_id=batch.pk) is None  # a person says when
    services.print_batch_retry(batch=failed, by=None)
    done = services.print_batch_process(batch_id=batch.pk)
    assert done is not None
    assert (done.state, done.sheets, done.problem) == (PrintBatch.State.DONE, 2, "")
    assert services.print_batch_sent(batch=done, by=None) == 2
    with pytest.raises(services.NotRetriableError):
        services.print_batch_retry(batch=done, by=None)


def test_a_damaged_letter_fails_alone(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, archive: Path
) -> None:
    damaged, whole = letters(make_customer, make_session)
    (archive / damaged.path).unlink()
    deliveries = [queue(damaged, ""), queue(whole, "")]
    batch = services.print_batch_create(by=None)
    assert batch is not None
    done = services.print_batch_process(batch_id=batch.pk)
    assert done is not None
    assert (done.state, done.sheets) == (PrintBatch.State.DONE, 1)
    for delivery in deliveries:
        delivery.refresh_from_db()
    assert [each.state for each in deliveries] == [State.FAILED, State.QUEUED]
    assert damaged.path in deliveries[0].detail


def test_a_file_that_is_no_pdf_is_not_tried_for_ever(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for letter in letters(make_customer, make_session):
        queue(letter, "")
    batch = services.print_batch_create(by=None)
    assert batch is not None
    monkeypatch.setattr(printing, "read_archived", lambda _archived: b"no PDF at all")
    failed = services.print_batch_process(batch_id=batch.pk)
    assert failed is not None
    assert (failed.state, failed.problem) == (PrintBatch.State.FAILED, Problem.UNEXPECTED)
    later = timezone.now() + dt.timedelta(days=1)
    assert services.print_batches_lost(now=later) == []
