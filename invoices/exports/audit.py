"""A data medium for a tax audit (Z3): tables with their description, and every archived file."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from django.utils import timezone, translation

from company.models import Company
from invoices.archive import read_archived
from invoices.exports.archive import require_files
from invoices.exports.audit_tables import TABLES, rows_of
from invoices.exports.gdpdu import INDEX, Supplier, index_xml
from invoices.exports.packing import SUMS, Entry, write_entries_to_folder
from invoices.exports.table import plain_pieces
from invoices.models import Invoice, Reminder
from invoices.querysets import InvoiceQuerySet

README = "liesmich.txt"
CHUNK = 500


def audit_files(first: dt.date, last: dt.date) -> Iterator[Entry]:
    """Yield name and content of each file for these days but the sums, one at a time.

    Days are those of issue, receipt or entry; both ends are included. Raises UnarchivedError
    before the first one, and ArchiveDamagedError on the way.
    """
    invoices = _invoices(first, last)
    require_files(invoices)
    company = Company.objects.current()
    supplier = Supplier(
        company.name,
        f"{company.street}, {company.postcode} {company.city}",
        f"Rechnungen und Zahlungen {first:%d.%m.%Y} bis {last:%d.%m.%Y}",
    )
    yield INDEX, [index_xml(supplier, first, last, TABLES)]
    yield README, [_readme(company, first, last)]
    for table in TABLES:
        # The names of kinds and states are German too, whoever asked for the export.
        yield table.file, _in_german(plain_pieces(rows_of(table, first, last)))
    for invoice in invoices.select_related("archived_file").iterator(chunk_size=CHUNK):
        name = f"belege/{invoice.issued_on.year}/{invoice.file_name}"
        yield name, [read_archived(invoice.archived_file)]
    reminders = Reminder.objects.of_days(first, last).select_related("invoice")
    for reminder in reminders.iterator(chunk_size=CHUNK):
        name = f"mahnungen/{reminder.issued_on.year}/{reminder.file_name}"
        yield name, [read_archived(reminder)]


def _in_german(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces, each made in German; the reader's language is theirs in between."""
    while True:
        with translation.override("de"):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def count_audit_files(first: dt.date, last: dt.date) -> int:
    """Return how many files there are for these days, the sums included."""
    documents = _invoices(first, last).count() + Reminder.objects.of_days(first, last).count()
    return 3 + len(TABLES) + documents


def write_audit_folder(
    first: dt.date, last: dt.date, folder: Path, on_file: Callable[[int], None]
) -> int:
    """Write the files for these days into a folder; return their number. Raises OSError."""
    return write_entries_to_folder(audit_files(first, last), folder, on_file)


def _invoices(first: dt.date, last: dt.date) -> InvoiceQuerySet:
    found = Invoice.objects.filter(issued_on__range=(first, last))
    return found.order_by("number_range", "sequence")


def _readme(company: Company, first: dt.date, last: dt.date) -> bytes:
    tables = "\n".join(f"  {table.file:<18} {table.about}" for table in TABLES)
    text = f"""\
Datenträgerüberlassung (Z3, § 147 Abs. 6 AO)
============================================

Betrieb:   {company.name}, {company.street}, {company.postcode} {company.city}
Steuer:    {company.tax_number or company.vat_id or "-"}
Zeitraum:  {first:%d.%m.%Y} bis {last:%d.%m.%Y}
Stand:     {timezone.localtime():%d.%m.%Y %H:%M} Uhr

Beschreibung der Tabellen
-------------------------
{INDEX} beschreibt alle Tabellen nach dem Beschreibungsstandard der Finanzverwaltung und nennt
dessen gdpdu-01-09-2004.dtd. Die Prüfsoftware bringt diese Datei mit; sonst gibt es sie bei der
Finanzverwaltung. Sie gehört dann in denselben Ordner.

Tabellen
--------
{tables}

Alle Tabellen: UTF-8, Semikolon zwischen den Spalten, erste Zeile mit Spaltennamen, Beträge in
Euro mit Komma, Tage als TT.MM.JJJJ, Zeitpunkte als Ortszeit mit Abstand zu UTC. Wo ein Text wie
eine Formel beginnt (= + - @), steht ein Apostroph davor, damit ihn keine Tabellenkalkulation
ausführt. Zeilenumbrüche in Texten sind Leerzeichen.

Welche Zeile in den Zeitraum gehört: Rechnungen, Positionen und Steuersätze nach dem
Rechnungsdatum, Zahlungen nach dem Eingang, Mahnungen nach ihrem Datum, alles andere nach dem
Zeitpunkt der Erfassung. Eine Zuordnung kann daher eine Rechnung aus einem früheren Zeitraum nennen.

Belege
------
  belege/        Rechnungen und Stornorechnungen, PDF/A-3 mit eingebettetem XML (EN 16931)
  mahnungen/     Mahnschreiben als PDF
Jede Datei wurde beim Packen gegen den SHA-256 geprüft, der bei der Ablage festgehalten wurde.

Unversehrtheit
--------------
{SUMS} nennt den SHA-256 jeder Datei (prüfen mit: sha256sum --check {SUMS}).
Das Protokoll ist verkettet: Jede Zeile enthält den SHA-256 der vorigen.
Wie das Verfahren arbeitet, steht in der Verfahrensdokumentation des Betriebs.
"""
    return text.replace("\n", "\r\n").encode()
