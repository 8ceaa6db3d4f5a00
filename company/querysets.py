"""Reads of company data and tariffs."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from company.models import Company, Tariff


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
