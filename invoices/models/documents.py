"""Issued documents: snapshots that are inserted and never touched again.

What may still change about an invoice (delivery, payment) lives in tables of its own.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, NoReturn

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from invoices.domain.lines import UNIT_ONE, LineKind
from invoices.domain.owed import Owed
from invoices.domain.parties import Buyer, Seller
from invoices.domain.period import Month
from invoices.domain.tax import Category
from invoices.domain.vat import VatSplit
from invoices.models.numbers import NumberRange
from invoices.querysets import (
    InvoiceLineQuerySet,
    InvoiceQuerySet,
    IssuedIsFinalError,
    IssuedQuerySet,
)

LINE_KIND_CHOICES = [
    (LineKind.SESSION, _("remote support")),
    (LineKind.COURTESY, _("waived")),
    (LineKind.CONTRACT, _("included in the contract")),
    (LineKind.PREPAID, _("prepaid")),
    (LineKind.ITEM, _("item")),
    (LineKind.DISCOUNT, _("discount")),
]


CATEGORY_CHOICES = [
    (Category.STANDARD, _("with VAT")),
    (Category.EXEMPT, _("without VAT")),
    (Category.REVERSE_CHARGE, _("reverse charge")),
]


class WrittenOnce(models.Model):
    """A row that can be inserted, and nothing else."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; refuse a second time."""
        if not self._state.adding:
            raise IssuedIsFinalError
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise IssuedIsFinalError


class Rows(NamedTuple):
    """What belongs to an invoice, in its order; `record` is None where nobody wished for one."""

    lines: "list[InvoiceLine]"
    rates: "list[InvoiceVat]"
    record: "ServiceRecord | None"


class Invoice(WrittenOnce):
    """An issued document: everything that it says, copied on the day of issue.

    A cancellation is a document of its own with the amounts turned round; nothing else
    ever takes an invoice back.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        CANCELLATION = "cancellation", _("cancellation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INVOICE)
    cancels = models.OneToOneField(
        "self",
        verbose_name=_("cancels"),
        on_delete=models.PROTECT,
        null=True,
        related_name="cancellation",
    )

    number_range = models.ForeignKey(NumberRange, on_delete=models.PROTECT, related_name="invoices")
    sequence = models.PositiveIntegerField(_("running number"))
    number = models.CharField(_("invoice number"), max_length=40, unique=True)
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="invoices",
    )
    period = models.DateField(_("month"))
    service_from = models.DateField(_("first service"))
    service_to = models.DateField(_("last service"))
    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("invoice date"))
    due_on = models.DateField(_("due date"))
    language = models.CharField(_("language"), max_length=5)
    seller = models.JSONField(_("seller"))
    buyer = models.JSONField(_("buyer"))
    # Made at once for one session, beside the month's run.
    is_single = models.BooleanField(_("of a single session"), default=False)
    # The sentences of the document, by their place: see invoices.texts.
    texts = models.JSONField(_("texts"))
    net_cents = models.BigIntegerField(_("net in cents"))
    vat_cents = models.BigIntegerField(_("VAT in cents"))
    rounding_cents = models.SmallIntegerField(_("rounding in cents"))
    gross_cents = models.BigIntegerField(_("amount due in cents"))
    # How many lines and rates belong to it: the database refuses any beyond these.
    line_count = models.PositiveIntegerField()
    rate_count = models.PositiveSmallIntegerField()

    if TYPE_CHECKING:
        open_cents: int  # where `with_open` annotated it
        interest_open_cents: int  # these two where `with_charges` did
        costs_open_cents: int

    objects: ClassVar[InvoiceQuerySet] = InvoiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-issued_at", "-pk")
        indexes = (models.Index(fields=["period", "customer"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["number_range", "sequence"], name="invoice_number_given_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    gross_cents=F("net_cents") + F("vat_cents") + F("rounding_cents"),
                ),
                name="invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(rounding_cents__gte=-F("rate_count"))
                & Q(rounding_cents__lte=F("rate_count")),
                name="invoice_rounding_is_a_cent_per_rate",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", cancels__isnull=True)
                | Q(kind="cancellation", cancels__isnull=False),
                name="invoice_cancellation_says_of_what",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def month(self) -> Month:
        """The month whose sessions are on it."""
        return Month(self.period.year, self.period.month)

    @property
    def is_cancellation(self) -> bool:
        """Whether it takes another invoice back."""
        return self.kind == self.Kind.CANCELLATION

    @property
    def is_cancelled(self) -> bool:
        """Whether another document takes it back."""
        return hasattr(self, "cancellation")

    @cached_property
    def rows(self) -> Rows:
        """Read what belongs to it, once, since it never changes.

        Whoever has just inserted the rows sets them here, and nothing is read back.
        """
        record = ServiceRecord.objects.filter(invoice=self).first()
        return Rows(list(self.lines.all()), list(self.rates.all()), record)

    @property
    def owed(self) -> Owed:
        """What is still to be paid; expects `with_open` and `with_charges`."""
        return Owed(self.open_cents, self.interest_open_cents, self.costs_open_cents)

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
        return f"{self.number}.pdf"

    def get_absolute_url(self) -> str:
        """Return the address of the archived PDF."""
        return reverse("invoices:pdf", args=[self.number])


class InvoiceLine(WrittenOnce):
    """One line of an invoice (BG-25)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(
        _("kind"), max_length=10, choices=LINE_KIND_CHOICES, default=LineKind.SESSION
    )
    session = models.ForeignKey(
        "support_sessions.Session",
        verbose_name=_("support session"),
        on_delete=models.PROTECT,
        null=True,
        related_name="invoice_lines",
    )
    item = models.ForeignKey(
        "invoices.Item",
        verbose_name=_("item"),
        on_delete=models.PROTECT,
        null=True,
        related_name="invoice_lines",
    )
    description = models.TextField(_("description"))
    service_date = models.DateField(_("day"))
    started_at = models.DateTimeField(_("start"), null=True)
    ended_at = models.DateTimeField(_("end"), null=True)
    seconds = models.PositiveIntegerField(_("connected seconds"), null=True)
    block_seconds = models.PositiveIntegerField(_("billing block in seconds"), null=True)
    technician = models.CharField(_("technician"), max_length=100, blank=True)
    opens = models.BooleanField(_("first line of its session"), default=True)
    quantity = models.IntegerField(_("quantity"))
    # UN/ECE recommendation 20.
    unit = models.CharField(_("unit"), max_length=3, default=UNIT_ONE)
    unit_gross_cents = models.PositiveIntegerField(_("price, gross, in cents"))
    gross_cents = models.BigIntegerField(_("gross in cents"))
    net_cents = models.BigIntegerField(_("net in cents"))
    vat_percent = models.DecimalField(_("VAT in percent"), max_digits=4, decimal_places=2)
    vat_category = models.CharField(
        _("VAT category"), max_length=2, choices=CATEGORY_CHOICES, default=Category.STANDARD
    )
    # What it adds to the customer's free minutes (prepaid) or takes from them.
    allowance_seconds = models.IntegerField(_("free seconds"), default=0)

    objects: ClassVar[InvoiceLineQuerySet] = InvoiceLineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1) & Q(gross_cents=F("quantity") * F("unit_gross_cents")),
                name="invoice_line_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.position}"


