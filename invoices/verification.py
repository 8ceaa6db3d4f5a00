"""Proof that the archive is whole: every file, every number, every sum, every trigger."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Sum

from invoices import immutability
from invoices.archive import ASSETS, REMINDERS, ArchiveDamagedError, read_archived
from invoices.documents.facturx import XmlMissingError, embedded_xml
from invoices.einvoice import rules
from invoices.einvoice.reading import XmlUnreadableError, facts_in, facts_of
from invoices.models import ArchivedFile, Invoice, NumberRange, Reminder


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and with which invoice, file or number range."""

    subject: str
    reason: str


def verify() -> Iterator[Fault]:
    """Yield every fault; nothing when all is well. Reads each archived file once."""
    yield from _triggers()
    yield from _number_ranges()
    yield from _sums()
    yield from _files()
    yield from _reminders()


def _triggers() -> Iterator[Fault]:
    for name in sorted(immutability.names() - immutability.installed(connection)):
        yield Fault(name, "this trigger is missing: issued invoices could be changed")


def _number_ranges() -> Iterator[Fault]:
    """Numbers must run without hole up to the last one that was given."""
    for number_range in NumberRange.objects.annotate(
        given=Count("invoices"), first=Min("invoices__sequence"), last=Max("invoices__sequence")
    ):
        if not number_range.given:
            continue
        if number_range.last != number_range.last_number:
            yield Fault(
                str(number_range),
                f"the last number given is {number_range.last_number}, "
                f"but the last invoice has {number_range.last}",
            )
        if number_range.last - number_range.first + 1 != number_range.given:
            yield Fault(
                str(number_range),
                f"{number_range.given} invoices from {number_range.first} to "
                f"{number_range.last}: there are holes",
            )


def _sums() -> Iterator[Fault]:
    """Lines and rates must add up to what the invoice says."""
    invoices = Invoice.objects.order_by("pk")
    lines = {
        row["pk"]: (row["count"], row["net"], row["gross"])
        for row in invoices.values("pk").annotate(
            count=Count("lines"), net=Sum("lines__net_cents"), gross=Sum("lines__gross_cents")
        )
    }
    rates = {
        row["pk"]: (row["count"], row["net"], row["vat"], row["gross"])
        for row in invoices.values("pk").annotate(
            count=Count("rates"),
            net=Sum("rates__net_cents"),
            vat=Sum("rates__vat_cents"),
            gross=Sum("rates__gross_cents"),
        )
    }
    for invoice in invoices.iterator(chunk_size=500):
        gross, net, vat = invoice.gross_cents, invoice.net_cents, invoice.vat_cents
        if lines[invoice.pk] != (invoice.line_count, net, gross):
            yield Fault(invoice.number, "its lines do not add up to it")
        if rates[invoice.pk] != (invoice.rate_count, net, vat, gross):
            yield Fault(invoice.number, "its VAT rates do not add up to it")


def _files() -> Iterator[Fault]:
    for number in Invoice.objects.unarchived().values_list("number", flat=True):
        yield Fault(number, "it has no archived file")
    known = set()
    files = ArchivedFile.objects.select_related("invoice__cancels").order_by("pk")
    files = files.prefetch_related("invoice__lines", "invoice__rates")
    for archived in files.iterator(chunk_size=500):
        known.add(archived.path)
        try:
            content = read_archived(archived)
        except ArchiveDamagedError as error:
            yield Fault(archived.path, error.reason)
            continue
        if len(content) != archived.size:
            yield Fault(archived.path, f"{len(content)} bytes, but {archived.size} were archived")
        yield from _xml(archived, content)
    root = Path(settings.ARCHIVE_DIR)
    for file in sorted(root.glob("*/*.pdf")):
        relative = str(file.relative_to(root))
        if not relative.startswith(f"{ASSETS}/") and relative not in known:
            yield Fault(relative, "no invoice knows this file")


def _reminders() -> Iterator[Fault]:
    known = set()
    for reminder in Reminder.objects.order_by("pk").iterator(chunk_size=500):
        known.add(reminder.path)
        try:
            read_archived(reminder)
        except ArchiveDamagedError as error:
            yield Fault(reminder.path, error.reason)
    root = Path(settings.ARCHIVE_DIR)
    for file in sorted(root.glob(f"{REMINDERS}/*/*.pdf")):
        if str(file.relative_to(root)) not in known:
            yield Fault(str(file.relative_to(root)), "no reminder knows this file")


def _xml(archived: ArchivedFile, content: bytes) -> Iterator[Fault]:
    """Compare the data inside the file with the database, and hold them to the official rules."""
    try:
        xml = embedded_xml(content)
    except XmlMissingError:
        yield Fault(archived.path, "it holds no XML of the invoice")
        return
    invoice = archived.invoice
    try:
        same = facts_in(xml) == facts_of(invoice)
    except XmlUnreadableError as error:
        yield Fault(archived.path, f"its XML cannot be read: {error}")
        return
    if not same:
        yield Fault(archived.path, "its XML says something else than the database")
    for violation in rules.violations(xml, *rules.sets_for(invoice.buyer_party)):
        if violation.flag == "fatal":
            yield Fault(archived.path, str(violation))
