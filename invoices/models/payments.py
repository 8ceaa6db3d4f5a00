"""Money that came in, and which invoices it settles. Invoices themselves never change."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.domain.owed import Part
from invoices.models.documents import Invoice, WrittenOnce
from invoices.querysets import IssuedQuerySet, PaymentQuerySet

PART_CHOICES = [
    (Part.INVOICE, _("invoice")),
    (Part.INTEREST, _("default interest")),
    (Part.COSTS, _("dunning costs")),
]


class Payment(models.Model):
    """An amount that came in, by the bank's file or entered by hand."""

    class Source(models.TextChoices):
        BANK = "bank", _("bank statement")
        HAND = "hand", _("entered by hand")

    source = models.CharField(_("source"), max_length=4, choices=Source)
    received_on = models.DateField(_("received on"))
    cents = models.PositiveBigIntegerField(_("amount in cents"), validators=[MinValueValidator(1)])
    # From the bank; text of strangers, so it is shown as text only.
    payer_name = models.CharField(_("payer"), max_length=140, blank=True)
    payer_iban = models.CharField(_("payer's account"), max_length=34, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    # By which a booking is known again in another file; empty where entered by hand.
    reference = models.CharField(max_length=60, blank=True, editable=False)
    # Money that has nothing to do with invoices: it is no longer offered for matching.
    is_set_aside = models.BooleanField(_("not for invoices"), default=False)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    if TYPE_CHECKING:
        rest_cents: int  # where `with_rest` annotated it

    objects: ClassVar[PaymentQuerySet] = PaymentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-received_on", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(cents__gte=1), name="payment_of_something"),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="payment_booked_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.received_on} {self.payer_name}".strip()


class Settlement(WrittenOnce):
    """What makes less what is open of an invoice, or of what its letters charged.

    A mistake is undone by its opposite.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(
        _("what is settled"), max_length=8, choices=PART_CHOICES, default=Part.INVOICE
    )
    cents = models.BigIntegerField(_("amount in cents"))
    at = models.DateTimeField(_("time"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        abstract = True


class Allocation(Settlement):
    """A part of a payment that goes to an invoice, or to what its letters charged."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")

    objects: ClassVar[IssuedQuerySet["Allocation"]] = IssuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(cents=0), name="allocation_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.invoice_id}: {self.cents}"


class WriteOff(Settlement):
    """An amount that the shop no longer asks for."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="write_offs")
    reason = models.CharField(_("reason"), max_length=200)

    objects: ClassVar[IssuedQuerySet["WriteOff"]] = IssuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("write-off")
        verbose_name_plural = _("write-offs")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(cents=0), name="write_off_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.cents}"
