"""The administration looks at issued invoices and changes none."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.models import BaseRate, DunningFee, Invoice, NumberRange
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession


@pytest.fixture
def owner(db: None, client: Client) -> Client:
    owner = User.objects.create_superuser("owner@example.com", "secret", name="Owner")
    client.force_login(owner)
    return client


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    (item_id,) = services.invoice_run_start(run=run, by=None)
    services.invoice_run_item_process(item_id=item_id)
    return Invoice.objects.get()


@pytest.mark.parametrize("model", ["invoice", "invoicerun", "export", "reminder"])
def test_nothing_can_be_added_or_deleted(owner: Client, invoice: Invoice, model: str) -> None:
    assert owner.get(reverse(f"admin:invoices_{model}_add")).status_code == 403
    assert owner.get(reverse(f"admin:invoices_{model}_changelist")).status_code == 200
    if model in {"invoice", "invoicerun"}:
        pk = invoice.pk if model == "invoice" else invoice.run_items.get().run_id
        assert owner.get(reverse(f"admin:invoices_{model}_delete", args=[pk])).status_code == 403


def test_an_invoice_is_shown_and_a_change_is_refused(owner: Client, invoice: Invoice) -> None:
    address = reverse("admin:invoices_invoice_change", args=[invoice.pk])
    page = owner.get(address).content.decode()
    assert invoice.number in page
    assert invoice.archived_file.sha256 in page
    assert owner.post(address, {"number": "1"}).status_code == 403


def test_the_pattern_of_the_next_numbers_can_be_changed_and_that_is_noted(
    owner: Client, invoice: Invoice
) -> None:
    number_range = NumberRange.objects.get()
    address = reverse("admin:invoices_numberrange_change", args=[number_range.pk])
    refused = owner.post(address, {"pattern": "{year}"})
    assert refused.status_code == 200
    assert (
        owner.post(address, {"pattern": "R{year}-{number:04d}", "last_number": 7}).status_code
        == 302
    )
    number_range.refresh_from_db()
    assert (number_range.pattern, number_range.last_number) == ("R{year}-{number:04d}", 1)
    assert AuditEntry.objects.filter(action="number_range.changed").count() == 1
    assert owner.get(reverse("admin:invoices_numberrange_add")).status_code == 403


def test_a_base_rate_begins_with_a_half_year(owner: Client) -> None:
    add = reverse("admin:invoices_baserate_add")
    assert owner.post(add, {"valid_from": "2030-03-01", "percent": "1"}).status_code == 200
    assert not BaseRate.objects.filter(valid_from__year=2030).exists()
    assert owner.post(add, {"valid_from": "2030-01-01", "percent": "1"}).status_code == 302
    assert AuditEntry.objects.filter(action="baserate.added").exists()


def test_what_a_letter_was_reckoned_with_stays_as_it_is(owner: Client, invoice: Invoice) -> None:
    services.reminder_issue(invoice=invoice, today=invoice.due_on + dt.timedelta(days=7), by=None)
    rows = {
        "baserate": BaseRate.objects.earliest("valid_from"),
        "dunningfee": DunningFee.objects.get(level=1),
    }
    for name, row in rows.items():
        change = reverse(f"admin:invoices_{name}_change", args=[row.pk])
        assert owner.post(change, {"percent": "9", "cents": "9"}).status_code == 403
        assert owner.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403
        selected = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        owner.post(reverse(f"admin:invoices_{name}_changelist"), selected)
        row.refresh_from_db()


def test_a_slip_is_corrected_before_any_letter_rests_on_it(owner: Client) -> None:
    row = BaseRate.objects.latest("valid_from")
    change = reverse("admin:invoices_baserate_change", args=[row.pk])
    owner.post(change, {"valid_from": row.valid_from.isoformat(), "percent": "1.28"})
    row.refresh_from_db()
    assert str(row.percent) == "1.28"
    owner.post(change.replace("change", "delete"), {"post": "yes"})
    assert not BaseRate.objects.filter(pk=row.pk).exists()
    assert AuditEntry.objects.filter(action="baserate.deleted").exists()
