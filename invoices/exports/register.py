"""The list of a month's invoices as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from invoices.domain.money import format_amount, format_percent
from invoices.models import Invoice

# A spreadsheet takes a cell that begins like this for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Return the text so that no spreadsheet runs it: an apostrophe before a formula's sign."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def amount_text(cents: int) -> str:
    """Return an amount that a German spreadsheet reads as a number: 1234,50 or -0,01."""
    return format_amount(cents).replace(".", "").replace("−", "-")


def register_csv(invoices: Iterable[Invoice]) -> bytes:
    """Return the list: semicolons, decimal comma, UTF-8 with byte order mark.

    One row per invoice, with rates prefetched and the archived file loaded. Amounts are in
    euros; several rates stand in one cell.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            _("Invoice number"),
            _("Invoice date"),
            _("Month"),
            _("First service"),
            _("Last service"),
            _("Customer number"),
            _("Customer"),
            _("Net"),
            _("VAT"),
            _("Rounding"),
            _("Amount due"),
            _("VAT rates"),
            _("Due date"),
            _("File"),
            _("SHA-256"),
        ]
    )
    for invoice in invoices:
        buyer = invoice.buyer_party
        writer.writerow(
            [
                neutral(invoice.number),
                f"{invoice.issued_on:%d.%m.%Y}",
                str(invoice.month),
                f"{invoice.service_from:%d.%m.%Y}",
                f"{invoice.service_to:%d.%m.%Y}",
                buyer.number,
                neutral(buyer.name),
                amount_text(invoice.net_cents),
                amount_text(invoice.vat_cents),
                amount_text(invoice.rounding_cents),
                amount_text(invoice.gross_cents),
                ", ".join(format_percent(rate.percent) for rate in invoice.rates.all()),
                f"{invoice.due_on:%d.%m.%Y}",
                invoice.file_name,
                invoice.archived_file.sha256,
            ]
        )
    return stream.getvalue().encode("utf-8-sig")