class InvoiceVat(WrittenOnce):
    """The VAT breakdown of an invoice, one row per rate (BG-23)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="rates")
    position = models.PositiveSmallIntegerField(_("position"))
    percent = models.DecimalField(_("VAT in percent"), max_digits=4, decimal_places=2)
    category = models.CharField(
        _("VAT category"), max_length=2, choices=CATEGORY_CHOICES, default=Category.STANDARD
    )
    # The sentence that the law asks for where there is no VAT.
    reason = models.CharField(_("reason for no VAT"), max_length=300, blank=True)
    net_cents = models.BigIntegerField(_("net in cents"))
    vat_cents = models.BigIntegerField(_("VAT in cents"))
    gross_cents = models.BigIntegerField(_("gross in cents"))

    objects: ClassVar[IssuedQuerySet["InvoiceVat"]] = IssuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("VAT rate of an invoice")
        verbose_name_plural = _("VAT rates of an invoice")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_vat_once"),
            models.UniqueConstraint(
                fields=["invoice", "category", "percent", "reason"], name="invoice_vat_rate_once"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1)
                & Q(gross_cents__gte=F("net_cents") + F("vat_cents") - 1)
                & Q(gross_cents__lte=F("net_cents") + F("vat_cents") + 1),
                name="invoice_vat_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.percent} %"

    @property
    def split(self) -> VatSplit:
        """The rate as the arithmetic knows it."""
        return VatSplit(Decimal(self.percent), self.net_cents, self.vat_cents, self.gross_cents)


class ArchivedFile(WrittenOnce):
    """The one file of an invoice, as it went to the archive."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="archived_file"
    )
    # Below settings.ARCHIVE_DIR.
    path = models.CharField(_("path"), max_length=100, unique=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    archived_at = models.DateTimeField(_("archived"), auto_now_add=True)

    objects: ClassVar[IssuedQuerySet["ArchivedFile"]] = IssuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("archived file")
        verbose_name_plural = _("archived files")

    def __str__(self) -> str:
        return self.path


class ServiceRecord(WrittenOnce):
    """The sessions of an invoice in every detail, for its annex; there where it was wished for.

    `sessions` holds what `invoices.domain.record` makes of each, as plain values.
    """

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="service_record"
    )
    sessions = models.JSONField(_("support sessions"))

    objects: ClassVar[IssuedQuerySet["ServiceRecord"]] = IssuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("service record")
        verbose_name_plural = _("service records")

    def __str__(self) -> str:
        return str(self.invoice_id)
