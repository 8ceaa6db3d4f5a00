"""What is billed: items entered by hand, and the claims of an invoice on items and sessions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from company.models import VatRate
from invoices.models.documents import Invoice
from invoices.querysets import ItemQuerySet


class BilledSession(models.Model):
    """The claim of an invoice on a session: a session can be billed once.

    Only a cancellation gives the session free, by deleting this row: as long as there is
    none, the database refuses.
    """

    session = models.OneToOneField(
        "support_sessions.Session",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="billed",
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="billed_sessions")

    class Meta:
        verbose_name = _("billed support session")
        verbose_name_plural = _("billed support sessions")

    def __str__(self) -> str:
        return f"{self.session_id}: {self.invoice_id}"


class Item(models.Model):
    """Something besides sessions, entered by hand: travel, a part, prepaid minutes.

    Prices are of one unit. It can be changed until an invoice claims it.
    """

    class Unit(models.TextChoices):
        PIECE = "C62", _("piece")
        HOUR = "HUR", _("hour")
        KILOMETRE = "KMT", _("kilometre")
        FLAT = "LS", _("flat rate")

    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="items",
    )
    service_date = models.DateField(_("day"))
    description = models.CharField(_("description"), max_length=300)
    # A credit has a negative quantity, never a negative price (BR-27).
    quantity = models.IntegerField(_("quantity"), default=1)
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.PIECE)
    unit_gross_cents = models.PositiveIntegerField(_("price, gross, in cents"))
    unit_net_cents = models.PositiveIntegerField(_("price, net, in cents"), null=True, blank=True)
    vat_kind = models.CharField(
        _("VAT"), max_length=10, choices=VatRate.Kind, default=VatRate.Kind.STANDARD
    )
    prepaid_minutes = models.PositiveIntegerField(
        _("prepaid minutes in one unit"),
        default=0,
        help_text=_("Only for packages of minutes: so many are added to the customer's balance."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects: ClassVar[ItemQuerySet] = ItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("service_date", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(quantity=0), name="item_has_a_quantity"),
        )

    def __str__(self) -> str:
        return self.description

    @property
    def gross_cents(self) -> int:
        """What it costs, VAT included."""
        return self.quantity * self.unit_gross_cents


class BilledItem(models.Model):
    """The claim of an invoice on an item, given free as for sessions."""

    item = models.OneToOneField(
        Item, on_delete=models.PROTECT, primary_key=True, related_name="billed"
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="billed_items")

    class Meta:
        verbose_name = _("billed item")
        verbose_name_plural = _("billed items")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.invoice_id}"
