"""The sentences of an invoice, made once at issue and kept with it."""

import datetime as dt

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from invoices.domain.lines import Line, format_duration
from invoices.domain.money import format_euros
from invoices.domain.parties import Buyer
from invoices.domain.period import Month, clock_time


def month_name(month: Month) -> str:
    """Return the month for people in the active language: 'November 2026'."""
    return date_format(month.first_day, "F Y")


def block_name(block_seconds: int) -> str:
    """Return a billing block for people: '10 minutes', '1:30 minutes', '1 minute'."""
    minutes, rest = divmod(block_seconds, 60)
    if rest:
        return _("%(time)s minutes") % {"time": format_duration(block_seconds)}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def line_description(line: Line, language: str) -> str:
    """Return what was done when, for how long and by whom (sec. 14(4) no. 5 and 6 UStG)."""
    with translation.override(language):
        text = _(
            "Remote support on %(date)s, %(start)s – %(end)s, %(minutes)s min, "
            "%(quantity)d × %(block)s begun, technician %(technician)s"
        )
        return text % {
            "date": date_format(line.service_date, "SHORT_DATE_FORMAT"),
            "start": clock_time(line.work.started_at),
            "end": clock_time(line.work.ended_at),
            "minutes": format_duration(line.work.seconds),
            "quantity": line.quantity,
            "block": block_name(line.work.terms.block_seconds),
            "technician": line.work.technician,
        }


def greeting(buyer: Buyer) -> str:
    """Return the salutation in the active language."""
    if buyer.salutation and buyer.last_name:
        return _("Good day %(salutation)s %(name)s,") % {
            "salutation": buyer.salutation,
            "name": buyer.last_name,
        }
    if buyer.person:
        return _("Good day %(name)s,") % {"name": buyer.person}
    return _("Dear Sir or Madam,")


def document_texts(
    buyer: Buyer, month: Month, lines: list[Line], *, due_on: dt.date, language: str
) -> dict[str, str]:
    """Return the sentences by their place in the document, in `language`.

    `default_hint` is empty for businesses: sec. 286(3) BGB asks for it only where the
    debtor is a consumer.
    """
    with translation.override(language):
        return {
            "title": _("Invoice"),
            "greeting": greeting(buyer),
            "intro": _("for our remote support in %(month)s we charge as agreed:")
            % {"month": month_name(month)},
            "blocks": _blocks_hint(lines, language),
            "payment": _("Please transfer the amount by %(date)s, naming the invoice number.")
            % {"date": date_format(due_on, "SHORT_DATE_FORMAT")},
            "default_hint": _default_hint(buyer),
            "closing": _("Thank you for your trust."),
        }


def _default_hint(buyer: Buyer) -> str:
    if buyer.kind != Customer.Kind.CONSUMER:
        return ""
    return _(
        "You will be in default without a reminder if you do not pay within 30 days after the "
        "due date and receipt of this invoice (sec. 286 (3) BGB)."
    )


def _blocks_hint(lines: list[Line], language: str) -> str:
    """Explain how blocks are counted, where all sessions had the same terms."""
    terms = {line.work.terms for line in lines}
    if len(terms) != 1:
        return _("Each block that was begun is charged; only connected time counts.")
    (only,) = terms
    values = {
        "block": block_name(only.block_seconds),
        "first": format_euros(only.first_block_cents, language),
        "further": format_euros(only.further_block_cents, language),
    }
    if only.first_block_cents == only.further_block_cents:
        return (
            _("Agreed price: %(first)s incl. VAT per %(block)s begun. Only connected time counts.")
            % values
        )
    return (
        _(
            "Agreed price: %(first)s incl. VAT for the first %(block)s begun, %(further)s for each "
            "further %(block)s begun. Only connected time counts."
        )
        % values
    )
