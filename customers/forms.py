"""Forms for customers."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from company.fields import EuroField
from customers.models import Agreement, Customer
from customers.services import customer_create, customer_update

if TYPE_CHECKING:
    from customers.querysets import CustomerQuerySet


class CustomerForm(forms.ModelForm[Customer]):
    """Everything the office keeps about a customer.

    A customer with the same name and postcode as another is saved only after the hint
    was seen (`is_another`).
    """

    is_another = forms.BooleanField(label=_("This is somebody else: save anyway"), required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Customer
        fields = (
            "kind",
            "company_name",
            "salutation",
            "first_name",
            "last_name",
            "street",
            "postcode",
            "city",
            "country",
            "phone",
            "email",
            "vat_id",
            "vat_id_checked_on",
            "leitweg_id",
            "language",
            "wants_service_record",
            "notes",
        )
        labels: ClassVar[dict[str, Any]] = {"kind": _("Customer is a")}
        help_texts: ClassVar[dict[str, Any]] = {
            "vat_id": _("Only for businesses. With the country, for example DE136695976."),
            "vat_id_checked_on": _(
                "When the tax office (BZSt) confirmed it. A business in another EU country then "
                "gets invoices without VAT and pays the VAT itself."
            ),
            "leitweg_id": _("Only for public bodies: their invoices become XRechnungen."),
            "language": _("For everything that the customer gets in writing."),
            "wants_service_record": _(
                "Pages after the invoice, in the same PDF: each session with its times, "
                "interruptions, agreed price and consent."
            ),
            "notes": _("Only for you and your colleagues, never on an invoice."),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "kind": forms.RadioSelect(),
            "salutation": forms.TextInput(attrs={"list": "salutations"}),
            "company_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "first_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "street": forms.TextInput(attrs={"autocomplete": "off"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
            "city": forms.TextInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "vat_id_checked_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "leitweg_id": forms.TextInput(attrs={"autocomplete": "off"}),
            "notes": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alike: CustomerQuerySet = Customer.objects.none()
        self.fields["language"].required = False
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    def clean_language(self) -> str:
        """Leave it as it is where nothing was chosen."""
        return self.cleaned_data["language"] or self.instance.language

    def clean(self) -> dict[str, Any]:
        """Hint at customers who look the same, once."""
        cleaned = super().clean() or self.cleaned_data
        name = cleaned.get("company_name") or cleaned.get("last_name") or ""
        alike = Customer.objects.alike(name=name, postcode=cleaned.get("postcode") or "")
        alike = alike.exclude(pk=self.instance.pk)
        is_moved = not self.instance.pk or bool(
            {"company_name", "last_name", "postcode"} & set(self.changed_data)
        )
        if is_moved and not cleaned.get("is_another") and alike.exists():
            self.alike = alike
            self.add_error(None, _("There is already a customer with this name at this postcode."))
        return cleaned

    def store(self) -> Customer | None:
        """Save through the service; None, with the reason as an error, if it refuses."""
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        try:
            if not self.instance.pk:
                return customer_create(fields=fields)
            return customer_update(
                customer=self.instance, fields=fields, seen=self.cleaned_data["version"]
            )
        except ValidationError as error:
            self.add_error(None, error)
            return None


class AgreementForm(forms.ModelForm[Agreement]):
    """What is agreed with one customer from a day on; a price is given in euros."""

    block_minutes = forms.IntegerField(
        label=_("Billing block in minutes"),
        min_value=1,
        max_value=600,
        required=False,
        help_text=_("Empty, as are the prices: the price list holds."),
    )
    first_block = EuroField(
        label=_("First block, VAT included, in euros"), least=Decimal(0), required=False
    )
    further_block = EuroField(
        label=_("Each further block, VAT included, in euros"), least=Decimal(0), required=False
    )
    first_block_net = EuroField(
        label=_("First block without VAT, in euros"), least=Decimal(0), required=False
    )
    further_block_net = EuroField(
        label=_("Each further block without VAT, in euros"),
        least=Decimal(0),
        required=False,
        help_text=_("Only for businesses abroad that pay the VAT themselves."),
    )

    field_order = (
        "name",
        "valid_from",
        "valid_until",
        "included_minutes",
        "discount_percent",
        "block_minutes",
        "first_block",
        "further_block",
        "first_block_net",
        "further_block_net",
        "minimum_blocks",
    )

    class Meta:
        model = Agreement
        fields = (
            "name",
            "valid_from",
            "valid_until",
            "included_minutes",
            "discount_percent",
            "minimum_blocks",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("For example: maintenance contract 2026."),
            "minimum_blocks": _("Counts only with prices of the customer's own."),
        }

    def clean_valid_from(self) -> Any:
        """Refuse a day that is past: invoices of it may be written already."""
        day = self.cleaned_data["valid_from"]
        if day < timezone.localdate().replace(day=1):
            raise ValidationError(_("An agreement begins in this month at the earliest."))
        return day

    def clean(self) -> dict[str, Any]:
        """Put block and prices into the agreement, all of them or none."""
        cleaned = super().clean() or self.cleaned_data
        own = ("block_minutes", "first_block", "further_block")
        missing = [name for name in own if cleaned.get(name) is None]
        if len(missing) < len(own):
            for name in missing:
                if name not in self.errors:
                    self.add_error(name, _("A price of their own needs all three."))
        if missing:
            return cleaned
        self.instance.block_seconds = cleaned["block_minutes"] * 60
        for name in ("first_block", "further_block", "first_block_net", "further_block_net"):
            value = cleaned.get(name)
            cents = None if value is None else EuroField.cents(value)
            setattr(self.instance, f"{name}_cents", cents)
        return cleaned


class QuickCustomerForm(forms.ModelForm[Customer]):
    """What a technician types while the customer is on the phone: a name is enough."""

    class Meta:
        model = Customer
        fields = (
            "kind",
            "company_name",
            "salutation",
            "first_name",
            "last_name",
            "street",
            "postcode",
            "city",
            "phone",
            "email",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = False

    def clean_kind(self) -> str:
        """Take a company's name for a business where nothing was chosen."""
        given: str = self.cleaned_data["kind"]
        if given:
            return given
        return Customer.Kind.BUSINESS if self.data.get("company_name") else Customer.Kind.CONSUMER
