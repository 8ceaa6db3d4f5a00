"""The lists of a month's invoices and of its dunning letters as CSV, for spreadsheets."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from invoices.domain.money import format_percent
from invoices.exports.table import amount_text, neutral, table_pieces
from invoices.models import Invoice, Reminder
from invoices.querysets import InvoiceQuerySet, ReminderQuerySet

CHUNK = 500


def register_csv(invoices: InvoiceQuerySet) -> Iterator[bytes]:
    """Yield the list of invoices in pieces, as `table_pieces` writes it.

    Amounts are in euros; several rates stand in one cell.
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
    listed = invoices.select_related("archived_file").prefetch_related("rates")
    return table_pieces(head, map(_row, listed.iterator(chunk_size=CHUNK)))


def reminders_csv(reminders: ReminderQuerySet) -> Iterator[bytes]:
    """Yield the list of letters, likewise."""
    head = [
        _("Invoice number"),
        _("Letter"),
        _("Date"),
        _("To be paid by"),
        _("Customer number"),
        _("Customer"),
        _("Open"),
        _("Costs of the letters before"),
        _("Cost of the letter"),
        _("Flat amount"),
        _("Default interest"),
        _("Settled so far"),
        _("Amount"),
        _("File"),
        _("SHA-256"),
    ]
    listed = reminders.select_related("invoice")
    return table_pieces(head, map(_letter_row, listed.iterator(chunk_size=CHUNK)))


def _letter_row(reminder: Reminder) -> list[object]:
    buyer = reminder.buyer_party
    amounts = (
        reminder.open_cents,
        reminder.former_cents,
        reminder.fee_cents,
        reminder.flat_cents,
        reminder.interest_cents,
        -reminder.settled_cents,
        reminder.total_cents,
    )
    return [
        neutral(reminder.invoice.number),
        reminder.get_level_display(),
        f"{reminder.issued_on:%d.%m.%Y}",
        f"{reminder.pay_until:%d.%m.%Y}",
        buyer.number,
        neutral(buyer.name),
        *map(amount_text, amounts),
        reminder.file_name,
        reminder.sha256,
    ]


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
