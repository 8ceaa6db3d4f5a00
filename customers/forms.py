"""Forms for customers."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
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
            "notes",
        )
        labels: ClassVar[dict[str, Any]] = {"kind": _("Customer is a")}
        help_texts: ClassVar[dict[str, Any]] = {
            "vat_id": _("Only for businesses. With the country, for example DE136695976."),
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
            "notes": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alike: CustomerQuerySet = Customer.objects.none()
        if self.instance.pk:
            self.initial["version"] = self.instance.version

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
