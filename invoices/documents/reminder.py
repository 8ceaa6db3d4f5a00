"""The letter about a late invoice: what its template prints, and its bytes."""

import datetime as dt
import hashlib
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.documents.context import Total, letterhead_of, transfer_code
from invoices.documents.pdf import html_to_pdf
from invoices.domain.interest import Stretch
from invoices.domain.money import format_euros, format_percent
from invoices.models import Reminder

TEMPLATE = "pdf/reminder.html"


def render_reminder(reminder: Reminder) -> bytes:
    """Return the letter's PDF, in its invoice's language; the same each time.

    Raises RenderError (invoices.documents.pdf).
    """
    identifier = hashlib.sha256(f"reminder {reminder.file_name}".encode()).hexdigest()[:32]
    with translation.override(reminder.language):
        html = render_to_string(TEMPLATE, reminder_context(reminder))
    return html_to_pdf(html, identifier.encode())


def reminder_context(reminder: Reminder) -> dict[str, Any]:
    """Return what templates/pdf/reminder.html needs, in the active language."""
    seller, buyer = reminder.seller_party, reminder.buyer_party
    return {
        **letterhead_of(seller, buyer),
        "reminder": reminder,
        "created": reminder.created_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "texts": reminder.texts,
        "facts": [
            (_("Date"), _day(reminder.issued_on)),
            (_("Invoice number"), reminder.invoice.number),
            (_("Invoice date"), _day(reminder.invoice.issued_on)),
            (_("Due date"), _day(reminder.invoice.due_on)),
            (_("Customer number"), str(buyer.number)),
        ],
        "totals": totals_of(reminder),
        "reckoning": [_reckoned(part, reminder.language) for part in reminder.interest_parts],
        "girocode": transfer_code(seller, reminder.total_cents, reminder.invoice.number),
    }


def _day(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def totals_of(reminder: Reminder) -> list[Total]:
    """Return what is asked for: the open amount, what the delay costs, and the sum."""
    amounts = (
        (
            _("Open from invoice %(number)s") % {"number": reminder.invoice.number},
            reminder.open_cents,
        ),
        (_("Default interest (sec. 288 BGB)"), reminder.interest_cents),
        (_("Flat amount for late payment (sec. 288 (5) BGB)"), reminder.flat_cents),
        (_("Costs of the letters before"), reminder.former_cents),
        (_("Cost of this letter"), reminder.fee_cents),
        (_("Settled of costs and interest so far"), -reminder.settled_cents),
    )
    totals = [
        Total(label, format_euros(cents, reminder.language)) for label, cents in amounts if cents
    ]
    total = format_euros(reminder.total_cents, reminder.language)
    return [*totals, Total(_("To be paid"), total, "due")]


def _reckoned(part: Stretch, language: str) -> str:
    text = ngettext(
        "Interest from %(first)s to %(last)s: %(days)d day at %(percent)s a year.",
        "Interest from %(first)s to %(last)s: %(days)d days at %(percent)s a year.",
        part.days,
    )
    return text % {
        "first": _day(part.first),
        "last": _day(part.last),
        "days": part.days,
        "percent": format_percent(part.percent, language),
    }
