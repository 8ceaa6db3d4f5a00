"""The sentences of an invoice, made once at issue and kept with it."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from company.domain.tariff import least_cents
from customers.models import Customer
from invoices.domain.characters import writable
from invoices.domain.lines import Line, LineKind, format_duration
from invoices.domain.money import format_euros, format_percent
from invoices.domain.parties import Buyer
from invoices.domain.period import Month, clock_time
from invoices.domain.tax import Tax, Treatment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoices.models import Invoice, Reminder


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
        if line.item is not None:
            return line.item.description
        if line.work is None:
            return _("Discount of %(percent)s on remote support") % {
                "percent": format_percent(line.discount_percent or Decimal(0), language)
            }
        if line.kind in REDUCTIONS:
            return _reduction(line)
        text = _(
            "Remote support on %(date)s, %(start)s – %(end)s, %(minutes)s min, "
            "%(quantity)d × %(block)s begun, technician %(technician)s"
        )
        return text % {
            "date": date_format(line.service_date, "SHORT_DATE_FORMAT"),
            "start": clock_time(line.work.started_at, language),
            "end": clock_time(line.work.ended_at, language),
            "minutes": format_duration(line.work.seconds),
            "quantity": line.quantity,
            "block": block_name(line.block_seconds),
            "technician": line.work.technician,
        }


REDUCTIONS = {
    LineKind.COURTESY: gettext_lazy("waived as a courtesy"),
    LineKind.CONTRACT: gettext_lazy("included in your contract"),
    LineKind.PREPAID: gettext_lazy("from your prepaid minutes"),
}


def _reduction(line: Line) -> str:
    """Return why so many blocks of a session cost nothing."""
    if line.kind is LineKind.COURTESY and line.work is not None and line.work.courtesy_reason:
        return _("waived as a courtesy: %(reason)s") % {"reason": line.work.courtesy_reason}
    return str(REDUCTIONS[line.kind])


def tax_reason(tax: Tax, language: str) -> str:
    """Return the sentence that stands where there is no VAT (sec. 14a (5), 34a UStDV)."""
    with translation.override(language):
        if tax.reason == Treatment.REVERSE_CHARGE:
            return _("Reverse charge: the recipient of the service owes the VAT.")
        if tax.reason == Treatment.SMALL_BUSINESS:
            return _("No VAT is charged: small business exempt under sec. 19 UStG.")
        return tax.reason


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
            "greeting": writable(greeting(buyer)),
            "intro": _("for our services in %(month)s we charge as agreed:")
            % {"month": month_name(month)},
            "blocks": _blocks_hint(lines, language),
            "payment": _payment(sum(line.gross_cents for line in lines), due_on),
            "default_hint": _default_hint(buyer),
            "closing": _("Thank you for your trust."),
        }


def _payment(gross_cents: int, due_on: dt.date) -> str:
    if not gross_cents:
        return _("Nothing is left to pay.")
    return _("Please transfer the amount by %(date)s, naming the invoice number.") % {
        "date": date_format(due_on, "SHORT_DATE_FORMAT")
    }


def cancellation_texts(invoice: "Invoice", reason: str) -> dict[str, str]:
    """Return the sentences of the document that takes `invoice` back, in the active language."""
    values = {
        "number": invoice.number,
        "date": date_format(invoice.issued_on, "SHORT_DATE_FORMAT"),
        "reason": writable(reason),
    }
    return {
        "title": _("Cancellation invoice"),
        "greeting": greeting(invoice.buyer_party),
        "intro": _("we hereby cancel our invoice %(number)s of %(date)s in full.") % values,
        "blocks": _("Reason: %(reason)s") % values if reason else "",
        "payment": _("What you have already paid is settled or refunded."),
        "default_hint": "",
        "closing": _("We apologise for the inconvenience."),
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
    terms = {line.terms for line in lines if line.terms is not None}
    if not terms:
        return ""
    if len(terms) != 1:
        text = _("Each block that was begun is charged; only connected time counts.")
        if all(each.minimum_blocks == 1 for each in terms):
            return text
        return " ".join((text, _("What was agreed at least is charged in any case.")))
    (only,) = terms
    values = {
        "block": block_name(only.block_seconds),
        "first": format_euros(only.first_block_cents, language),
        "further": format_euros(only.further_block_cents, language),
    }
    if only.first_block_cents == only.further_block_cents:
        text = _(
            "Agreed price: %(first)s incl. VAT per %(block)s begun. Only connected time counts."
        )
    else:
        text = _(
            "Agreed price: %(first)s incl. VAT for the first %(block)s begun, %(further)s for each "
            "further %(block)s begun. Only connected time counts."
        )
    least = least_cents(only)
    if least is None:
        return text % values
    values["least"] = format_euros(least, language)
    values["time"] = block_name(only.minimum_blocks * only.block_seconds)
    return " ".join((text, _("At least %(least)s (for %(time)s) are charged."))) % values


def reminder_texts(reminder: "Reminder", former: "Sequence[Reminder]") -> dict[str, str]:
    """Return the sentences of a letter about a late invoice, in the active language.

    `former` are the letters before it.
    """
    days = [
        date_format(each.issued_on, "SHORT_DATE_FORMAT")
        for each in sorted(former, key=lambda each: each.level)
    ]
    values = {
        "number": reminder.invoice.number,
        "date": date_format(reminder.invoice.issued_on, "SHORT_DATE_FORMAT"),
        "due": date_format(reminder.invoice.due_on, "SHORT_DATE_FORMAT"),
        "until": date_format(reminder.pay_until, "SHORT_DATE_FORMAT"),
        **dict(zip(("first", "second"), days, strict=False)),
    }
    titles = (
        _("Reminder of invoice %(number)s"),
        _("Dunning letter about invoice %(number)s"),
        _("Last dunning letter about invoice %(number)s"),
    )
    intros = (
        _(
            "surely it only slipped your mind: our invoice %(number)s of %(date)s was due on "
            "%(due)s and is still open."
        ),
        _(
            "our invoice %(number)s of %(date)s was due on %(due)s. In spite of our reminder "
            "of %(first)s it is still open."
        ),
        _(
            "our invoice %(number)s of %(date)s was due on %(due)s. In spite of our letters "
            "of %(first)s and %(second)s it is still open."
        ),
    )
    warnings = (
        "",
        "",
        _(
            "If the amount is not there by then, we will claim it in court without writing "
            "to you again. Further costs would be yours to bear."
        ),
    )
    return {
        "title": titles[reminder.level] % values,
        "greeting": greeting(reminder.buyer_party),
        "intro": intros[reminder.level] % values,
        "payment": _("Please transfer the amount by %(until)s, naming the invoice number.")
        % values,
        "warning": warnings[reminder.level],
        "closing": _(
            "If you have paid meanwhile, please disregard this letter. If anything is unclear, "
            "just call us."
        ),
    }
