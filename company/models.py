"""Company data and tariffs: data, not code, so that any shop can use the portal."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from company.domain.tariff import Terms
from company.querysets import CompanyManager, TariffQuerySet


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
    logo = models.ImageField(_("logo"), upload_to="company", blank=True)

    objects: ClassVar[CompanyManager] = CompanyManager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="company_only_one_row"),
        )

    def __str__(self) -> str:
        return self.name


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

    @property
    def terms(self) -> Terms:
        """The terms that a session copies."""
        return Terms(
            block_seconds=self.block_seconds,
            first_block_cents=self.first_block_cents,
            further_block_cents=self.further_block_cents,
            vat_percent=self.vat_percent,
        )
