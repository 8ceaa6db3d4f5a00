"""From an issued invoice to what its template prints: texts only, nothing left to calculate."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.countries import COUNTRIES
from invoices.archive import logo_path
from invoices.documents.annex import annex_of
from invoices.documents.girocode import girocode_svg, group_iban
from invoices.domain.lines import LineKind, format_duration
from invoices.domain.money import as_decimal, format_amount, format_euros, format_percent
from invoices.domain.parties import Buyer, Seller
from invoices.domain.period import clock_time
from invoices.models import Invoice, InvoiceLine

# DIN 5008: the address zone of the window holds six lines of 4.5 mm, about 42 characters. A
# longer address is set smaller: nothing of it may be cut off (sec. 14(4) no. 1 UStG). Lines and
# wide characters that fit, for each style of the sheet.
ADDRESS_SIZES = {"": (6, 42), "dense": (8, 44), "denser": (0, 0)}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table, as text. `text` takes the place of time, minutes, technician."""

    date: str
    blocks: str
    gross: str
    time: str = ""
    minutes: str = ""
    technician: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """One line below the table; `kind` is '' or 'due' for the last one."""

    label: str
    amount: str
    kind: str = ""


def document_context(invoice: Invoice) -> dict[str, Any]:
    """Return what templates/pdf/invoice.html needs, in the active language.

    Reads nothing but the invoice's own snapshot.
    """
    seller, buyer = invoice.seller_party, invoice.buyer_party
    return {
        **letterhead_of(seller, buyer),
        "annex": annex_of(invoice),
        "invoice": invoice,
        "created": invoice.issued_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "texts": invoice.texts,
        "facts": facts_of(invoice, buyer),
        "rows": [row_of(line, invoice.language) for line in invoice.rows.lines],
        "totals": totals_of(invoice),
        "reasons": [rate.reason for rate in invoice.rows.rates if rate.reason],
        "has_vat": any(not rate.reason for rate in invoice.rows.rates),
        "due": format_euros(invoice.gross_cents, invoice.language),
        "girocode": transfer_code(seller, invoice.gross_cents, invoice.number),
    }


def letterhead_of(seller: Seller, buyer: Buyer) -> dict[str, Any]:
    """Return what templates/pdf/_letterhead.html needs, but the facts."""
    address = address_of(buyer, seller)
    return {
        "seller": seller,
        "buyer": buyer,
        "address": address,
        "address_size": next(
            size
            for size, (lines, characters) in ADDRESS_SIZES.items()
            if not lines or sum(-(-len(line) // characters) for line in address) <= lines
        ),
        "logo": logo_path(seller.logo).as_uri() if seller.logo else "",
        "iban": group_iban(seller.iban),
    }


def transfer_code(seller: Seller, cents: int, text: str) -> str | None:
    """Return the GiroCode of an amount, or None where there is none."""
    return girocode_svg(
        name=seller.name,
        iban=seller.iban,
        bic=seller.bic,
        amount=as_decimal(cents),
        text=text,
    )


def address_of(buyer: Buyer, seller: Seller) -> list[str]:
    """Return the lines in the window; abroad, the country comes last in capitals."""
    lines = list(buyer.address_lines)
    if buyer.country != seller.country:
        lines.append(str(dict(COUNTRIES).get(buyer.country, buyer.country)).upper())
    return lines


def facts_of(invoice: Invoice, buyer: Buyer) -> list[tuple[str, str]]:
    """Return the information block: label and value."""
    first = date_format(invoice.service_from, "SHORT_DATE_FORMAT")
    last = date_format(invoice.service_to, "SHORT_DATE_FORMAT")
    facts = [
        (
            _("Cancellation number") if invoice.is_cancellation else _("Invoice number"),
            invoice.number,
        ),
        (
            _("Date") if invoice.is_cancellation else _("Invoice date"),
            date_format(invoice.issued_on, "SHORT_DATE_FORMAT"),
        ),
        (_("Customer number"), str(buyer.number)),
        (
            (_("Service date"), first)
            if first == last
            else (_("Service period"), f"{first} – {last}")
        ),
    ]
    if invoice.cancels is not None:
        facts.append((_("Cancels invoice"), invoice.cancels.number))
    elif invoice.gross_cents:
        facts.append((_("Due date"), date_format(invoice.due_on, "SHORT_DATE_FORMAT")))
    if buyer.vat_id:
        facts.append((_("Your VAT ID"), buyer.vat_id))
    return facts


def row_of(line: InvoiceLine, language: str) -> Row:
    """Return a line's row. The second price of a session repeats neither day nor time."""
    quantity = str(line.quantity).replace("-", MINUS)
    blocks = f"{quantity} × {format_amount(line.unit_gross_cents, language)}"
    gross = format_amount(line.gross_cents, language)
    date = date_format(line.service_date, "SHORT_DATE_FORMAT")
    if line.kind in {LineKind.ITEM, LineKind.DISCOUNT}:
        return Row(date, blocks, gross, text=line.description)
    if line.kind != LineKind.SESSION:
        return Row("", blocks, gross, text=line.description)
    if not line.opens or line.started_at is None or line.ended_at is None:
        return Row("", blocks, gross)
    return Row(
        date=date,
        blocks=blocks,
        gross=gross,
        time=" – ".join(
            clock_time(moment, language) for moment in (line.started_at, line.ended_at)
        ),
        minutes=format_duration(line.seconds or 0),
        technician=line.technician,
    )


def totals_of(invoice: Invoice) -> list[Total]:
    """Return net and VAT of each rate, the rounding where there is one, and what is due."""
    language = invoice.language
    totals = []
    for rate in invoice.rows.rates:
        net, vat = (format_euros(cents, language) for cents in (rate.net_cents, rate.vat_cents))
        if rate.reason:
            totals.append(Total(_("Net, without VAT"), net))
            continue
        values = {"percent": format_percent(rate.percent, language)}
        totals.append(Total(_("Net at %(percent)s VAT") % values, net))
        totals.append(Total(_("VAT %(percent)s") % values, vat))
    if invoice.rounding_cents:
        totals.append(Total(_("Rounding"), format_euros(invoice.rounding_cents, language)))
    label = _("Amount cancelled") if invoice.is_cancellation else _("Amount due")
    totals.append(Total(label, format_euros(invoice.gross_cents, language), "due"))
    return totals
