"""The customer, with the address that an invoice needs and what was agreed with them."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from company.domain.tariff import Terms
from customers.countries import COUNTRIES
from customers.querysets import CustomerQuerySet
from customers.validation import (
    check_leitweg_id,
    check_phone,
    check_postcode,
    normal_vat_id,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable


class Customer(models.Model):
    """Somebody who is helped and gets the invoice.

    Only a name is needed to begin: on the phone there is no time for more. What an
    invoice still lacks is named by `missing_for_invoice`.
    """

    class Kind(models.TextChoices):
        CONSUMER = "consumer", _("Consumer")
        BUSINESS = "business", _("Business")

    class Language(models.TextChoices):
        GERMAN = "de", _("German")
        ENGLISH = "en", _("English")

    number = models.PositiveIntegerField(_("customer number"), unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CONSUMER)
    company_name = models.CharField(_("company"), max_length=100, blank=True)
    salutation = models.CharField(_("salutation"), max_length=20, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    street = models.CharField(_("street and number"), max_length=100, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=COUNTRIES, default="DE")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    vat_id = models.CharField(_("VAT ID"), max_length=20, blank=True)
    # Reverse charge needs a VAT ID that somebody has really asked the authorities about.
    vat_id_checked_on = models.DateField(_("VAT ID confirmed on"), null=True, blank=True)
    leitweg_id = models.CharField(_("Leitweg-ID"), max_length=46, blank=True)
    language = models.CharField(
        _("language of invoices"), max_length=2, choices=Language, default=Language.GERMAN
    )
    wants_service_record = models.BooleanField(_("service record with each invoice"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects: ClassVar[CustomerQuerySet] = CustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("company_name", "last_name", "first_name", "number")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(company_name="", last_name=""), name="customer_has_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what cannot be meant, each at its field; normalise the VAT ID."""
        errors: dict[str, ValidationError] = {}
        if not self.company_name and not self.last_name:
            errors["last_name"] = ValidationError(
                _("Enter a last name or a company: one of them must be there.")
            )
        checks: dict[str, Callable[[], None]] = {
            "postcode": lambda: check_postcode(self.postcode, self.country),
            "phone": lambda: check_phone(self.phone),
            "vat_id": self._normalise_vat_id,
            "leitweg_id": lambda: check_leitweg_id(self.leitweg_id),
        }
        for name, check in checks.items():
            if getattr(self, name):
                try:
                    check()
                except ValidationError as error:
                    errors[name] = error
        if errors:
            raise ValidationError(errors)

    def _normalise_vat_id(self) -> None:
        self.vat_id = normal_vat_id(self.vat_id)

    @property
    def person(self) -> str:
        """First and last name, or an empty text."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def name(self) -> str:
        """The company, or the person where there is none."""
        return self.company_name or self.person

    @property
    def address_lines(self) -> list[str]:
        """The postal address from the top, for a window envelope (DIN 5008)."""
        person = " ".join(part for part in (self.salutation, self.person) if part)
        lines = [self.company_name, person if self.person else "", self.street]
        lines.append(f"{self.postcode} {self.city}".strip())
        return [line for line in lines if line]

    @property
    def missing_for_invoice(self) -> list[str]:
        """The names of the fields that sec. 14(4) no. 1 UStG asks for and that are empty."""
        fields = ("street", "postcode", "city")
        return [
            str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in fields
            if not getattr(self, name)
        ]

    @property
    def version(self) -> str:
        """Changes with every save: tells whether somebody else has written meanwhile."""
        return self.updated_at.isoformat()

    def agreement_on(self, day: "dt.date") -> "Agreement | None":
        """Return what was agreed with the customer for that day."""
        return Agreement.holding(self.agreements.all(), day)

    def get_absolute_url(self) -> str:
        """Return the address of the customer's page."""
        return reverse("customers:detail", args=[self.pk])


class Agreement(models.Model):
    """What was agreed with one customer, with the day from which it holds.

    Where no price is given, the shop's tariff holds. An agreement that has begun is never
    changed, only followed by another one: what was promised stays promised.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="agreements")
    name = models.CharField(_("name"), max_length=100)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    included_minutes = models.PositiveIntegerField(_("minutes included each month"), default=0)
    discount_percent = models.DecimalField(
        _("discount in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    block_seconds = models.PositiveIntegerField(
        _("billing block in seconds"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    minimum_blocks = models.PositiveSmallIntegerField(
        _("blocks charged at least"), default=1, validators=[MinValueValidator(1)]
    )
    first_block_cents = models.PositiveIntegerField(
        _("first block, gross, in cents"), null=True, blank=True
    )
    further_block_cents = models.PositiveIntegerField(
        _("each further block, gross, in cents"), null=True, blank=True
    )
    first_block_net_cents = models.PositiveIntegerField(
        _("first block, net, in cents"), null=True, blank=True
    )
    further_block_net_cents = models.PositiveIntegerField(
        _("each further block, net, in cents"), null=True, blank=True
    )
    vat_percent = models.DecimalField(
        _("VAT in percent"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(19),
        validators=[MinValueValidator(0), MaxValueValidator(Decimal("99.99"))],
    )

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("customer", "-valid_from")
        constraints = (
            models.UniqueConstraint(fields=["customer", "valid_from"], name="agreement_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(
                    block_seconds__isnull=True,
                    first_block_cents__isnull=True,
                    further_block_cents__isnull=True,
                )
                | models.Q(
                    block_seconds__isnull=False,
                    first_block_cents__isnull=False,
                    further_block_cents__isnull=False,
                ),
                name="agreement_has_all_prices_or_none",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse prices that are half given, and an end before the start."""
        prices = (self.block_seconds, self.first_block_cents, self.further_block_cents)
        if any(part is not None for part in prices) and None in prices:
            raise ValidationError(_("Give block length and both prices, or none of them."))
        if self.valid_until and self.valid_from and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day lies before the first one.")})

    @staticmethod
    def holding(agreements: "Iterable[Agreement]", day: "dt.date") -> "Agreement | None":
        """Return which of a customer's agreements holds on a day: the newest that has begun."""
        begun = [agreement for agreement in agreements if agreement.valid_from <= day]
        newest = max(begun, key=lambda agreement: agreement.valid_from, default=None)
        if newest is None or (newest.valid_until and newest.valid_until < day):
            return None
        return newest

    @property
    def has_begun(self) -> bool:
        """Whether the customer may have relied on it already."""
        return self.valid_from <= timezone.localdate()

    @property
    def terms(self) -> Terms | None:
        """The customer's own prices, or None where the shop's tariff holds."""
        if (
            self.block_seconds is None
            or self.first_block_cents is None
            or self.further_block_cents is None
        ):
            return None
        return Terms.of(self)


class NumberCounter(models.Model):
    """The last customer number given out: one row, locked while a number is taken.

    A number is never given twice, also not after its customer was removed.
    """

    last = models.PositiveIntegerField(default=10000)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="customer_counter_only_one_row"),
        )

    def __str__(self) -> str:
        return str(self.last)
