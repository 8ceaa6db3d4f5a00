"""The data medium for a tax audit: complete, described as the standard wants it, checked."""

import csv
import datetime as dt
import hashlib
import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from lxml import etree

from company.models import AuditEntry, Company
from customers.models import Customer
from invoices import services
from invoices.archive import ArchiveDamagedError, read_archived
from invoices.exports.archive import UnarchivedError
from invoices.exports.audit import audit_files, count_audit_files, write_audit_folder
from invoices.exports.audit_tables import TABLES
from invoices.models import Invoice, Reminder
from invoices.services import runs
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]
EVIL = '=HYPERLINK("http://evil")'
# What may follow what (the standard's content models), for the elements that we write.
ORDER = {
    "DataSet": ["Version", "DataSupplier", "Media"],
    "DataSupplier": ["Name", "Location", "Comment"],
    "Media": ["Name", "Table"],
    "Table": [
        "URL", "Name", "Description", "Validity", "UTF8", "DecimalSymbol",
        "DigitGroupingSymbol", "Range", "VariableLength",
    ],
    "Validity": ["Range", "Format"],
    "Range": ["From", "To"],
    "VariableLength": [
        "ColumnDelimiter", "RecordDelimiter", "TextEncapsulator", "VariablePrimaryKey",
        "VariableColumn", "ForeignKey",
    ],
    "VariablePrimaryKey": ["Name", "Description", "AlphaNumeric", "Numeric", "Date"],
    "VariableColumn": ["Name", "Description", "AlphaNumeric", "Numeric", "Date"],
    "ForeignKey": ["Name", "References"],
    "Numeric": ["Accuracy"],
    "Date": ["Format"],
}  # fmt: skip


def ignore(_done: int) -> None:
    """Take a number of files done."""


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def year(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, office: User
) -> tuple[dt.date, dt.date]:
    """Fill some days: an invoice paid, one cancelled, one dunned; return first and last day."""
    for name in ('Weingut; Weiß & "Söhne"', EVIL, "Zeile\nUmbruch"):
        make_session(make_customer(company_name=name, email="a@example.com"), seconds=900)
    issue()
    paid, cancelled, late = Invoice.objects.order_by("pk")
    payment = services.payment_record(cents=2000, received_on=today(), text="=1+1", by=office)
    services.payment_allocate(payment=payment, parts=[(paid, 1700)], by=office)
    services.write_off(invoice=cancelled, reason="Kulanz", by=office)
    services.invoice_cancel(invoice=cancelled, reason="Tippfehler", by=office)
    for document in Invoice.objects.unarchived():
        services.invoices_complete(now=timezone.now() + dt.timedelta(minutes=5))
        document.refresh_from_db()
    day = late.due_on + dt.timedelta(days=7)
    services.reminder_issue(invoice=late, today=day, by=office)
    services.deliveries_queue(invoices=[paid], by=office)
    return today() - dt.timedelta(days=1), day


@pytest.fixture
def folder(year: tuple[dt.date, dt.date], tmp_path: Path) -> Path:
    write_audit_folder(*year, tmp_path, ignore)
    return tmp_path


def table(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / name).read_bytes().decode()
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    return [dict(zip(head, row, strict=True)) for row in rows]


def children(node: etree._Element) -> list[str]:
    return [str(child.tag) for child in node]


def test_a_damaged_file_is_never_handed_over(
    year: tuple[dt.date, dt.date], archive: Path, tmp_path: Path
) -> None:
    (archive / Invoice.objects.earliest("pk").archived_file.path).unlink()
    with pytest.raises(ArchiveDamagedError):
        write_audit_folder(*year, tmp_path, ignore)
    assert not (tmp_path / "SHA256SUMS").exists()


def test_an_invoice_without_file_stops_it_before_it_begins(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    (item_id,) = services.invoice_run_start(run=run, by=None)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "invoice_archive", lambda *_args: 1 / 0)
        services.invoice_run_item_process(item_id=item_id)
    with pytest.raises(UnarchivedError):
        next(audit_files(today(), today()))


def test_days_without_anything_are_whole_and_empty(company: Company, tmp_path: Path) -> None:
    day = dt.date(2020, 1, 1)
    assert write_audit_folder(day, day, tmp_path, ignore) == count_audit_files(day, day)
    assert table(tmp_path, "rechnungen.csv") == []


def test_every_file_is_there_with_its_sum(folder: Path, year: tuple[dt.date, dt.date]) -> None:
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert len(names) == count_audit_files(*year)
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        names.remove(name)
    assert names == {"SHA256SUMS"}
    for invoice in Invoice.objects.all():
        content = (folder / f"belege/{invoice.issued_on.year}/{invoice.file_name}").read_bytes()
        assert content == read_archived(invoice.archived_file)
    letter = Reminder.objects.get()
    path = folder / f"mahnungen/{letter.issued_on.year}/{letter.file_name}"
    assert path.read_bytes() == read_archived(letter)


