"""Reminders of invoices that are late, and the dated tables they are reckoned with.

What a customer was asked for is kept as it was asked: a letter is written once, with its file.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoices.domain import interest
from invoices.domain.parties import Buyer, Seller
from invoices.models.documents import Invoice, WrittenOnce
from invoices.querysets import ReminderQuerySet


class Dated(models.Model):
    """A row that holds from a day on, until another one follows it."""

    valid_from = models.DateField(_("valid from"))

    class Meta:
        abstract = True

    @property
    def has_begun(self) -> bool:
        """Whether a letter may have been reckoned with it."""
        return Reminder.objects.filter(issued_on__gte=self.valid_from).exists()


class BaseRate(Dated):
    """The base rate of a half-year as the Bundesbank announced it (sec. 247 BGB)."""

    valid_from = models.DateField(_("valid from"), unique=True)
    percent = models.DecimalField(
        _("base rate in percent"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(-10)), MaxValueValidator(Decimal(20))],
    )

    class Meta:
        verbose_name = _("base rate")
        verbose_name_plural = _("base rates")
        ordering = ("-valid_from",)

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.percent} %"

    def clean(self) -> None:
        """Refuse any first day but that of a half-year."""
        if self.valid_from is not None and interest.half_year_of(self.valid_from) != (
            self.valid_from
        ):
            raise ValidationError({"valid_from": _("A base rate begins on 1 January or 1 July.")})


class Level(models.IntegerChoices):
    """How firmly a letter asks."""

    FRIENDLY = 0, _("friendly reminder")
    FIRST = 1, _("first dunning letter")
    SECOND = 2, _("last dunning letter")


class DunningFee(Dated):
    """What a letter costs consumers from a day on: its actual cost, paper and postage.

    A friendly reminder is free. Businesses pay the flat amount of the law instead.
    """

    level = models.PositiveSmallIntegerField(_("letter"), choices=Level.choices[1:])
    cents = models.PositiveIntegerField(_("fee in cents"), validators=[MaxValueValidator(1500)])

    class Meta:
        verbose_name = _("dunning fee")
        verbose_name_plural = _("dunning fees")
        ordering = ("level", "-valid_from")
        constraints = (
            models.UniqueConstraint(fields=["level", "valid_from"], name="dunning_fee_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.valid_from}"


class Reminder(WrittenOnce):
    """One letter about one late invoice, with all that it asked for and its file."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    level = models.PositiveSmallIntegerField(_("letter"), choices=Level)
    issued_on = models.DateField(_("date"))
    pay_until = models.DateField(_("to be paid by"))
    open_cents = models.PositiveBigIntegerField(_("open in cents"))
    # Fees and flat amount of the letters before this one.
    former_cents = models.PositiveIntegerField(_("costs so far in cents"))
    fee_cents = models.PositiveIntegerField(_("fee in cents"))
    flat_cents = models.PositiveIntegerField(_("flat amount in cents"))
    interest_cents = models.PositiveIntegerField(_("default interest in cents"))
    # Of costs and interest, what was paid or waived before this letter.
    settled_cents = models.PositiveIntegerField(_("settled so far in cents"), default=0)
    # Where the interest comes from: first and last day and percent of each stretch.
    stretches = models.JSONField(_("stretches of interest"))
    seller = models.JSONField(_("seller"))
    buyer = models.JSONField(_("buyer"))
    texts = models.JSONField(_("texts"))
    language = models.CharField(_("language"), max_length=5)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    # Below settings.ARCHIVE_DIR.
    path = models.CharField(_("path"), max_length=100, unique=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))

    objects: ClassVar[ReminderQuerySet] = ReminderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-issued_on", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["invoice", "level"], name="reminder_once_a_level"),
            models.CheckConstraint(
                condition=Q(level__lte=Level.SECOND, open_cents__gte=1),
                name="reminder_of_something",
            ),
            models.CheckConstraint(
                condition=Q(level__gt=0)
                | Q(fee_cents=0, flat_cents=0, interest_cents=0, former_cents=0),
                name="reminder_friendly_is_free",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.level}"

    @property
    def total_cents(self) -> int:
        """All that the letter asks for."""
        costs = self.former_cents + self.fee_cents + self.flat_cents
        return self.open_cents + costs + self.interest_cents - self.settled_cents

    @property
    def interest_parts(self) -> list[interest.Stretch]:
        """The stretches as the arithmetic knows them."""
        return [
            interest.Stretch(
                dt.date.fromisoformat(part["first"]),
                dt.date.fromisoformat(part["last"]),
                Decimal(part["percent"]),
            )
            for part in self.stretches
        ]

    @property
    def seller_party(self) -> Seller:
        """The shop as it was."""
        return Seller(**self.seller)

    @property
    def buyer_party(self) -> Buyer:
        """The customer as it was."""
        return Buyer.from_snapshot(self.buyer)

    @property
    def file_name(self) -> str:
        """The name of its PDF."""
        return f"{self.invoice.number}-{self.level}.pdf"

    def get_absolute_url(self) -> str:
        """Return the address of the archived PDF."""
        return reverse("invoices:reminder_pdf", args=[self.invoice.number, self.level])


def stretches_as_json(parts: list[interest.Stretch]) -> list[dict[str, Any]]:
    """Return stretches of interest as plain values, for `Reminder.stretches`."""
    return [
        {
            "first": part.first.isoformat(),
            "last": part.last.isoformat(),
            "percent": str(part.percent),
        }
        for part in parts
    ]
