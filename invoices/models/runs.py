"""The work in the background: runs that make invoices, exports that pack them."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.domain.period import Month
from invoices.models.documents import Invoice
from invoices.models.leased import Leased
from invoices.querysets import ExportQuerySet, InvoiceRunItemQuerySet, InvoiceRunQuerySet


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
    # While it is set, no customer is begun; who is in work is finished.
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)

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


class InvoiceRunItem(Leased):
    """One customer of a run: where their invoice stands, and what stood in the way."""

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
    queued_at = models.DateTimeField(_("queued"), null=True)
    # The latest invoice that came of it; a late session brings another one.
    invoice = models.ForeignKey(
        Invoice,
        verbose_name=_("invoice"),
        on_delete=models.PROTECT,
        null=True,
        related_name="run_items",
    )

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


class Export(Leased):
    """Invoices packed in the background and fetched as a file, which is kept for some days.

    A month for the bookkeeper, or any days for a tax audit.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("in progress")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        REMOVED = "removed", _("removed")

    class Kind(models.TextChoices):
        MONTH = "month", _("month")
        AUDIT = "audit", _("tax audit")

    # How long a finished file stays: it can be packed again at any time.
    KEPT = dt.timedelta(days=7)

    kind = models.CharField(
        _("kind"), max_length=5, choices=Kind, default=Kind.MONTH, editable=False
    )
    period = models.DateField(_("first day"), editable=False)
    # Of an audit; a month ends by itself.
    last_day = models.DateField(_("last day"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    done = models.PositiveIntegerField(_("files done"), default=0)
    total = models.PositiveIntegerField(_("files in all"), default=0)
    # Below settings.EXPORT_DIR.
    path = models.CharField(_("path"), max_length=100, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def month(self) -> Month:
        """The month that is packed."""
        return Month(self.period.year, self.period.month)

    @property
    def name(self) -> str:
        """What is packed, as a part of file names: '2026-10', or first and last day."""
        if self.last_day is None:
            return str(self.month)
        return f"{self.period}_{self.last_day}"

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being packed."""
        return self.state in {self.State.WAITING, self.State.WORKING}

    @property
    def removed_on(self) -> dt.datetime | None:
        """When the file is removed; None before there is one."""
        return self.finished_at + self.KEPT if self.finished_at is not None else None
