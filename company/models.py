"""Company data and tariffs: data, not code, so that any shop can use the portal."""

from decimal import Decimal
from typing import Any, ClassVar, Never

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from company.domain.iban import iban_is_valid
from company.domain.tariff import Terms
from company.querysets import (
    AppendOnlyError,
    AppendOnlyQuerySet,
    CompanyManager,
    TariffQuerySet,
    VatRateQuerySet,
)


class Company(models.Model):
    """The shop. There is exactly one row; DIBUC's data come with the first migration."""

    name = models.CharField(_("name"), max_length=100)
    owner = models.CharField(_("owner"), max_length=100, blank=True)
    claim = models.CharField(_("claim"), max_length=200, blank=True)
    street = models.CharField(_("street and number"), max_length=100)
    postcode = models.CharField(_("postcode"), max_length=10)
    city = models.CharField(_("city"), max_length=100)
    country = models.CharField(_("country"), max_length=2, default="DE")
    phone = models.CharField(_("phone"), max_length=40)
    email = models.EmailField(_("mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    vat_id = models.CharField(_("VAT ID"), max_length=20, blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)
    is_small_business = models.BooleanField(
        _("small business without VAT"),
        default=False,
        help_text=_("Sec. 19 UStG: invoices show no VAT and ask the promised price."),
    )
    logo = models.ImageField(_("logo"), upload_to="company", blank=True)
    # DATEV's own examples where nobody has entered the tax adviser's numbers.
    datev_consultant = models.PositiveIntegerField(
        _("DATEV consultant number"),
        default=1001,
        validators=[MinValueValidator(1001), MaxValueValidator(9_999_999)],
    )
    datev_client = models.PositiveIntegerField(
        _("DATEV client number"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(99_999)],
    )
    chart_of_accounts = models.CharField(
        _("chart of accounts"),
        max_length=2,
        choices=[("03", "SKR03"), ("04", "SKR04")],
        default="03",
    )

    objects: ClassVar[CompanyManager] = CompanyManager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="company_only_one_row"),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an IBAN with a wrong check digit: customers would pay to nobody."""
        self.iban = self.iban.replace(" ", "").upper()
        if self.iban and not iban_is_valid(self.iban):
            raise ValidationError({"iban": _("This is not a valid IBAN: please check the digits.")})


class Tariff(models.Model):
    """A price with the day from which it is valid.

    A session copies the terms when it is opened, so that a later change never
    touches what was promised.
    """

    name = models.CharField(_("name"), max_length=100)
    valid_from = models.DateField(_("valid from"), unique=True)
    block_seconds = models.PositiveIntegerField(
        _("billing block in seconds"), default=600, validators=[MinValueValidator(1)]
    )
    minimum_blocks = models.PositiveSmallIntegerField(
        _("blocks charged at least"), default=1, validators=[MinValueValidator(1)]
    )
    first_block_cents = models.PositiveIntegerField(_("first block, gross, in cents"))
    further_block_cents = models.PositiveIntegerField(_("each further block, gross, in cents"))
    # Own data, never derived: with reverse charge exactly this net price is due.
    first_block_net_cents = models.PositiveIntegerField(_("first block, net, in cents"))
    further_block_net_cents = models.PositiveIntegerField(_("each further block, net, in cents"))
    vat_percent = models.DecimalField(
        _("VAT in percent"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(19),
        validators=[MinValueValidator(0), MaxValueValidator(Decimal("99.99"))],
    )

    objects: ClassVar[TariffQuerySet] = TariffQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ("-valid_from",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a start that is not ahead, and net prices that do not fit the gross ones."""
        errors = {}
        if self._state.adding and self.valid_from and self.valid_from <= timezone.localdate():
            errors["valid_from"] = _("A new tariff begins tomorrow at the earliest.")
        for block in ("first_block", "further_block"):
            net, gross = getattr(self, f"{block}_net_cents"), getattr(self, f"{block}_cents")
            if None in (net, gross, self.vat_percent):
                continue
            if abs(net * (100 + self.vat_percent) / 100 - gross) > 1:
                errors[f"{block}_net_cents"] = _(
                    "Net price and VAT do not add up to the gross price."
                )
        if errors:
            raise ValidationError(errors)

    @property
    def has_begun(self) -> bool:
        """Whether customers may have been told this price already."""
        return self.valid_from <= timezone.localdate()

    @property
    def terms(self) -> Terms:
        """The terms that a session copies."""
        return Terms.of(self)


class VatRate(models.Model):
    """A VAT rate with the day from which it holds (sec. 12 UStG), for what is entered by hand."""

    class Kind(models.TextChoices):
        STANDARD = "standard", _("standard rate")
        REDUCED = "reduced", _("reduced rate")
        ZERO = "zero", _("no VAT")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    valid_from = models.DateField(_("valid from"))
    percent = models.DecimalField(
        _("VAT in percent"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(Decimal("99.99"))],
    )
    reason = models.CharField(
        _("reason for no VAT"),
        max_length=200,
        blank=True,
        help_text=_("Printed on the invoice, for example 'exempt by sec. 4 no. 21 UStG'."),
    )

    objects: ClassVar[VatRateQuerySet] = VatRateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ("kind", "-valid_from")
        constraints = (
            models.UniqueConstraint(fields=["kind", "valid_from"], name="vat_rate_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.percent.normalize():f} %"

    def clean(self) -> None:
        """Refuse a rate of nothing without a reason, and a reason for any other rate."""
        if self.percent is not None and bool(self.reason) != (self.percent == 0):
            raise ValidationError({"reason": _("A rate of 0 needs a reason, any other has none.")})


class AuditHead(models.Model):
    """The chain's last link. Its row is the lock that keeps the chain from forking."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="audit_only_one_head"),
        )

    def __str__(self) -> str:
        return f"#{self.number}"


class AuditEntry(models.Model):
    """Who did what, when: written once by company.audit.record, never changed.

    The database refuses UPDATE and DELETE by triggers; `digest` covers every other
    field and the digest of the entry before.
    """

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("time"), db_index=True)
    action = models.CharField(_("action"), max_length=60, db_index=True)
    # Empty where nobody was logged in: an agent, a task, a refused log-in.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    subject = models.CharField(_("subject"), max_length=200)
    details = models.JSONField(_("details"), default=dict)
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    objects: ClassVar[AppendOnlyQuerySet] = AppendOnlyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("audit log entry")
        verbose_name_plural = _("audit log")
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"#{self.number} {self.action} {self.subject}"

    def save(self, **options: Any) -> None:
        """Insert; raise AppendOnlyError when the entry exists already."""
        if not self._state.adding:
            raise AppendOnlyError
        super().save(**(options | {"force_insert": True}))

    def delete(self, *_arguments: Any, **_options: Any) -> Never:
        """Refuse."""
        raise AppendOnlyError
