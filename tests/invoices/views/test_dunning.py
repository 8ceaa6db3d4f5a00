"""The office's page about letters to those who pay late."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.models import BaseRate, Delivery, Invoice, PrintBatch, Reminder
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.mail_server import Mailbox

Login = Callable[[User], Client]


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer(last_name="Spät"), seconds=900)
    return issue()


@pytest.fixture
def late(invoice: Invoice) -> Iterator[Invoice]:
    """Return an invoice that has been due for eight days."""
    with time_machine.travel(timezone.now() + dt.timedelta(days=14 + 8), tick=True):
        yield invoice


def page(response: Any) -> str:
    text: str = response.content.decode()
    return text


def of(name: str, *arguments: object) -> str:
    return reverse(f"invoices:{name}", args=arguments)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/mahnungen/"),
        ("POST", "/mahnungen/2026-00001/"),
        ("POST", "/mahnungen/basiszinssatz/"),
        ("POST", "/mahnungen/2026-00001/0/senden/"),
        ("POST", "/briefe/1/wiederholen/"),
        ("GET", "/mahnungen/2026-00001/0.pdf"),
    ],
)
def test_technicians_and_strangers_have_no_business_here(
    login: Login, technician: User, late: Invoice, method: str, address: str
) -> None:
    assert Client().generic(method, address).status_code == 302
    assert login(technician).generic(method, address).status_code == 403
    assert not Reminder.objects.exists()


def test_a_letter_that_is_not_there_is_not_found(login: Login, office: User, late: Invoice) -> None:
    desk = login(office)
    assert desk.get(of("reminder_pdf", late.number, 0)).status_code == 404
    assert desk.post(of("remind", "2026-99999")).status_code == 404
    assert desk.get(of("remind", late.number)).status_code == 405


def test_nothing_is_written_where_nothing_is_due(
    login: Login, office: User, invoice: Invoice
) -> None:
    desk = login(office)
    answer = desk.post(of("remind", invoice.number), follow=True)
    assert gettext("No letter is due about this invoice: please look again.") in page(answer)
    assert not Reminder.objects.exists()


def test_a_letter_is_written_after_a_question_and_only_once(
    login: Login, office: User, late: Invoice
) -> None:
    desk = login(office)
    shown = page(desk.get(of("reminders")))
    assert 'data-testid="reminder-due"' in shown
    assert "17,00" in shown
    for _click in range(2):
        shown = page(desk.post(of("remind", late.number), follow=True))
    assert Reminder.objects.get().created_by == office
    assert 'data-testid="reminder-due"' not in shown
    assert 'data-testid="reminder"' in shown
    file = desk.get(of("reminder_pdf", late.number, 0))
    assert file.content.startswith(b"%PDF")
    assert of("reminder_pdf", late.number, 0) in page(desk.get(of("detail", late.number)))
    assert file["Cache-Control"] == "private, no-cache"


def test_a_damaged_letter_is_not_shown(
    login: Login, office: User, late: Invoice, archive: Path
) -> None:
    reminder = services.reminder_issue(invoice=late, today=timezone.localdate(), by=office)
    (archive / reminder.path).unlink()
    assert login(office).get(reminder.get_absolute_url()).status_code == 500


def test_a_missing_base_rate_is_said_with_the_place_to_enter_it(
    login: Login, office: User, late: Invoice
) -> None:
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    services.reminder_issue(invoice=late, today=timezone.localdate(), by=office)
    with time_machine.travel(timezone.now() + dt.timedelta(days=40), tick=True):
        desk = login(office)
        assert gettext("base rate missing") in page(desk.get(of("reminders")))
        desk.post(of("remind", late.number))
        assert Reminder.objects.count() == 1
        for address in (of("reminders"), of("month")):
            assert of("reminders") in page(desk.get(address))
        assert 'data-testid="missing-rate"' in page(desk.get(of("month")))
        assert 'data-testid="base-rate"' in page(desk.get(of("reminders")))


@pytest.mark.parametrize(
    ("valid_from", "percent"),
    [
        ("2026-02-01", "1,27"),
        ("2030-01-01", "1,27"),
        ("2025-07-01", "1,27"),
        ("", "1,27"),
        ("2026-01-01", ""),
        ("2026-01-01", "viel"),
        ("2026-01-01", "127"),
        ("2026-01-01", "12,7"),
        ("2026-01-01", "1,275"),
    ],
)
def test_a_base_rate_that_cannot_be_right_is_refused_and_kept(
    login: Login, office: User, valid_from: str, percent: str
) -> None:
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    before = BaseRate.objects.count()
    answer = login(office).post(of("base_rate"), {"valid_from": valid_from, "percent": percent})
    assert answer.status_code == 422
    assert f'value="{percent}"' in page(answer) or not percent
    assert BaseRate.objects.count() == before


def test_a_base_rate_is_entered_in_one_step(login: Login, office: User) -> None:
    BaseRate.objects.filter(valid_from__gte=dt.date(2026, 1, 1)).delete()
    desk = login(office)
    desk.post(of("base_rate"), {"valid_from": "2026-01-01", "percent": "1,27"})
    assert BaseRate.objects.get(valid_from="2026-01-01").percent == Decimal("1.27")
    assert AuditEntry.objects.get(action="baserate.added").actor == office
    # Far from the one before: only after a second look.
    values = {"valid_from": "2026-07-01", "percent": "5,27"}
    answer = desk.post(of("base_rate"), values)
    assert answer.status_code == 422
    assert 'name="is_certain"' in page(answer)
    desk.post(of("base_rate"), {**values, "is_certain": "on"})
    assert BaseRate.objects.get(valid_from="2026-07-01").percent == Decimal("5.27")


def test_the_rates_of_2026_are_there() -> None:
    rates = BaseRate.objects.filter(valid_from__year=2026).order_by("valid_from")
    assert [str(rate.percent) for rate in rates] == ["1.27", "1.52"]


def test_there_is_no_warning_once_the_rate_is_entered(
    login: Login, office: User, late: Invoice
) -> None:
    today = timezone.localdate()
    begins = dt.date(today.year, 1 if today.month < 7 else 7, 1)
    BaseRate.objects.update_or_create(valid_from=begins, defaults={"percent": Decimal("1.27")})
    assert "alert-warning" not in page(login(office).get(of("reminders")))


def test_a_letter_goes_out_with_one_click_and_the_page_says_to_whom(
    login: Login, office: User, late: Invoice, mailbox: Mailbox
) -> None:
    Customer.objects.update(email="anna@example.com")
    desk = login(office)
    assert "anna@example.com" in page(desk.get(of("reminders")))
    desk.post(of("remind", late.number), {"send": "1"})
    assert mailbox.recipients == ["anna@example.com"]
    for name in ("reminders", "open_items"):
        assert "anna@example.com" in page(desk.get(of(name)))
    desk.post(of("send_reminder", late.number, 0), {"address": "other@example.com"})
    assert Delivery.objects.count() == 2  # once more, since a person asked for it


def test_a_letter_that_was_only_written_is_said_to_be_unsent(
    login: Login, office: User, late: Invoice
) -> None:
    desk = login(office)
    desk.post(of("remind", late.number))
    assert gettext("not sent yet") in page(desk.get(of("reminders")))
    answer = desk.post(of("send_reminder", late.number, 0), {"address": "anna"})
    assert answer.status_code == 422
    assert 'value="anna"' in page(answer)
    assert not Delivery.objects.exists()
    desk.post(of("send_reminder", late.number, 0), {"address": ""})
    assert Delivery.objects.get().channel == Delivery.Channel.PRINT
    assert 'data-testid="print-letters"' in page(desk.get(of("reminders")))
    desk.post(of("send_reminder", late.number, 0), {"address": ""})
    assert Delivery.objects.count() == 1


def test_letters_that_could_not_be_put_together_are_tried_again_from_the_page(
    login: Login, office: User, late: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = login(office)
    desk.post(of("remind", late.number), {"send": "1"})
    with monkeypatch.context() as patch:
        patch.setattr("invoices.services.printing.read_archived", lambda _archived: b"no PDF")
        desk.post(of("print_batch"))
    batch = PrintBatch.objects.get()
    assert desk.get(of("batch_file", batch.pk)).status_code == 404
    assert 'data-testid="batch-failed"' in page(desk.get(of("reminders")))
    assert desk.post(of("batch_retry", batch.pk))["Location"] == of("reminders")
    shown = page(desk.get(of("reminders")))
    assert 'data-testid="batch-failed"' not in shown
    assert of("batch_file", batch.pk) in shown
    desk.post(of("batch_retry", batch.pk))  # ready: nothing to begin again
    desk.post(of("batch_sent", batch.pk))
    assert Delivery.objects.get().state == Delivery.State.SENT
