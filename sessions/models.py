"""The support session and its ledger."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from company.domain.tariff import Terms
from sessions.domain.credentials import grouped, masked
from sessions.domain.ledger import Stretch
from sessions.domain.lifecycle import OPEN_STATES, EndReason, State
from sessions.querysets import SessionQuerySet

STATE_CHOICES = [
    (State.WAITING, _("waiting")),
    (State.CONNECTING, _("connecting")),
    (State.ASKING, _("customer is asked")),
    (State.CONNECTED, _("connected")),
    (State.PAUSED, _("paused")),
    (State.ENDED, _("ended")),
    (State.CLOSED, _("closed without connection")),
]
END_REASON_CHOICES = [
    (EndReason.CUSTOMER, _("customer")),
    (EndReason.TECHNICIAN, _("technician")),
    (EndReason.REFUSED, _("customer refused")),
    (EndReason.OFFICE, _("office")),
    (EndReason.LINE_LOST, _("line lost")),
    (EndReason.ABANDONED, _("agent closed")),
    (EndReason.PROTOCOL, _("protocol error")),
]


class Session(models.Model):
    """One support session, from the agent's start to its end.

    `seconds`, `blocks` and `amount_cents` are written once, when the session ends;
    until then they follow from the segments. The terms are copied when the agent
    starts, because they are what the customer reads beside ID and password.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Digits with a Damm check digit; never given out twice.
    support_id = models.CharField(_("support ID"), max_length=9, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=STATE_CHOICES, default=State.WAITING
    )
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("technician"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="support_sessions",
    )
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="support_sessions",
    )
    opened_at = models.DateTimeField(_("agent started"), editable=False)
    # The technician typed the ID that the customer named: the order (Beauftragung).
    ordered_at = models.DateTimeField(_("ordered"), null=True, editable=False)
    consented_at = models.DateTimeField(_("consent given"), null=True, editable=False)
    consent_text_version = models.CharField(max_length=20, blank=True, editable=False)
    # The terms in the question that the customer answered: the tariff's, or their own.
    consented_terms = models.JSONField(null=True, editable=False)
    started_at = models.DateTimeField(_("start"), null=True, editable=False)
    ended_at = models.DateTimeField(_("end"), null=True, editable=False)
    end_reason = models.CharField(
        _("ended by"), max_length=20, choices=END_REASON_CHOICES, blank=True, editable=False
    )
    # Said by the agent, so hostile until escaped; lengths are capped on receipt.
    agent_version = models.CharField(max_length=20, blank=True, editable=False)
    agent_platform = models.CharField(_("system"), max_length=60, blank=True, editable=False)
    agent_hostname = models.CharField(_("computer"), max_length=64, blank=True, editable=False)
    # Presence, renewed by the relay while a socket stands. A killed server leaves them
    # behind as they were, and what is old there counts as gone.
    agent_seen_at = models.DateTimeField(null=True, editable=False)
    agent_gone_at = models.DateTimeField(null=True, editable=False)
    technician_seen_at = models.DateTimeField(null=True, editable=False)
    # The server process that the agent's socket came to last (settings.RELAY).
    relay = models.CharField(max_length=20, blank=True, editable=False)
    # SHA-256 of the secret with which the same agent process may come back.
    resume_token_hash = models.CharField(max_length=64, unique=True, editable=False)
    notes = models.TextField(_("what was done"), blank=True)

    block_seconds = models.PositiveIntegerField(editable=False, validators=[MinValueValidator(1)])
    first_block_cents = models.PositiveIntegerField(editable=False)
    further_block_cents = models.PositiveIntegerField(editable=False)
    vat_percent = models.DecimalField(max_digits=4, decimal_places=2, editable=False)
    minimum_blocks = models.PositiveSmallIntegerField(
        default=1, editable=False, validators=[MinValueValidator(1)]
    )
    # None where nobody had set a price without VAT.
    first_block_net_cents = models.PositiveIntegerField(null=True, editable=False)
    further_block_net_cents = models.PositiveIntegerField(null=True, editable=False)
    # What the shop waives when it writes the invoice; the promised price stays as it is.
    courtesy_blocks = models.PositiveSmallIntegerField(_("blocks waived"), default=0)
    courtesy_reason = models.CharField(_("why they are waived"), max_length=200, blank=True)

    seconds = models.PositiveIntegerField(_("connected seconds"), null=True, editable=False)
    blocks = models.PositiveIntegerField(_("blocks"), null=True, editable=False)
    amount_cents = models.PositiveIntegerField(_("amount in cents"), null=True, editable=False)

    objects: ClassVar[SessionQuerySet] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("support session")
        verbose_name_plural = _("support sessions")
        ordering = ("-opened_at",)
        indexes = (
            models.Index(fields=["state", "opened_at"]),
            models.Index(fields=["customer", "started_at"]),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES) | Q(ended_at__isnull=False),
                name="session_ended_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ENDED)
                | Q(seconds__isnull=False, blocks__isnull=False, amount_cents__isnull=False),
                name="session_ended_has_a_price",
            ),
        )

    def __str__(self) -> str:
        return grouped(self.support_id)

    @property
    def is_here(self) -> bool:
        """Whether the agent's socket came to this server process, or to none yet."""
        return self.relay in {"", settings.RELAY}

    @property
    def masked_support_id(self) -> str:
        """The ID for lists, where a waiting agent's must not stand in full."""
        return masked(self.support_id)

    @property
    def terms(self) -> Terms:
        """What the customer was promised when the agent started."""
        return Terms.of(self)

    @property
    def shown_terms(self) -> Terms | None:
        """What stood on the customer's screen at the consent; None where nobody noted it."""
        return Terms.restored(self.consented_terms) if self.consented_terms else None

    @property
    def agreed_terms(self) -> Terms | None:
        """The customer's own prices on the session's day; None where there are none."""
        if self.customer is None:
            return None
        agreement = self.customer.agreement_on(
            timezone.localdate(self.started_at or self.opened_at)
        )
        return agreement.terms if agreement else None

    @property
    def is_open(self) -> bool:
        """Whether the session can still go on."""
        return self.state in OPEN_STATES

    @property
    def is_billed(self) -> bool:
        """Whether an invoice claims the session; the relation comes from the app above."""
        return hasattr(self, "billed")

    def get_absolute_url(self) -> str:
        """Return the address of the session's page."""
        return reverse("sessions:detail", args=[self.pk])


class RetiredSupportId(models.Model):
    """An ID of a session that was deleted because nobody ever connected to it.

    An ID that somebody may still have on a slip of paper must not come up again.
    """

    support_id = models.CharField(max_length=9, primary_key=True)

    class Meta:
        verbose_name = _("used support ID")
        verbose_name_plural = _("used support IDs")

    def __str__(self) -> str:
        return grouped(self.support_id)


class Segment(models.Model):
    """A stretch of connected time, by the server's clock.

    While it is open, `last_seen_at` follows the last proof of life of both ends; a
    segment is closed at that moment, never at the moment when a time-out is noticed.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="segments")
    started_at = models.DateTimeField(_("start"))
    last_seen_at = models.DateTimeField(_("last proof of life"))
    ended_at = models.DateTimeField(_("end"), null=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("started_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="segment_one_open"
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("started_at")), name="segment_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at=F("last_seen_at")),
                name="segment_ends_when_last_seen",
            ),
        )

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S} – {self.last_seen_at:%H:%M:%S}"

    @property
    def stretch(self) -> Stretch:
        """The connected time so far."""
        return Stretch(self.started_at, self.last_seen_at)
