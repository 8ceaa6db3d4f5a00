"""Forms of the office: money, cancellations, items, and files from the bank."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from company.fields import EuroField
from customers.models import Customer
from invoices.domain.camt import MAX_BYTES, Reason, StatementError
from invoices.domain.period import Month
from invoices.models import BaseRate, Item
from invoices.querysets import InvoiceQuerySet

STATEMENT_REFUSALS = {
    StatementError.TOO_LARGE: _("The file is too large: a statement has 32 MB at most."),
    StatementError.NOT_XML: _(
        "The file is damaged or was not loaded completely. Nothing was taken in: please download "
        "it from the bank again."
    ),
    StatementError.NOT_CAMT: _(
        "This is no account statement in the CAMT.053 format. Choose CAMT.053 (XML) when you "
        "download it from the bank."
    ),
    StatementError.BAD_ENTRY: _("A booking in the file cannot be read. Nothing was taken in."),
    StatementError.OTHER_ACCOUNT: _(
        "This statement is of another account than the one on your invoices. Nothing was taken "
        "in. If that is right, choose the file again and tick the box:"
    ),
}
# The Bundesbank announces a rate some days before it begins.
ANNOUNCED_BEFORE = dt.timedelta(days=14)
LEFT_OUT = {
    Reason.FOREIGN: _("not in euros: enter it by hand with what it came to"),
    Reason.RETURNED: _("went back to the payer: look at the invoice, and take the payment back"),
    Reason.REVERSED: _("takes back one of your own debits"),
    Reason.ELSEWHERE: _("came in on another account"),
}


class InvoiceFilterForm(forms.Form):
    """Narrows the list of invoices; what cannot be read is named and does not count."""

    class State(models.TextChoices):
        ALL = "", _("all")
        OPEN = "open", _("open")
        OVERDUE = "overdue", _("overdue")
        SETTLED = "settled", _("settled")
        CANCELLED = "cancelled", _("cancelled")

    q = forms.CharField(
        label=_("Number or customer"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    month = forms.CharField(
        label=_("Month"), required=False, widget=forms.DateInput(attrs={"type": "month"})
    )
    state = forms.ChoiceField(label=_("State"), choices=State.choices, required=False)

    def clean_month(self) -> Month | None:
        """Return the month, or None for all."""
        text: str = self.cleaned_data["month"]
        try:
            return Month.parse(text) if text else None
        except ValueError:
            raise ValidationError(_("A month looks like 2026-11.")) from None

    def narrow(self, invoices: InvoiceQuerySet) -> InvoiceQuerySet:
        """Return those of `invoices`, with `open_cents`, that the form asks for."""
        self.is_valid()
        wanted = self.cleaned_data
        if month := wanted.get("month"):
            invoices = invoices.filter(period=month.first_day)
        if text := wanted.get("q"):
            # The name of today, and the one that stands on the invoice.
            customers = Customer.objects.search(text)
            invoices = invoices.filter(
                Q(number__icontains=text)
                | Q(customer__in=customers.values("pk"))
                | Q(buyer__name__icontains=text)
            )
        is_open = Q(open_cents__gt=0)
        cancelled = Q(kind="cancellation") | Q(cancellation__isnull=False)
        match wanted.get("state"):
            case self.State.OPEN:
                return invoices.filter(is_open)
            case self.State.OVERDUE:
                return invoices.filter(is_open, due_on__lt=timezone.localdate())
            case self.State.SETTLED:
                return invoices.exclude(cancelled | is_open)
            case self.State.CANCELLED:
                return invoices.filter(cancelled)
        return invoices


class CancelForm(forms.Form):
    """Why an invoice is cancelled: it is printed."""

    reason = forms.CharField(
        label=_("Reason, printed on the cancellation"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SendForm(forms.Form):
    """Where an invoice goes; without an address it becomes a letter."""

    address = forms.EmailField(
        label=_("Mail address"),
        required=False,
        help_text=_("Leave it empty to send a letter."),
    )


class StatementForm(forms.Form):
    """Files of the bank, one or several."""

    statement = forms.FileField(
        label=_("Account statement (CAMT.053, XML)"),
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )

    # Asked for only where the statement turned out to be another account's.
    is_any_account = forms.BooleanField(
        label=_("This account is ours, too"), required=False, widget=forms.HiddenInput
    )

    def refuse(self, error: StatementError) -> None:
        """Say at the file what is wrong with it; let another account be taken for ours."""
        reason = f"{STATEMENT_REFUSALS[error.reason]} {error.detail}".strip()
        self.add_error("statement", reason)
        if error.reason == StatementError.OTHER_ACCOUNT:
            self.fields["is_any_account"].widget = forms.CheckboxInput()

    def clean_statement(self) -> bytes:
        """Return the content; refuse what is too large before it is read."""
        upload = self.cleaned_data["statement"]
        if upload.size > MAX_BYTES:
            raise ValidationError(STATEMENT_REFUSALS[StatementError.TOO_LARGE])
        content: bytes = upload.read()
        return content


class PaymentForm(forms.Form):
    """A payment that no bank file brings: cash, or a transfer seen elsewhere."""

    amount = EuroField(label=_("Amount in euros"))
    received_on = forms.DateField(
        label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For example: cash, receipt 12."),
    )

    def clean_received_on(self) -> Any:
        """Refuse a day to come: money is entered when it is there."""
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day


class BaseRateForm(forms.ModelForm[BaseRate]):
    """The base rate of a half-year, as the Bundesbank announced it."""

    # More than it has ever moved at once (2.5 points, on 1 January 2023).
    USUAL_STEP: ClassVar = Decimal(3)

    is_certain = forms.BooleanField(
        label=_("I have looked again: it is right"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = BaseRate
        fields = ("valid_from", "percent")
        localized_fields = ("percent",)
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "percent": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        }

    def clean_valid_from(self) -> dt.date:
        """Refuse half-years whose rate nobody can know yet."""
        day: dt.date = self.cleaned_data["valid_from"]
        if day > timezone.localdate() + ANNOUNCED_BEFORE:
            raise ValidationError(_("The rate of this half-year is not announced yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask again where the rate is far from the one before."""
        cleaned = super().clean() or self.cleaned_data
        day, percent = cleaned.get("valid_from"), cleaned.get("percent")
        if day is None or percent is None or cleaned.get("is_certain"):
            return cleaned
        before = BaseRate.objects.filter(valid_from__lt=day).first()
        if before is not None and abs(percent - before.percent) > self.USUAL_STEP:
            self.fields["is_certain"].widget = forms.CheckboxInput()
            text = _("The rate before was %(percent)s %%. Is this one right?")
            self.add_error(
                "percent", text % {"percent": number_format(before.percent, use_l10n=True)}
            )
        return cleaned


