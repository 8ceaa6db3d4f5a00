"""A month's archive: PDFs, lists, DATEV bookings and `SHA256SUMS`, as a ZIP or a folder.

Both hold the same files with the same bytes. Each PDF is checked against its stored hash
on the way, so a damaged archive is found out and never passed on.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from invoices import charges
from invoices.archive import read_archived
from invoices.domain.period import Month
from invoices.exports.datev import charge_files, datev_files, fiscal_years
from invoices.exports.packing import Entry, write_entries_to_folder
from invoices.exports.register import register_csv, reminders_csv
from invoices.models import Invoice, Reminder
from invoices.querysets import InvoiceQuerySet

REGISTER = "invoices.csv"
REMINDERS = "reminders.csv"
REMINDERS_FOLDER = "reminders"


class UnarchivedError(Exception):
    """Invoices that have no file yet; `numbers` names them."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = numbers


def require_files(invoices: InvoiceQuerySet) -> None:
    """Raise UnarchivedError where one of the invoices has no file yet."""
    missing = list(invoices.unarchived().values_list("number", flat=True)[:10])
    if missing:
        raise UnarchivedError(missing)


def month_files(month: Month) -> Iterator[Entry]:
    """Yield name and content of each file of the month's archive but the sums, one at a time.

    Invoices are those for the month's services; letters to those who pay late, and what they
    claimed, those of its days. Raises UnarchivedError before the first one, and
    ArchiveDamagedError on the way.
    """
    invoices = Invoice.objects.of_month(month)
    require_files(invoices)
    for invoice in invoices.select_related("archived_file").iterator(chunk_size=500):
        yield invoice.file_name, [read_archived(invoice.archived_file)]
    yield REGISTER, register_csv(invoices)
    yield from datev_files(month, invoices)
    reminders = Reminder.objects.of_month(month)
    if reminders.exists():
        for reminder in reminders.select_related("invoice").iterator(chunk_size=500):
            yield f"{REMINDERS_FOLDER}/{reminder.file_name}", [read_archived(reminder)]
        yield REMINDERS, reminders_csv(reminders)
    yield from charge_files(month, charges.of_days(month.first_day, month.last_day))


def count_files(month: Month) -> int:
    """Return how many files the month's archive has, the sums included."""
    invoices = Invoice.objects.of_month(month)
    letters = Reminder.objects.of_month(month).count()
    booked = charges.of_days(month.first_day, month.last_day)
    lists = 2 + bool(letters) + bool(booked)
    return invoices.count() + letters + lists + len(fiscal_years(invoices))


def write_folder(month: Month, folder: Path, on_file: Callable[[int], None]) -> int:
    """Write the archive into a folder; return the number of files. Raises OSError."""
    return write_entries_to_folder(month_files(month), folder, on_file)
