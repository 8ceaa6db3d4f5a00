"""How an invoice or a dunning letter came to its customer: by mail or on paper.

Never part of the document itself.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.models.documents import ArchivedFile, Invoice
from invoices.models.dunning import Reminder
from invoices.problems import Problem
from invoices.querysets import DeliveryQuerySet, PrintBatchQuerySet

# On its way, or perhaps: nothing else is sent meanwhile.
OPEN = ("queued", "sending", "unclear")


class PrintBatch(models.Model):
    """Documents for those without mail, as one PDF in the order of their envelopes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("in progress")
        DONE = "done", _("ready to print")
        FAILED = "failed", _("failed")

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
    # Below settings.EXPORT_DIR.
    path = models.CharField(_("path"), max_length=100, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    sheets = models.PositiveIntegerField(_("sheets"), default=0)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    detail = models.TextField(_("detail"), blank=True)

    objects: ClassVar[PrintBatchQuerySet] = PrintBatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("print batch")
        verbose_name_plural = _("print batches")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class Delivery(models.Model):
    """One attempt to bring an invoice, or a letter about it, to its customer.

    A mail is handed over once: from the moment before its content goes to the mail server
    until the server's answer, `handed_over_at` is set. Whoever dies in between leaves it
    unclear whether it was taken, so a person decides; it is never sent again by itself.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("mail")
        PRINT = "print", _("letter")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNCLEAR = "unclear", _("perhaps sent")
        FAILED = "failed", _("failed")
        BOUNCED = "bounced", _("came back")
        # A letter about money that came in before it went out.
        DROPPED = "dropped", _("no longer needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="deliveries"
    )
    # The letter that is sent; where there is none, the invoice itself.
    reminder = models.ForeignKey(
        Reminder,
        verbose_name=_("reminder"),
        on_delete=models.PROTECT,
        null=True,
        related_name="deliveries",
    )
    channel = models.CharField(_("way"), max_length=5, choices=Channel)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    # The mail address; a letter goes to the address on the invoice.
    address = models.EmailField(_("address"), blank=True)
    batch = models.ForeignKey(
        PrintBatch,
        verbose_name=_("print batch"),
        on_delete=models.PROTECT,
        null=True,
        related_name="deliveries",
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True)
    # What the mail server said, in its own words.
    detail = models.TextField(_("detail"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-created_at",)
        indexes = (models.Index(fields=["state", "next_attempt_at"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=OPEN, reminder__isnull=True),
                name="delivery_one_open_an_invoice",
            ),
            models.UniqueConstraint(
                fields=["reminder"],
                condition=Q(state__in=OPEN),
                name="delivery_one_open_a_reminder",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.channel} {self.state}"

    @property
    def document(self) -> Invoice | Reminder:
        """What is sent."""
        return self.reminder or self.invoice

    @property
    def archived(self) -> ArchivedFile | Reminder:
        """The file of what is sent."""
        return self.reminder or self.invoice.archived_file

    @property
    def message_id(self) -> str:
        """The Message-ID (RFC 5322 section 3.6.4): the same for every attempt."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
        return f"<{self.pk}@{domain}>"
