"""Mails to a real mail server: taken once, tried again, refused, unclear, never twice."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.archive import read_archived
from invoices.models import Delivery, Invoice
from invoices.services import delivering
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.mail_server import Mailbox

MakeCustomer = Callable[..., Customer]
State, Channel = Delivery.State, Delivery.Channel


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    make_session(make_customer(email="anna@example.com"), seconds=900)
    return issue()


def queue(invoice: Invoice) -> Delivery:
    services.deliveries_queue(invoices=[invoice], by=None)
    return Delivery.objects.get()


def process(delivery: Delivery) -> Delivery:
    done = services.delivery_process(delivery_id=delivery.pk)
    assert done is not None
    return done


def test_a_wrong_address_is_refused_for_good_and_says_so(
    invoice: Invoice, mailbox: Mailbox
) -> None:
    mailbox.refusals = ["550 no such mailbox"]
    done = process(queue(invoice))
    assert (done.state, done.detail) == (State.FAILED, "550 no such mailbox")
    assert mailbox.messages == []


def test_a_mail_server_that_is_busy_is_asked_again_later_and_later(
    invoice: Invoice, mailbox: Mailbox
) -> None:
    mailbox.refusals = ["450 busy", "450 busy"]
    delivery = process(queue(invoice))
    waits = []
    for _attempt in range(2):
        assert delivery.state == State.QUEUED
        assert services.delivery_process(delivery_id=delivery.pk) is None  # not yet
        assert delivery.next_attempt_at is not None
        waits.append(delivery.next_attempt_at - timezone.now())
        with time_machine.travel(delivery.next_attempt_at, tick=True):
            delivery = process(delivery)
    assert waits[0] < waits[1]
    assert (delivery.state, delivery.attempts) == (State.SENT, 3)
    assert len(mailbox.messages) == 1


def test_a_mail_server_that_is_away_for_good_is_given_up(
    invoice: Invoice, mailbox: Mailbox, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    delivery = queue(invoice)
    for _attempt in range(len(delivering.BACK_OFF) + 1):
        with time_machine.travel(delivery.next_attempt_at or timezone.now(), tick=True):
            delivery = process(delivery)
    assert delivery.state == State.FAILED
    assert "refused" in delivery.detail.lower()


def test_content_that_is_refused_for_now_is_sent_again(invoice: Invoice, mailbox: Mailbox) -> None:
    mailbox.content_answers = ["451 greylisted"]
    delivery = process(queue(invoice))
    assert (delivery.state, delivery.handed_over_at) == (State.QUEUED, None)


def test_a_line_that_breaks_after_the_content_leaves_it_unclear_and_is_never_sent_twice(
    invoice: Invoice, mailbox: Mailbox
) -> None:
    mailbox.hangs_up = True
    delivery = process(queue(invoice))
    assert delivery.state == State.UNCLEAR
    mailbox.hangs_up = False
    later = timezone.now() + dt.timedelta(days=1)
    assert services.deliveries_lost(now=later) == []
    assert services.delivery_process(delivery_id=delivery.pk) is None
    assert services.deliveries_queue(invoices=[invoice], by=None).mails == 0
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize(("handed_over", "state"), [(False, State.QUEUED), (True, State.UNCLEAR)])
def test_a_worker_that_was_killed_leaves_it_to_be_tried_again_only_before_the_content(
    invoice: Invoice, mailbox: Mailbox, *, handed_over: bool, state: str
) -> None:
    delivery = queue(invoice)
    now = timezone.now()
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.SENDING,
        attempts=1,
        leased_until=now - dt.timedelta(seconds=1),
        handed_over_at=now if handed_over else None,
    )
    services.deliveries_lost(now=now)
    delivery.refresh_from_db()
    assert delivery.state == state


def test_a_damaged_file_is_never_sent(invoice: Invoice, mailbox: Mailbox, archive: Any) -> None:
    file = archive / invoice.archived_file.path
    file.chmod(0o640)
    file.write_bytes(b"%PDF-")
    assert process(queue(invoice)).state == State.FAILED
    assert mailbox.messages == []


def test_a_mail_has_the_one_file_and_a_link_that_opens_the_page(
    invoice: Invoice, mailbox: Mailbox, client: Client
) -> None:
    delivery = process(queue(invoice))
    assert delivery.state == State.SENT
    (message,) = mailbox.messages
    assert mailbox.recipients == ["anna@example.com"]
    assert message["Message-ID"] == delivery.message_id
    assert message["From"] == "DIBUC <rechnung@example.com>"
    assert message["Reply-To"] == "info@example.com"
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == invoice.file_name
    assert attachment.get_content() == read_archived(invoice.archived_file)
    body = message.get_body()
    assert body is not None
    text = body.get_content()
    assert invoice.number in text
    # Not compared with one made here, which would hold another second.
    (path,) = re.findall(rf"{re.escape(settings.PUBLIC_URL)}(/ihre-rechnung/\S+)", text)
    page = client.get(path)
    assert invoice.number in page.content.decode()
    pdf = client.get(f"{path}rechnung.pdf")
    assert pdf.content == read_archived(invoice.archived_file)
    assert pdf["Referrer-Policy"] == "no-referrer"


def test_whoever_has_no_mail_gets_a_letter(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    queued = services.deliveries_queue(invoices=[issue()], by=None)
    assert (queued.mails, queued.letters) == (0, 1)
    assert Delivery.objects.get().channel == Channel.PRINT


def test_what_is_on_its_way_is_not_queued_again(invoice: Invoice) -> None:
    queue(invoice)
    assert not Invoice.objects.undelivered().exists()
    assert services.deliveries_queue(invoices=[invoice], by=None).mails == 0
    with pytest.raises(services.NotDeliverableError):
        services.delivery_queue(invoice=invoice, address="other@example.com", by=None)


def test_a_mail_that_came_back_goes_to_another_address(
    invoice: Invoice, mailbox: Mailbox, office: User
) -> None:
    delivery = process(queue(invoice))
    services.delivery_settle(delivery=delivery, state=State.BOUNCED, by=office)
    again = services.delivery_queue(invoice=invoice, address="new@example.com", by=office)
    assert process(again).state == State.SENT
    assert mailbox.recipients == ["anna@example.com", "new@example.com"]
    assert AuditEntry.objects.filter(action="delivery.bounced", actor=office).exists()


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.QUEUED])
def test_what_is_settled_cannot_be_settled_otherwise(
    invoice: Invoice, mailbox: Mailbox, office: User, state: str
) -> None:
    delivery = process(queue(invoice))
    with pytest.raises(services.NotDeliverableError):
        services.delivery_settle(delivery=delivery, state=state, by=office)


def test_a_mail_that_waits_cannot_be_called_sent(invoice: Invoice, office: User) -> None:
    with pytest.raises(services.NotDeliverableError):
        services.delivery_settle(delivery=queue(invoice), state=State.SENT, by=office)
