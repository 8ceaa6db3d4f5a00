"""Every kind of damage to the archive is found."""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from company.models import Company
from customers.models import Customer
from invoices import immutability, services
from invoices.models import Invoice
from invoices.verification import verify
from tests.invoices.conftest import OCTOBER, MakeSession


@pytest.fixture
def invoices(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> list[Invoice]:
    for _ in range(3):
        make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    for item_id in services.invoice_run_start(run=run, by=None):
        services.invoice_run_item_process(item_id=item_id)
    return list(Invoice.objects.of_month(OCTOBER))


def reasons() -> dict[str, str]:
    return {fault.subject: fault.reason for fault in verify()}


def tamper(statement: str) -> None:
    """Change what the triggers protect, as somebody with the database's password could."""
    immutability.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    immutability.install(connection)


def test_a_whole_archive_has_no_fault(
    invoices: list[Invoice], capsys: pytest.CaptureFixture[str]
) -> None:
    assert reasons() == {}
    call_command("verify_archive")
    assert "3" in capsys.readouterr().out


def test_an_empty_archive_is_whole(db: None) -> None:
    assert reasons() == {}


def test_a_changed_a_missing_and_a_foreign_file_are_found(
    invoices: list[Invoice], archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, missing = (archive / invoice.archived_file.path for invoice in invoices[:2])
    changed.chmod(0o640)
    changed.write_bytes(b"%PDF-forged")
    missing.unlink()
    (archive / "2026" / "2026-00099.pdf").write_bytes(b"%PDF")
    found = reasons()
    assert "SHA-256" in found[invoices[0].archived_file.path]
    assert invoices[1].archived_file.path in found
    assert "no invoice knows" in found["2026/2026-00099.pdf"]
    assert len(found) == 3
    with pytest.raises(CommandError, match="3"):
        call_command("verify_archive")
    assert invoices[0].number in capsys.readouterr().err


def test_an_amount_that_was_changed_in_the_database_is_found(invoices: list[Invoice]) -> None:
    tamper(
        "UPDATE invoices_invoice SET gross_cents = gross_cents + 1, net_cents = net_cents + 1 "
        "WHERE sequence = 1"
    )
    assert "add up" in reasons()[invoices[0].number]


def test_a_text_that_was_changed_in_the_database_differs_from_the_files_xml(
    invoices: list[Invoice],
) -> None:
    tamper("UPDATE invoices_invoiceline SET description = 'Beratung'")
    assert "something else" in reasons()[invoices[0].archived_file.path]


def test_a_file_without_xml_is_no_electronic_invoice(
    invoices: list[Invoice], archive: Path
) -> None:
    content = b"%PDF-1.7 nothing"
    file = archive / invoices[0].archived_file.path
    file.chmod(0o640)
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    tamper(
        f"UPDATE invoices_archivedfile SET sha256 = '{digest}', size = {len(content)} "  # noqa: S608
        f"WHERE invoice_id = {invoices[0].pk}"
    )
    assert "no XML" in reasons()[invoices[0].archived_file.path]


def test_a_hole_in_the_numbers_is_found(invoices: list[Invoice]) -> None:
    tamper("UPDATE invoices_numberrange SET last_number = 4")
    assert any("last number given is 4" in reason for reason in reasons().values())
    tamper("UPDATE invoices_numberrange SET last_number = 3")
    tamper(
        f"UPDATE invoices_invoice SET sequence = 9 WHERE number = '{invoices[1].number}'"  # noqa: S608 - our own number
    )
    assert any("holes" in fault.reason for fault in verify())


def test_a_missing_trigger_is_found(db: None) -> None:
    immutability.remove(connection)
    assert set(reasons()) == immutability.names()
    immutability.install(connection)


def test_a_missing_and_a_foreign_letter_are_found(invoices: list[Invoice], archive: Path) -> None:
    day = invoices[0].due_on + dt.timedelta(days=7)
    kept, missing = (
        services.reminder_issue(invoice=invoice, today=day, by=None) for invoice in invoices[:2]
    )
    assert reasons() == {}
    (archive / missing.path).unlink()
    foreign = (archive / kept.path).with_name("foreign.pdf")
    foreign.write_bytes(b"%PDF")
    assert set(reasons()) == {missing.path, str(foreign.relative_to(archive))}
