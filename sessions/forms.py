"""Forms of the app."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from sessions.models import STATE_CHOICES, Session
from sessions.querysets import SessionQuerySet
from sessions.services.changing import NOTE_LIMIT, REASON_LIMIT
from technicians.models import User

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class ConnectForm(forms.Form):
    """The ID that a customer reads out. The password never comes to the server."""

    support_id = forms.CharField(label=_("ID"), max_length=40)


class CustomerForm(forms.Form):
    """Whom a session was for; empty takes the customer away again."""

    customer = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=Customer.objects.all(),
        required=False,
        error_messages={"invalid_choice": _("This customer does not exist any more.")},
    )


class NotesForm(forms.ModelForm[Session]):
    """What was done."""

    notes = forms.CharField(
        label=_("What was done"),
        max_length=NOTE_LIMIT,
        required=False,
        strip=False,
        widget=forms.Textarea,
    )

    class Meta:
        model = Session
        fields = ("notes",)


class CourtesyForm(forms.Form):
    """How many of a session's blocks the shop waives, and why; the reason is printed."""

    blocks = forms.IntegerField(label=_("Blocks that are not charged"), min_value=0)
    reason = forms.CharField(
        label=_("Reason, printed on the invoice"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *, session: Session) -> None:
        initial = {"blocks": session.courtesy_blocks, "reason": session.courtesy_reason}
        super().__init__(data, initial=initial)
        most = session.blocks or 0
        blocks = self.fields["blocks"]
        assert isinstance(blocks, forms.IntegerField)  # noqa: S101 - for the type checker
        blocks.validators.append(
            MaxValueValidator(most, _("The session has only %(limit_value)d blocks."))
        )
        blocks.widget.attrs["max"] = most

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where something is waived."""
        cleaned = self.cleaned_data
        if cleaned.get("blocks") and "reason" not in self.errors and not cleaned.get("reason"):
            self.add_error("reason", _("Say why: it is printed on the invoice."))
        return cleaned


class SessionFilterForm(forms.Form):
    """Narrows the list of sessions; what cannot be read is named and does not count."""

    month = forms.CharField(
        label=_("Month"), required=False, widget=forms.DateInput(attrs={"type": "month"})
    )
    technician = forms.ModelChoiceField(
        label=_("Technician"), queryset=User.objects.filter(is_technician=True), required=False
    )
    # A list of all customers would be endless; the page offers a search instead.
    customer = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=Customer.objects.all(),
        required=False,
        widget=forms.HiddenInput,
    )
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("all")), *STATE_CHOICES], required=False
    )

    def clean_month(self) -> dt.date | None:
        """Return the month's first day, or None for all."""
        text: str = self.cleaned_data["month"]
        if not text:
            return None
        match = MONTH.fullmatch(text)
        if match is None:
            raise forms.ValidationError(_("A month looks like 2026-11."))
        return dt.date(int(match[1]), int(match[2]), 1)

    def narrow(self, sessions: SessionQuerySet) -> SessionQuerySet:
        """Return those of `sessions` that the form asks for."""
        self.is_valid()
        wanted = self.cleaned_data
        if month := wanted.get("month"):
            sessions = sessions.opened_in(month.year, month.month)
        for field in ("technician", "customer", "state"):
            if value := wanted.get(field):
                sessions = sessions.filter(**{field: value})
        return sessions
