"""The administration's view of invoices: to look at, never to change.

Only the pattern of a number range can be edited, and that by the database's leave.
"""

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from company import audit
from invoices.domain.money import format_euros
from invoices.models import (
    ArchivedFile,
    BaseRate,
    DunningFee,
    Export,
    Invoice,
    InvoiceLine,
    InvoiceRun,
    InvoiceRunItem,
    InvoiceVat,
    NumberRange,
    Reminder,
)
from invoices.models.dunning import Dated

if TYPE_CHECKING:
    from django.forms import ModelForm

    from technicians.models import User


Held = TypeVar("Held", bound=Dated)


class ReadOnly:
    """Nothing can be added, changed or deleted here."""

    def has_add_permission(self, *_args: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        """Refuse."""
        return False


class InvoiceLineInline(ReadOnly, admin.TabularInline[InvoiceLine, Invoice]):
    """The lines of an invoice."""

    model = InvoiceLine
    fields = ("position", "description", "quantity", "unit_gross_cents", "gross_cents", "net_cents")


class InvoiceVatInline(ReadOnly, admin.TabularInline[InvoiceVat, Invoice]):
    """The VAT rates of an invoice."""

    model = InvoiceVat
    fields = ("percent", "net_cents", "vat_cents", "gross_cents")


class ArchivedFileInline(ReadOnly, admin.TabularInline[ArchivedFile, Invoice]):
    """The file of an invoice."""

    model = ArchivedFile
    fields = ("path", "sha256", "size", "archived_at")
    readonly_fields = ("archived_at",)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnly, admin.ModelAdmin[Invoice]):
    """Issued invoices."""

    list_display = ("number", "issued_on", "customer", "period", "amount_due", "due_on")
    list_select_related = ("customer",)
    search_fields = ("number", "customer__company_name", "customer__last_name")
    date_hierarchy = "issued_on"
    inlines = (InvoiceLineInline, InvoiceVatInline, ArchivedFileInline)

    @admin.display(description=_("amount due"), ordering="gross_cents")
    def amount_due(self, invoice: Invoice) -> str:
        """Return the amount for people."""
        return format_euros(invoice.gross_cents)


class InvoiceRunItemInline(ReadOnly, admin.TabularInline[InvoiceRunItem, InvoiceRun]):
    """The customers of a run."""

    model = InvoiceRunItem
    fields = ("customer", "state", "invoice", "problem", "detail", "finished_at")


@admin.register(InvoiceRun)
class InvoiceRunAdmin(ReadOnly, admin.ModelAdmin[InvoiceRun]):
    """Invoice runs."""

    list_display = ("period", "started_at", "started_by")
    inlines = (InvoiceRunItemInline,)


@admin.register(Export)
class ExportAdmin(ReadOnly, admin.ModelAdmin[Export]):
    """Exports."""

    list_display = ("period", "created_at", "created_by", "state", "size")


@admin.register(NumberRange)
class NumberRangeAdmin(admin.ModelAdmin[NumberRange]):
    """Number ranges: the pattern of the next numbers can be changed, their count cannot."""

    list_display = ("name", "year", "pattern", "last_number")
    fields = ("name", "year", "pattern", "last_number")
    readonly_fields = ("name", "year", "last_number")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let the first one be made, before the first invoice; later ones follow by themselves."""
        return not NumberRange.objects.exists() and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: NumberRange,
        form: "ModelForm[NumberRange]",
        change: bool,
    ) -> None:
        """Save, and note the new pattern."""
        super().save_model(request, obj, form, change)
        audit.record(
            "number_range.changed",
            actor=cast("User", request.user),
            subject=f"number range {obj}",
            details={"pattern": obj.pattern},
        )


class HeldAdmin(admin.ModelAdmin[Held]):
    """Rows with a first day: what a letter was reckoned with is never changed.

    A row may be entered late, and a slip corrected, as long as no letter rests on it.
    """

    def has_change_permission(self, request: HttpRequest, obj: Held | None = None) -> bool:
        """Refuse once a letter was written since its first day."""
        is_open = obj is None or not obj.has_begun
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Held | None = None) -> bool:
        """Refuse as for a change; the list's action asks for no single row."""
        is_open = obj is not None and not obj.has_begun
        return is_open and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Held, form: "ModelForm[Held]", change: bool
    ) -> None:
        """Save, and note it."""
        super().save_model(request, obj, form, change)
        name = type(obj).__name__
        audit.record(
            f"{name.lower()}.changed" if change else f"{name.lower()}.added",
            actor=cast("User", request.user),
            subject=f"{name} {obj.pk}",
            details={"row": str(obj)},
        )

    def delete_model(self, request: HttpRequest, obj: Held) -> None:
        """Delete, and note it."""
        audit.record(
            f"{type(obj).__name__.lower()}.deleted",
            actor=cast("User", request.user),
            subject=f"{type(obj).__name__} {obj.pk}",
            details={"row": str(obj)},
        )
        super().delete_model(request, obj)


@admin.register(BaseRate)
class BaseRateAdmin(HeldAdmin[BaseRate]):
    """Base rates, one for each half-year."""

    list_display = ("valid_from", "percent")


@admin.register(DunningFee)
class DunningFeeAdmin(HeldAdmin[DunningFee]):
    """What letters cost consumers."""

    list_display = ("level", "valid_from", "cents")


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, admin.ModelAdmin[Reminder]):
    """Letters that were written."""

    list_display = ("invoice", "level", "issued_on", "pay_until", "open_cents", "interest_cents")
    list_select_related = ("invoice",)
    date_hierarchy = "issued_on"
