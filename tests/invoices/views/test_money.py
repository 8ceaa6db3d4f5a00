"""The office's pages about money: an invoice, its delivery, payments, open items."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.models import Delivery, Invoice, Payment, PrintBatch
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.invoices.domain.test_camt import entry, statement
from tests.mail_server import Mailbox

MakeCustomer = Callable[..., Customer]
Login = Callable[[User], Client]
ADDRESSES = (
    ("GET", "/rechnungen/2026-00001/"),
    ("POST", "/rechnungen/2026-00001/stornieren/"),
    ("POST", "/rechnungen/2026-00001/senden/"),
    ("POST", "/rechnungen/2026-00001/ausbuchen/"),
    ("POST", "/rechnungen/2026-00001/zustellung/6f1d3c1e-5a0b-4a55-9e0e-6d6f64656d6f/"),
    ("POST", "/rechnungen/2026-00001/zahlung/1/"),
    ("POST", "/monat/2026-10/versand/"),
    ("POST", "/briefe/"),
    ("GET", "/briefe/1.pdf"),
    ("POST", "/briefe/1/verschickt/"),
    ("GET", "/offene-posten/"),
    ("GET", "/zahlungen/"),
    ("POST", "/zahlungen/kontoauszug/"),
    ("POST", "/zahlungen/neu/"),
    ("POST", "/zahlungen/sichere/"),
    ("POST", "/zahlungen/1/"),
)


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    make_session(make_customer(email="anna@example.com"), seconds=900)
    return issue()


@pytest.fixture
def desk(login: Login, office: User) -> Client:
    return login(office)


def page(response: Any) -> str:
    text: str = response.content.decode()
    return text


def of(name: str, *arguments: object) -> str:
    return reverse(f"invoices:{name}", args=arguments)


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_technicians_and_strangers_have_no_business_here(
    login: Login, technician: User, invoice: Invoice, method: str, address: str
) -> None:
    assert Client().generic(method, address).status_code == 302
    assert login(technician).generic(method, address).status_code == 403
    assert Invoice.objects.count() == 1


def test_an_invoice_that_is_not_there_is_not_found(desk: Client, db: None) -> None:
    assert desk.get(of("detail", "2026-99999")).status_code == 404


def test_the_page_tells_what_became_of_the_invoice(desk: Client, invoice: Invoice) -> None:
    payment = services.payment_record(
        cents=1000, received_on=dt.date(2026, 11, 20), text="bar", by=None
    )
    services.payment_allocate(payment=payment, parts=[(invoice, 1000)], by=None)
    text = page(desk.get(of("detail", invoice.number)))
    for part in (invoice.number, "17,00", "7,00", "10,00", "anna@example.com"):
        assert part in text


def test_cancelling_needs_a_second_click_and_writes_anew(desk: Client, invoice: Invoice) -> None:
    assert desk.get(of("cancel", invoice.number)).status_code == 405
    answer = desk.post(of("cancel", invoice.number), {"reason": "Tippfehler", "again": "1"})
    assert answer["Location"] == of("month", OCTOBER)
    again = Invoice.objects.latest("pk")
    assert (again.kind, again.gross_cents) == (Invoice.Kind.INVOICE, 1700)
    text = page(desk.get(of("detail", invoice.number)))
    assert "ST" in text
    assert of("cancel", invoice.number) not in text


def test_cancelling_twice_is_told(desk: Client, invoice: Invoice) -> None:
    desk.post(of("cancel", invoice.number), {"reason": ""})
    desk.post(of("cancel", invoice.number), {"reason": ""})
    assert Invoice.objects.filter(kind=Invoice.Kind.CANCELLATION).count() == 1


def test_a_reason_that_is_too_long_is_refused_and_kept(desk: Client, invoice: Invoice) -> None:
    answer = desk.post(of("cancel", invoice.number), {"reason": "x" * 201})
    assert answer.status_code == 422
    assert "x" * 201 in page(answer)
    assert Invoice.objects.count() == 1


def test_a_month_is_sent_with_one_click(desk: Client, invoice: Invoice, mailbox: Mailbox) -> None:
    assert 'data-testid="send-month"' in page(desk.get(of("month", OCTOBER)))
    desk.post(of("send_month", OCTOBER))
    assert mailbox.recipients == ["anna@example.com"]
    assert 'data-testid="send-month"' not in page(desk.get(of("month", OCTOBER)))
    desk.post(of("send_month", OCTOBER))
    assert len(mailbox.messages) == 1


def test_a_mail_that_came_back_is_sent_to_another_address(
    desk: Client, invoice: Invoice, mailbox: Mailbox
) -> None:
    desk.post(of("send", invoice.number), {"address": "anna@example.com"})
    delivery = Delivery.objects.get()
    desk.post(of("settle", invoice.number, delivery.pk), {"state": "bounced"})
    assert invoice.number in page(desk.get(of("month", OCTOBER)))
    desk.post(of("send", invoice.number), {"address": "new@example.com"})
    assert mailbox.recipients == ["anna@example.com", "new@example.com"]


def test_a_wrong_mail_address_is_refused_at_its_field(desk: Client, invoice: Invoice) -> None:
    answer = desk.post(of("send", invoice.number), {"address": "anna"})
    assert answer.status_code == 422
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("state", ["", "paid", "queued"])
def test_a_state_that_is_none_changes_nothing(
    desk: Client, invoice: Invoice, mailbox: Mailbox, state: str
) -> None:
    desk.post(of("send", invoice.number), {"address": "anna@example.com"})
    delivery = Delivery.objects.get()
    desk.post(of("settle", invoice.number, delivery.pk), {"state": state})
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT


def test_letters_are_one_pdf_in_the_order_of_their_envelopes(
    desk: Client, company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    for postcode, name in (("80331", "Berg"), ("10115", "Adler"), ("80331", "Adam")):
        make_session(make_customer(postcode=postcode, last_name=name))
    issue()
    desk.post(of("send_month", OCTOBER))
    desk.post(of("print_batch"), {"month": "2026-10"})
    batch = PrintBatch.objects.get()
    assert desk.get(of("batch_file", batch.pk))["Content-Type"] == "application/pdf"
    reader = pypdf.PdfReader(Path(settings.EXPORT_DIR, batch.path))
    texts = [sheet.extract_text() for sheet in reader.pages]
    assert ["Adler" in texts[0], "Adam" in texts[1], "Berg" in texts[2]] == [True] * 3
    assert str(reader.root_object["/ViewerPreferences"]) == "{'/Duplex': '/Simplex'}"
    desk.post(of("batch_sent", batch.pk), {"month": "2026-10"})
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.SENT}


def test_a_statement_is_taken_in_and_matched(desk: Client, invoice: Invoice) -> None:
    file = SimpleUploadedFile("auszug.xml", statement(entry(text=f"RE {invoice.number}")))
    desk.post(of("statement"), {"statement": file})
    text = page(desk.get(of("payments")))
    assert invoice.number in text
    desk.post(of("match_sure"))
    assert services.open_cents(invoice) == 0
    assert 'data-testid="match"' not in page(desk.get(of("payments")))


def test_half_a_statement_says_what_to_do(desk: Client, invoice: Invoice) -> None:
    content = statement(entry())
    file = SimpleUploadedFile("auszug.xml", content[: len(content) // 2])
    answer = desk.post(of("statement"), {"statement": file})
    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_a_statement_of_another_account_asks_before_it_is_taken_in(
    desk: Client, invoice: Invoice
) -> None:
    content = statement(entry()).replace(b"DE02120300000000202051", b"DE89370400440532013000")

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("auszug.xml", content)

    assert 'type="checkbox" name="is_any_account"' not in page(desk.get(of("payments")))
    answer = desk.post(of("statement"), {"statement": file()})
    assert answer.status_code == 422
    assert "DE89370400440532013000" in page(answer)
    assert 'type="checkbox" name="is_any_account"' in page(answer)
    desk.post(of("statement"), {"statement": file(), "is_any_account": "on"})
    assert Payment.objects.count() == 1


def test_what_was_left_out_of_a_statement_is_named(desk: Client, invoice: Invoice) -> None:
    foreign = [entry(currency="CHF", reference=f"F{n}", amount=f"{n}.00") for n in range(1, 26)]
    file = SimpleUploadedFile("auszug.xml", statement(entry(), *foreign))
    text = page(desk.post(of("statement"), {"statement": file}, follow=True))
    assert "1.00 CHF" in text
    assert "20.00 CHF" in text
    assert "21.00 CHF" not in text
    assert "25" in text


def test_another_file_is_no_statement(desk: Client, invoice: Invoice) -> None:
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.7")
    assert desk.post(of("statement"), {"statement": file}).status_code == 422
    assert desk.post(of("statement"), {}).status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "0", "received_on": "2026-11-01"},
        {"amount": "-5", "received_on": "2026-11-01"},
        {"amount": "abc", "received_on": "2026-11-01"},
        {"amount": "1e9", "received_on": "2026-11-01"},
        {"amount": "8,505", "received_on": "2026-11-01"},
        {"amount": "8,50", "received_on": "2999-01-01"},
        {"amount": "8,50", "received_on": "gestern"},
    ],
)
def test_a_payment_that_cannot_be_meant_is_refused(
    desk: Client, invoice: Invoice, fields: dict[str, str]
) -> None:
    assert desk.post(of("payment"), fields).status_code == 422
    assert not Payment.objects.exists()


def test_a_payment_by_hand_is_matched_by_hand(desk: Client, invoice: Invoice) -> None:
    today = timezone.localdate().isoformat()
    desk.post(of("payment"), {"amount": "20,00", "received_on": today, "text": "bar"})
    payment = Payment.objects.get()
    assert payment.cents == 2000
    desk.post(of("match", payment.pk), {"action": "match", "invoice": f" {invoice.number} "})
    assert services.open_cents(invoice) == 0
    assert "3,00" in page(desk.get(of("payments")))
    desk.post(of("match", payment.pk), {"action": "set-aside"})
    assert 'data-testid="match"' not in page(desk.get(of("payments")))
    desk.post(of("match", payment.pk), {"action": "take-up"})
    assert 'data-testid="match"' in page(desk.get(of("payments")))
    desk.post(of("payment_undo", invoice.number, payment.pk))
    assert services.open_cents(invoice) == 1700


def test_a_number_that_nobody_has_open_is_named(desk: Client, invoice: Invoice) -> None:
    payment = services.payment_record(
        cents=1700, received_on=timezone.localdate(), text="", by=None
    )
    answer = desk.post(
        of("match", payment.pk), {"action": "match", "invoice": "2026-99999"}, follow=True
    )
    assert "2026-99999" in page(answer)
    assert services.open_cents(invoice) == 1700


def test_only_the_suggestion_that_was_seen_is_accepted(desk: Client, invoice: Invoice) -> None:
    payment = services.payment_record(
        cents=1700, received_on=timezone.localdate(), text=invoice.number, by=None
    )
    for seen in ("", f"{invoice.pk}:1600", "x"):
        desk.post(of("match", payment.pk), {"action": "accept", "seen": seen})
        assert services.open_cents(invoice) == 1700
    (seen,) = re.findall('name="seen" value="([^"]*)"', page(desk.get(of("payments"))))
    desk.post(of("match", payment.pk), {"action": "accept", "seen": seen})
    assert services.open_cents(invoice) == 0


def test_of_very_many_payments_the_first_are_shown(desk: Client, invoice: Invoice) -> None:
    for cents in range(1, 53):
        services.payment_record(cents=cents, received_on=timezone.localdate(), text="", by=None)
    text = page(desk.get(of("payments")))
    assert text.count('data-testid="match"') == 50
    assert text.count("<option") == 1


def test_open_items_say_what_is_overdue_and_come_as_a_list(desk: Client, invoice: Invoice) -> None:
    text = page(desk.get(of("open_items")))
    assert text.count('data-testid="open-item"') == 1
    rows = desk.get(of("open_items"), {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith(f"{invoice.number};")
    desk.post(of("write_off", invoice.number), {"reason": "verzogen"})
    assert 'data-testid="open-item"' not in page(desk.get(of("open_items")))


def test_a_write_off_needs_a_reason(desk: Client, invoice: Invoice) -> None:
    assert desk.post(of("write_off", invoice.number), {"reason": " "}).status_code == 422
    assert services.open_cents(invoice) == 1700
