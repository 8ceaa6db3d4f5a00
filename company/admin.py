"""Administration of company data, tariffs and the audit log."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from company import audit
from company.fields import CentsField
from company.models import AuditEntry, Company, Tariff, VatRate
from company.templatetags.money import price

if TYPE_CHECKING:
    from technicians.models import User


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin[Company]):
    """The one row can be changed, not doubled or removed."""

    # What is typed without a scheme is HTTPS, as in Django 6.
    formfield_overrides: ClassVar = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the first migration made the row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        """Refuse: every page and invoice needs it."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Company, form: "forms.ModelForm[Company]", change: bool
    ) -> None:
        """Save, and note which fields were changed, not what they say."""
        super().save_model(request, obj, form, change)
        audit.record(
            "company.changed",
            actor=cast("User", request.user),
            subject="company",
            details={"fields": ", ".join(form.changed_data)},
        )


class TariffForm(forms.ModelForm[Tariff]):
    """A tariff with its prices in euros."""

    first_block_cents = CentsField(label=_("First block, VAT included, in euros"), least=Decimal(0))
    further_block_cents = CentsField(
        label=_("Each further block, VAT included, in euros"), least=Decimal(0)
    )
    first_block_net_cents = CentsField(
        label=_("First block without VAT, in euros"), least=Decimal(0)
    )
    further_block_net_cents = CentsField(
        label=_("Each further block without VAT, in euros"), least=Decimal(0)
    )


@admin.register(Tariff)
class TariffAdmin(admin.ModelAdmin[Tariff]):
    """A tariff that has begun is what customers were promised: only its name can change."""

    form = TariffForm
    list_display = ("name", "valid_from", "prices", "vat_percent")

    @admin.display(description=_("price, VAT included"))
    def prices(self, tariff: Tariff) -> str:
        """Return what customers read, what is due at least included."""
        return price(tariff.terms)

    def get_readonly_fields(self, request: HttpRequest, obj: Tariff | None = None) -> list[str]:
        """Return every field but the name once the tariff has begun."""
        if obj is None or not obj.has_begun:
            return []
        return [field.name for field in Tariff._meta.fields if field.name not in {"id", "name"}]

    def has_delete_permission(self, request: HttpRequest, obj: Tariff | None = None) -> bool:
        """Refuse once it has begun; the list's action asks for no single row."""
        return obj is not None and not obj.has_begun and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Tariff, form: "forms.ModelForm[Tariff]", change: bool
    ) -> None:
        """Save, and note the prices."""
        super().save_model(request, obj, form, change)
        audit.record(
            "tariff.changed" if change else "tariff.added",
            actor=cast("User", request.user),
            subject=f"tariff {obj.pk}",
            details={
                "valid_from": obj.valid_from.isoformat(),
                "first_block_cents": obj.first_block_cents,
                "further_block_cents": obj.further_block_cents,
            },
        )

    def delete_model(self, request: HttpRequest, obj: Tariff) -> None:
        """Delete, and note it."""
        audit.record(
            "tariff.deleted",
            actor=cast("User", request.user),
            subject=f"tariff {obj.pk}",
            details={"valid_from": obj.valid_from.isoformat()},
        )
        super().delete_model(request, obj)


@admin.register(VatRate)
class VatRateAdmin(admin.ModelAdmin[VatRate]):
    """A rate that holds already was the law: it is followed by another one, never changed."""

    list_display = ("kind", "valid_from", "percent", "reason")

    def has_change_permission(self, request: HttpRequest, obj: VatRate | None = None) -> bool:
        """Refuse once it holds."""
        is_open = obj is None or obj.valid_from > timezone.localdate()
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: VatRate | None = None) -> bool:
        """Refuse once it holds; the list's action asks for no single row."""
        is_open = obj is not None and obj.valid_from > timezone.localdate()
        return is_open and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: VatRate, form: "forms.ModelForm[VatRate]", change: bool
    ) -> None:
        """Save, and note it."""
        super().save_model(request, obj, form, change)
        audit.record(
            "vat_rate.changed" if change else "vat_rate.added",
            actor=cast("User", request.user),
            subject=f"VAT rate {obj.pk}",
            details={"kind": obj.kind, "percent": str(obj.percent)},
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """To be read, never written."""

    list_display = ("number", "at", "action", "actor", "subject")
    list_filter = ("action",)
    search_fields = ("subject",)
    date_hierarchy = "at"
    list_select_related = ("actor",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Refuse."""
        return False
