"""Administration pages: what was promised or recorded cannot be changed there."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from company import audit
from company.models import AuditEntry, Company, Tariff
from technicians.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner_client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@example.com", "pw", name="Owner"))
    return client


@pytest.fixture
def coming() -> Tariff:
    return Tariff.objects.create(
        name="Coming",
        valid_from=timezone.localdate() + dt.timedelta(days=30),
        first_block_cents=900,
        further_block_cents=900,
        first_block_net_cents=756,
        further_block_net_cents=756,
    )


def change(name: str, pk: int) -> str:
    return reverse(f"admin:company_{name}_change", args=[pk])


def test_a_stranger_is_sent_to_the_one_log_in() -> None:
    answer = Client().get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain
    assert reverse("account_login") in answer.redirect_chain[-1][0]


def test_a_technician_may_not_use_the_pages() -> None:
    client = Client()
    client.force_login(User.objects.create_user("t@example.com", name="T", is_technician=True))
    answer = client.get(change("tariff", Tariff.objects.current().pk), follow=True)
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["auditentry", "company"])
def test_nobody_adds_entries_or_companies(owner_client: Client, name: str) -> None:
    assert owner_client.get(reverse(f"admin:company_{name}_add")).status_code == 403


def test_entries_can_be_read_but_not_changed_or_removed(owner_client: Client) -> None:
    entry = audit.record("session.ordered", actor=None, subject="session 1", details={"n": 1})
    page = change("auditentry", entry.pk)
    assert owner_client.get(page).status_code == 200
    assert owner_client.post(page, {"subject": "x"}).status_code == 403
    remove = reverse("admin:company_auditentry_delete", args=[entry.pk])
    assert owner_client.post(remove, {"post": "yes"}).status_code == 403
    assert AuditEntry.objects.get().subject == "session 1"


def test_a_tariff_that_has_begun_keeps_its_prices_and_its_row(owner_client: Client) -> None:
    begun = Tariff.objects.current()
    owner_client.post(
        change("tariff", begun.pk), {"name": "Renamed", "first_block_cents": 1, "block_seconds": 1}
    )
    remove = reverse("admin:company_tariff_delete", args=[begun.pk])
    assert owner_client.post(remove, {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [begun.pk], "post": "yes"}
    owner_client.post(reverse("admin:company_tariff_changelist"), selected)
    kept = Tariff.objects.get(pk=begun.pk)
    assert (kept.name, kept.first_block_cents, kept.block_seconds) == ("Renamed", 850, 600)


def test_a_coming_tariff_can_be_changed_and_it_is_noted(
    owner_client: Client, coming: Tariff
) -> None:
    fields = {
        "name": "Coming",
        "valid_from": coming.valid_from.isoformat(),
        "block_seconds": 600,
        "minimum_blocks": 1,
        "first_block_cents": "9,50",
        "further_block_cents": "9.50",
        "first_block_net_cents": "7,98",
        "further_block_net_cents": "7,98",
        "vat_percent": "19",
    }
    page = owner_client.get(change("tariff", coming.pk)).content.decode()
    assert 'value="9,00"' in page
    assert owner_client.post(change("tariff", coming.pk), fields).status_code == 302
    coming.refresh_from_db()
    assert coming.first_block_cents == 950
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details["first_block_cents"]) == ("tariff.changed", 950)
    assert entry.actor == User.objects.get()


def test_a_coming_tariff_can_be_deleted_and_it_is_noted(
    owner_client: Client, coming: Tariff
) -> None:
    remove = reverse("admin:company_tariff_delete", args=[coming.pk])
    assert owner_client.post(remove, {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.get().action == "tariff.deleted"


def test_a_change_of_company_data_names_the_fields_not_their_content(
    owner_client: Client,
) -> None:
    company = Company.objects.current()
    page = change("company", company.pk)
    form = owner_client.get(page).context["adminform"].form
    fields = {name: form.initial.get(name) or "" for name in form.fields} | {"phone": "06233-1"}
    assert owner_client.post(page, fields).status_code == 302
    assert AuditEntry.objects.get().details == {"fields": "phone"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_block_cents", "-1"),
        ("further_block_cents", "8,505"),
        ("first_block_net_cents", "-7,14"),
        ("block_seconds", "0"),
        ("minimum_blocks", "0"),
        ("vat_percent", "100"),
        ("valid_from", "31.02.2030"),
        ("name", "x" * 101),
    ],
)
def test_a_tariff_that_cannot_be_meant_is_refused_at_its_field_and_kept(
    owner_client: Client, name: str, value: str
) -> None:
    fields = {
        "name": "Neu",
        "valid_from": "01.01.2030",
        "block_seconds": "600",
        "minimum_blocks": "1",
        "first_block_cents": "8,50",
        "further_block_cents": "8,50",
        "first_block_net_cents": "7,14",
        "further_block_net_cents": "7,14",
        "vat_percent": "19",
    } | {name: value}
    answer = owner_client.post(reverse("admin:company_tariff_add"), fields)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert list(form.errors) == [name]
    assert f'value="{value}"' in answer.content.decode()
    assert not Tariff.objects.filter(name__in=("Neu", value)).exists()


def test_the_list_of_tariffs_says_the_price_as_customers_read_it(owner_client: Client) -> None:
    Tariff.objects.update(minimum_blocks=2)
    page = owner_client.get(reverse("admin:company_tariff_changelist")).content.decode()
    said = "8,50 € je angefangene 10 Minuten, mindestens 17,00 € (für 20 Minuten)"
    assert said in page.replace("\u00a0", " ")


def test_a_tariff_that_costs_nothing_can_be_meant(owner_client: Client) -> None:
    prices = ("first_block_cents", "further_block_cents")
    nets = ("first_block_net_cents", "further_block_net_cents")
    fields = {"name": "Frei", "valid_from": "01.01.2030", "block_seconds": "600"}
    fields |= dict.fromkeys((*prices, *nets), "0") | {"minimum_blocks": "1", "vat_percent": "19"}
    assert owner_client.post(reverse("admin:company_tariff_add"), fields).status_code == 302
    assert Tariff.objects.get(name="Frei").first_block_cents == 0


def test_a_mistyped_iban_is_refused_at_its_field_and_kept(owner_client: Client) -> None:
    page = change("company", Company.objects.current().pk)
    form = owner_client.get(page).context["adminform"].form
    fields = {name: form.initial.get(name) or "" for name in form.fields}
    answer = owner_client.post(page, fields | {"iban": "DE02120300000000202052"})
    assert list(answer.context["adminform"].form.errors) == ["iban"]
    text = answer.content.decode()
    assert "keine gültige IBAN" in text
    assert 'value="DE02120300000000202052"' in text
    assert Company.objects.current().iban != "DE02120300000000202052"
