"""All letters that are due, written and sent in the background: what became of each."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.models.documents import Invoice
from invoices.models.dunning import Level, Reminder
from invoices.models.leased import Leased
from invoices.querysets import ReminderRunItemQuerySet


class LeftOut(models.TextChoices):
    """Why no letter is written about an overdue invoice when all are that are due."""

    SOON = "soon", _("not late enough for a letter yet")
    RUNNING = "running", _("the time that the letter before gave still runs")
    LAST = "last", _("the last letter was written: the next step is yours")
    NOT_SENT = "not-sent", _("the letter before has not gone out")
    ADDRESS = "address", _("neither mail address nor complete postal address")
    BASE_RATE = "base-rate", _("a base rate is missing")


class ReminderRun(models.Model):
    """One start of it."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("reminder run")
        verbose_name_plural = _("reminder runs")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReminderRunItem(Leased):
    """One letter of a run."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("in progress")
        DONE = "done", _("done")
        NOT_DUE = "not-due", _("no longer due")
        FAILED = "failed", _("not written")

    run = models.ForeignKey(ReminderRun, on_delete=models.PROTECT, related_name="items")
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="+"
    )
    level = models.PositiveSmallIntegerField(_("letter"), choices=Level)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    # The letter as soon as there is one: whoever goes on after a crash only sends it.
    reminder = models.ForeignKey(
        Reminder, verbose_name=_("reminder"), on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects: ClassVar[ReminderRunItemQuerySet] = ReminderRunItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("letter of a reminder run")
        verbose_name_plural = _("letters of a reminder run")
        ordering = ("pk",)
        indexes = (models.Index(fields=["state", "leased_until"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=("waiting", "working")),
                name="reminder_run_item_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.run_id}/{self.invoice_id}: {self.state}"