def test_the_index_follows_the_standard(folder: Path) -> None:
    content = (folder / "index.xml").read_bytes()
    assert b'<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">' in content
    root = etree.fromstring(content)
    for node in root.iter():
        if not len(node):
            continue
        order = ORDER[str(node.tag)]
        places = [order.index(tag) for tag in children(node)]
        assert places == sorted(places), node.tag
    for name in ("VariablePrimaryKey", "VariableColumn"):
        for column in root.iter(name):
            assert len({"AlphaNumeric", "Numeric", "Date"} & set(children(column))) == 1


def test_the_index_tells_of_each_table_what_its_file_has(folder: Path) -> None:
    root = etree.fromstring((folder / "index.xml").read_bytes())
    described = {node.findtext("URL"): node for node in root.iter("Table")}
    assert set(described) == {path.name for path in folder.glob("*.csv")}
    names = {node.findtext("Name") for node in described.values()}
    for url, node in described.items():
        assert url is not None
        body = node.find("VariableLength")
        assert body is not None
        assert body.findtext("RecordDelimiter") in {"\r\n", "\n"}  # as XML reads it back
        columns = [
            column.findtext("Name")
            for column in body
            if column.tag in {"VariablePrimaryKey", "VariableColumn"}
        ]
        head = (folder / url).read_bytes().decode().splitlines()[0].split(";")
        assert columns == head
        for key in body.iter("ForeignKey"):
            assert key.findtext("References") in names
            assert key.findtext("Name") in head
    assert b"&#13;" in (folder / "index.xml").read_bytes()


def test_the_cells_are_of_the_kinds_that_the_index_promises(folder: Path) -> None:
    for described in TABLES:
        rows = table(folder, described.file)
        assert rows, described.name
        keys = [tuple(row[name] for name in described.head[: described.keys]) for row in rows]
        assert len(set(keys)) == len(keys), described.name
        for column in described.columns:
            for row in rows:
                cell = row[column.name]
                assert "\n" not in cell
                if column.kind.name == "DAY" and cell:
                    dt.datetime.strptime(cell, "%d.%m.%Y")  # noqa: DTZ007 - only its form
                elif column.kind.name == "AMOUNT":
                    assert cell.rpartition(",")[2].isdigit()
                    assert len(cell.rpartition(",")[2]) == 2
                elif column.kind.name == "COUNT" and cell:
                    int(cell)


def test_the_tables_say_what_the_database_says(folder: Path, office: User) -> None:
    invoices = {row["Rechnungsnummer"]: row for row in table(folder, "rechnungen.csv")}
    assert set(invoices) == set(Invoice.objects.values_list("number", flat=True))
    for invoice in Invoice.objects.all():
        row = invoices[invoice.number]
        cents = [int(row[name].replace(",", "")) for name in ("Netto", "Umsatzsteuer", "Rundung")]
        assert cents == [invoice.net_cents, invoice.vat_cents, invoice.rounding_cents]
        lines = [
            line
            for line in table(folder, "positionen.csv")
            if line["Rechnungsnummer"] == invoice.number
        ]
        assert sum(int(line["Brutto"].replace(",", "")) for line in lines) == invoice.gross_cents
    assert f"'{EVIL}" in {row["Firma"] for row in table(folder, "kunden.csv")}
    assert "Zeile Umbruch" in {row["Firma"] for row in table(folder, "kunden.csv")}
    (payment,) = table(folder, "zahlungen.csv")
    assert (payment["Betrag"], payment["Verwendungszweck"]) == ("20,00", "'=1+1")
    (allocation,) = table(folder, "zuordnungen.csv")
    assert (allocation["Betrag"], allocation["Wer"]) == ("17,00", office.name)
    assert [row["Betrag"] for row in table(folder, "ausbuchungen.csv")] == ["17,00", "-17,00"]
    assert table(folder, "mahnungen.csv")[0]["Gesamt"] == "17,00"
    log = table(folder, "protokoll.csv")
    assert len(log) == AuditEntry.objects.count()
    assert [row["Voriger_SHA256"] for row in log[1:]] == [row["SHA256"] for row in log[:-1]]


def test_the_description_is_in_german(folder: Path) -> None:
    text = (folder / "liesmich.txt").read_bytes().decode()
    for described in TABLES:
        assert described.file in text
    assert "Datenträgerüberlassung" in text
    kinds = {row["Art"] for row in table(folder, "positionen.csv")}
    assert kinds == {"Fernwartung"}


def consumed(pieces: Iterator[bytes]) -> int:
    return sum(len(piece) for piece in pieces)


def test_more_rows_take_no_more_memory(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, office: User
) -> None:
    """The log stands for all tables: they are read and written by the same few lines."""

    def peak(count: int) -> int:
        start = AuditEntry.objects.count()
        for number in range(count - start):
            services.payment_record(
                cents=1, received_on=today(), text=f"{number} " + "x" * 400, by=None
            )
        tracemalloc.start()
        for name, pieces in audit_files(today(), today()):
            assert consumed(iter(pieces)) > 0, name
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    few, many = peak(2000), peak(6000)
    assert many < few * 1.3
