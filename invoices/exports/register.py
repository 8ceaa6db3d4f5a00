"""The list of a month's invoices as CSV, for spreadsheets."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from invoices.domain.money import format_percent
from invoices.exports.table import amount_text, neutral, table_csv
from invoices.models import Invoice


def register_csv(invoices: Iterable[Invoice]) -> bytes:
    """Return the list: as `table_csv` writes it.

    One row per invoice, with rates prefetched and the archived file loaded. Amounts are in
    euros; several rates stand in one cell.
    """
    head = [
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
    return table_csv(head, map(_row, invoices))


def _row(invoice: Invoice) -> list[object]:
    buyer = invoice.buyer_party
    return [
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
