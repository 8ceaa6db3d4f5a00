"""The button that writes and sends all letters that are due: asked before, told after."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from customers.models import Customer
from invoices import services
from invoices.models import Invoice, Reminder, ReminderRun
from technicians.models import User
from tests.invoices.services.test_dunning_runs import make_invoice, three

__all__ = ["make_invoice", "three"]
Login = Callable[[User], Client]
QUESTION, PROGRESS = reverse("invoices:remind_all"), reverse("invoices:remind_progress")


@pytest.mark.parametrize(
    ("method", "address"), [("GET", QUESTION), ("POST", QUESTION), ("GET", PROGRESS)]
)
def test_technicians_and_strangers_have_no_business_here(
    login: Login, technician: User, three: list[Invoice], method: str, address: str
) -> None:
    assert Client().generic(method, address).status_code == 302
    assert login(technician).generic(method, address).status_code == 403
    assert not ReminderRun.objects.exists()


def test_a_question_comes_first_and_says_what_is_left_out_and_why(
    login: Login, office: User, three: list[Invoice]
) -> None:
    Customer.objects.filter(pk=three[2].customer_id).update(street="")
    shown = login(office).get(QUESTION).content.decode()
    assert shown.count('data-testid="remind-count"') == 2
    assert shown.count('data-testid="left-out"') == 1
    assert three[2].number in shown
    assert not Reminder.objects.exists()


def test_what_changed_since_the_question_is_asked_anew(
    login: Login, office: User, three: list[Invoice]
) -> None:
    shown = login(office).post(QUESTION, {"mark": "1:0"}).content.decode()
    assert gettext("This has changed meanwhile: please look at it again.") in shown
    assert not ReminderRun.objects.exists()


def test_one_click_begins_and_the_page_tells_of_each_letter(
    login: Login, office: User, three: list[Invoice]
) -> None:
    desk = login(office)
    mark = desk.get(QUESTION).context["plan"].mark
    shown = desk.post(QUESTION, {"mark": mark}, follow=True).content.decode()
    assert 'value="0" max="3"' in shown
    assert "HX-Refresh" not in desk.get(PROGRESS)
    run = ReminderRun.objects.get()
    for item in run.items.all():
        services.reminder_run_item_process(item_id=item.pk)
    answer = desk.get(PROGRESS)
    assert answer["HX-Refresh"] == "true"
    assert answer.content.decode().count('data-testid="reminder-run-item"') == 3
    assert "anna@example.com" in answer.content.decode()
