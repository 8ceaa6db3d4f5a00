"""Issued invoices stay as they are: model, queryset and the database itself refuse."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from company.models import Company
from customers.models import Customer
from invoices import immutability
from invoices.models import (
    ArchivedFile,
    BilledSession,
    Invoice,
    InvoiceLine,
    InvoiceVat,
    NumberRange,
)
from invoices.querysets import IssuedIsFinalError
from invoices.services import invoice_run_create, invoice_run_item_process, invoice_run_start
from tests.invoices.conftest import OCTOBER, MakeSession

FINAL_MODELS = (Invoice, InvoiceLine, InvoiceVat, ArchivedFile, BilledSession)


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer())
    run = invoice_run_create(month=OCTOBER)
    (item_id,) = invoice_run_start(run=run, by=None)
    item = invoice_run_item_process(item_id=item_id)
    assert item is not None
    assert item.invoice is not None
    return item.invoice


@pytest.mark.parametrize("model", [Invoice, InvoiceLine, InvoiceVat, ArchivedFile])
def test_a_row_can_be_neither_saved_again_nor_deleted(
    invoice: Invoice, model: type[models.Model]
) -> None:
    row = model._default_manager.get()
    with pytest.raises(IssuedIsFinalError):
        row.save()
    with pytest.raises(IssuedIsFinalError):
        row.delete()


@pytest.mark.parametrize("model", [Invoice, InvoiceLine, InvoiceVat, ArchivedFile])
def test_no_query_changes_or_deletes_rows(invoice: Invoice, model: type[models.Model]) -> None:
    rows = model._default_manager.all()
    with pytest.raises(IssuedIsFinalError):
        rows.update(pk=1)
    with pytest.raises(IssuedIsFinalError):
        rows.delete()
    with pytest.raises(IssuedIsFinalError):
        rows.bulk_update(list(rows), ["pk"])


@pytest.mark.parametrize("model", FINAL_MODELS)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_refuses_whoever_goes_around_the_model(
    invoice: Invoice, model: type[models.Model], verb: str
) -> None:
    table, column = model._meta.db_table, model._meta.pk.column
    statements = {
        "UPDATE": f"UPDATE {table} SET {column} = {column}",  # noqa: S608 - our own names
        "DELETE": f"DELETE FROM {table}",  # noqa: S608
    }
    with (
        pytest.raises(IntegrityError, match=r"never changed or deleted|only a cancellation"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statements[verb])
    assert model._base_manager.count() == 1


def test_the_base_manager_cannot_go_around_the_database(invoice: Invoice) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        models.QuerySet(Invoice).update(gross_cents=1)


def test_an_issued_invoice_gets_no_further_line_or_rate(invoice: Invoice) -> None:
    line = invoice.lines.get()
    line.pk, line.position = None, 2
    with pytest.raises(IntegrityError, match="no line can be added"), transaction.atomic():
        InvoiceLine.objects.bulk_create([line])
    rate = invoice.rates.get()
    rate.pk, rate.position, rate.percent = None, 2, 7
    with pytest.raises(IntegrityError, match="no VAT rate can be added"), transaction.atomic():
        InvoiceVat.objects.bulk_create([rate])


def changed_copy(invoice: Invoice, **changes: Any) -> Invoice:
    values = {
        field.attname: getattr(invoice, field.attname)
        for field in Invoice._meta.concrete_fields
        if not field.primary_key
    }
    return Invoice(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "2026-00099", "sequence": 99},  # a number that was not drawn
        {"number": "2026-00001", "sequence": 2},
        {"number": "2026-00002", "sequence": 1},
    ],
)
def test_a_number_comes_from_its_range_and_only_once(
    invoice: Invoice, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        changed_copy(invoice, **changes).save()


@pytest.mark.parametrize("cents", [{"net_cents": 1}, {"gross_cents": 851}, {"vat_cents": 0}])
def test_an_invoice_that_does_not_add_up_is_refused(
    invoice: Invoice, cents: dict[str, int]
) -> None:
    NumberRange.objects.update(last_number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        changed_copy(invoice, number="2026-00002", sequence=2, **cents).save()


@pytest.mark.parametrize("last_number", [0, 3, 100])
def test_a_range_in_use_counts_on_by_one_only(invoice: Invoice, last_number: int) -> None:
    with pytest.raises(IntegrityError, match="by one"), transaction.atomic():
        NumberRange.objects.update(last_number=last_number)


def test_a_session_is_billed_once(invoice: Invoice) -> None:
    session = invoice.lines.get().session
    assert session is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        BilledSession.objects.create(session=session, invoice=invoice)


def test_every_trigger_is_installed(db: None) -> None:
    assert immutability.installed(connection) == immutability.names()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Invoice, InvoiceLine, NumberRange])
def test_a_migration_can_alter_a_protected_table(model: type[models.Model]) -> None:
    """As immutability says it: the triggers go first and come back last."""
    field: models.CharField[str, str] = models.CharField(max_length=5, default="x")
    field.set_attributes_from_name("added_by_a_migration")
    with connection.schema_editor() as editor:
        immutability.remove(connection)
        editor.add_field(model, field)
        editor.remove_field(model, field)
        immutability.install(connection)
    assert immutability.installed(connection) == immutability.names()


def test_a_pattern_that_makes_no_numbers_is_refused() -> None:
    with pytest.raises(ValidationError):
        NumberRange(pattern="{year}").full_clean(validate_unique=False)
    NumberRange(pattern="RE-{number:04d}").full_clean(
        validate_unique=False, validate_constraints=False
    )


def test_the_snapshot_survives_what_happens_to_shop_and_customer(
    invoice: Invoice, company: Company
) -> None:
    Company.objects.update(name="Anders", street="Anderswo 1")
    Customer.objects.update(last_name="Anders", street="Anderswo 2")
    invoice.refresh_from_db()
    assert invoice.seller_party.name == "DIBUC"
    assert invoice.buyer_party.street == "Ahornweg 3"
    assert invoice.due_on - invoice.issued_on == dt.timedelta(days=company.payment_days)