class AuditForm(forms.Form):
    """The days that a tax audit is about."""

    first = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and those to come: nobody knows what they bring."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        if first and first > timezone.localdate():
            self.add_error("first", _("This day is still to come."))
        return cleaned


class WriteOffForm(forms.Form):
    """Why the shop no longer asks for what is open."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ItemForm(forms.ModelForm[Item]):
    """Travel, parts, prepaid minutes: what is billed besides sessions."""

    price = EuroField(label=_("Price of one, VAT included, in euros"), least=Decimal(0))
    net_price = EuroField(
        label=_("Price of one without VAT, in euros"),
        least=Decimal(0),
        required=False,
        help_text=_("Only for businesses abroad that pay the VAT themselves."),
    )

    class Meta:
        model = Item
        fields = (
            "service_date",
            "description",
            "quantity",
            "unit",
            "vat_kind",
            "prepaid_minutes",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "service_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "description": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "quantity": _("A credit has a negative quantity, for example -1."),
        }

    field_order = (
        "service_date",
        "description",
        "quantity",
        "unit",
        "price",
        "net_price",
        "vat_kind",
        "prepaid_minutes",
    )

    def clean_quantity(self) -> int:
        """Refuse a quantity of nothing."""
        quantity: int = self.cleaned_data["quantity"]
        if not quantity:
            raise ValidationError(_("Nothing would be billed: enter a quantity other than 0."))
        return quantity

    def clean(self) -> dict[str, Any]:
        """Put the prices into the item, in cents."""
        cleaned = super().clean() or self.cleaned_data
        if (price := cleaned.get("price")) is not None:
            self.instance.unit_gross_cents = EuroField.cents(price)
        net = cleaned.get("net_price")
        self.instance.unit_net_cents = None if net is None else EuroField.cents(net)
        return cleaned
