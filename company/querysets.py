"""Reads of company data and tariffs."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Never

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from company.models import AuditEntry, Company, Tariff, VatRate


class CompanyManager(models.Manager["Company"]):
    """Reads the one company."""

    def current(self) -> "Company":
        """Return the shop's row (the first migration made it)."""
        return self.get(pk=1)


class TariffQuerySet(models.QuerySet["Tariff"]):
    """Reads tariffs by date."""

    def valid_on(self, day: dt.date) -> "Tariff":
        """Return the tariff of `day`; raise Tariff.DoesNotExist when none is valid yet."""
        return self.filter(valid_from__lte=day).latest("valid_from")

    def current(self) -> "Tariff":
        """Return today's tariff, by the shop's calendar (Europe/Berlin)."""
        return self.valid_on(timezone.localdate())


class VatRateQuerySet(models.QuerySet["VatRate"]):
    """Reads VAT rates by date."""

    def valid_on(self, kind: str, day: dt.date) -> "VatRate":
        """Return the rate of a kind on a day; raise VatRate.DoesNotExist when there is none."""
        return self.filter(kind=kind, valid_from__lte=day).latest("valid_from")


class AppendOnlyError(Exception):
    """Somebody tried to change or remove what is kept as proof."""

    def __init__(self) -> None:
        super().__init__("The audit log is only ever added to.")


class AppendOnlyQuerySet(models.QuerySet["AuditEntry"]):
    """Refuses to change rows; the database's triggers stop whoever goes around it."""

    def update(self, **_values: Any) -> Never:
        """Refuse."""
        raise AppendOnlyError

    def bulk_update(self, *_arguments: Any, **_options: Any) -> Never:
        """Refuse."""
        raise AppendOnlyError

    def bulk_create(self, *_arguments: Any, **_options: Any) -> Never:
        """Refuse: company.audit.record is the only way in."""
        raise AppendOnlyError

    def delete(self) -> Never:
        """Refuse."""
        raise AppendOnlyError

    def after(self, number: int) -> "models.QuerySet[AuditEntry]":
        """Return the entries that follow `number`, oldest first."""
        return self.filter(number__gt=number).order_by("number")
