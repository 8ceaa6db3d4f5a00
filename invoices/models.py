"""Invoices: snapshots that are written once, and the runs that make them.

`Invoice`, `InvoiceLine`, `InvoiceVat` and `ArchivedFile` are only ever inserted. What
may still change about an invoice (delivery, payment) lives in tables of its own.
"""

from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from company.models import VatRate
from invoices.domain import numbering
from invoices.domain.lines import UNIT_ONE, LineKind
from invoices.domain.parties import Buyer, Seller
from invoices.domain.period import Month
from invoices.domain.tax import Category
from invoices.domain.vat import VatSplit
from invoices.problems import Problem
from invoices.querysets import (
    ExportQuerySet,
    InvoiceLineQuerySet,
    InvoiceQuerySet,
    InvoiceRunItemQuerySet,
    InvoiceRunQuerySet,
    IssuedIsFinalError,
    IssuedQuerySet,
    ItemQuerySet,
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


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot make numbers."""
    try:
        numbering.check_pattern(pattern)
    except ValueError as error:
        raise ValidationError(
            _("Write the pattern like {year}-{number:05d}, with letters, digits, dots, hyphens.")
        ) from error


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


class NumberRange(models.Model):
    """Gapless numbers of one kind of document; `last_number` is counted under a row lock."""

    INVOICES = "invoices"
    CANCELLATIONS = "cancellations"

    name = models.CharField(_("name"), max_length=20, default=INVOICES)
    # 0 where the numbers do not begin again with each year.
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    pattern = models.CharField(
        _("pattern"),
        max_length=50,
        default=numbering.DEFAULT_PATTERN,
        validators=[validate_pattern],
        help_text=_("For example {year}-{number:05d}, which makes 2026-00042."),
    )
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number range")
        verbose_name_plural = _("number ranges")
        ordering = ("name", "-year")
        constraints = (
            models.UniqueConstraint(fields=["name", "year"], name="number_range_once_a_year"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.year or ''}".strip()


class InvoiceRun(models.Model):
    """The invoicing of one month: made once, started as often as there is something new."""

    period = models.DateField(_("month"), unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("last started"), null=True, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects: ClassVar[InvoiceRunQuerySet] = InvoiceRunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice run")
        verbose_name_plural = _("invoice runs")
        ordering = ("-period",)

    def __str__(self) -> str:
        return str(self.month)

    @property
    def month(self) -> Month:
        """The month whose sessions are invoiced."""
        return Month(self.period.year, self.period.month)


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
    # The sentences of the document, by their place: see invoices.texts.
    texts = models.JSONField(_("texts"))
    net_cents = models.BigIntegerField(_("net in cents"))
    vat_cents = models.BigIntegerField(_("VAT in cents"))
    rounding_cents = models.SmallIntegerField(_("rounding in cents"))
    gross_cents = models.BigIntegerField(_("amount due in cents"))
    # How many lines and rates belong to it: the database refuses any beyond these.
    line_count = models.PositiveIntegerField()
    rate_count = models.PositiveSmallIntegerField()

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


class InvoiceRunItem(models.Model):
    """One customer of a run: where their invoice stands, and what stood in the way.

    The work is leased: a worker that dies leaves an item whose lease runs out, and the
    sweeper gives it to the next one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("in progress")
        ISSUED = "issued", _("issued, file missing")
        DONE = "done", _("done")
        FAILED = "failed", _("not invoiced")

    run = models.ForeignKey(InvoiceRun, on_delete=models.PROTECT, related_name="items")
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="invoice_run_items",
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    queued_at = models.DateTimeField(_("queued"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    # The latest invoice that came of it; a late session brings another one.
    invoice = models.ForeignKey(
        Invoice,
        verbose_name=_("invoice"),
        on_delete=models.PROTECT,
        null=True,
        related_name="run_items",
    )
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    detail = models.TextField(_("detail"), blank=True)

    objects: ClassVar[InvoiceRunItemQuerySet] = InvoiceRunItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("customer of an invoice run")
        verbose_name_plural = _("customers of an invoice run")
        ordering = ("pk",)
        indexes = (models.Index(fields=["state", "leased_until"]),)
        constraints = (
            models.UniqueConstraint(fields=["run", "customer"], name="run_item_once_a_customer"),
        )

    def __str__(self) -> str:
        return f"{self.run_id}/{self.customer_id}: {self.state}"


class Export(models.Model):
    """A month's archive, packed in the background and fetched as a file."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("in progress")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    period = models.DateField(_("month"), editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    leased_until = models.DateTimeField(_("leased until"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    done = models.PositiveIntegerField(_("files done"), default=0)
    total = models.PositiveIntegerField(_("files in all"), default=0)
    # Below settings.EXPORT_DIR.
    path = models.CharField(_("path"), max_length=100, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    detail = models.TextField(_("detail"), blank=True)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.month} #{self.pk}"

    @property
    def month(self) -> Month:
        """The month that is packed."""
        return Month(self.period.year, self.period.month)
