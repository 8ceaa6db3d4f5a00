"""The month from the command line."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.models import Invoice, InvoiceRunItem
from tests.invoices.conftest import OCTOBER, MakeSession

MakeCustomer = Callable[..., Customer]


@pytest.mark.parametrize("command", ["invoice_run", "export_month"])
@pytest.mark.parametrize("month", ["2026-13", "October", "2026"])
def test_what_is_no_month_is_refused_with_a_sentence(command: str, month: str) -> None:
    with pytest.raises(CommandError, match="month"):
        call_command(command, month, *(["--output", "x"] if command == "export_month" else []))


def test_a_shop_that_may_not_invoice_yet_is_told_what_is_missing(db: None) -> None:
    with pytest.raises(CommandError, match=r"Steuernummer|tax number"):
        call_command("invoice_run", "2026-10")


def test_what_could_not_be_invoiced_is_listed_and_the_exit_code_is_one(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere, somewhere = make_customer(street=""), make_customer()
    orphan = make_session(None)
    make_session(nowhere)
    make_session(somewhere)
    with pytest.raises(SystemExit) as end:
        call_command("invoice_run", "2026-10")
    assert end.value.code == 1
    output = capsys.readouterr()
    assert "2/2" in output.out
    assert f"{nowhere.number} {nowhere.name}" in output.err
    assert str(orphan) in output.err
    assert somewhere.name not in output.err
    assert Invoice.objects.get().customer == somewhere


def test_a_second_run_has_nothing_to_do(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_session(make_customer())
    call_command("invoice_run", "2026-10")
    assert "1/1" in capsys.readouterr().out
    call_command("invoice_run", "2026-10")
    assert "1/1" not in capsys.readouterr().out
    assert Invoice.objects.count() == 1


def test_what_a_dead_worker_held_is_finished(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    run = services.invoice_run_create(month=OCTOBER)
    services.invoice_run_start(run=run, by=None)
    InvoiceRunItem.objects.update(
        state=InvoiceRunItem.State.WORKING,
        leased_until=timezone.now() + dt.timedelta(milliseconds=100),
    )
    call_command("invoice_run", "2026-10", stdout=io.StringIO())
    assert InvoiceRunItem.objects.get().state == InvoiceRunItem.State.DONE


def test_the_month_is_exported(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, tmp_path: Path
) -> None:
    make_session(make_customer())
    call_command("invoice_run", "2026-10", stdout=io.StringIO())
    folder = tmp_path / "new" / "folder"
    call_command("export_month", "2026-10", "--output", str(folder), stdout=io.StringIO())
    assert sorted(path.suffix for path in folder.iterdir()) == ["", ".csv", ".csv", ".pdf"]


def test_an_export_that_cannot_be_written_is_told(
    company: Company,
    make_customer: MakeCustomer,
    make_session: MakeSession,
    archive: Path,
    tmp_path: Path,
) -> None:
    make_session(make_customer())
    call_command("invoice_run", "2026-10", stdout=io.StringIO())
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file"):
        call_command("export_month", "2026-10", "--output", str(tmp_path / "file" / "below"))
    (archive / Invoice.objects.get().archived_file.path).unlink()
    with pytest.raises(CommandError, match=Invoice.objects.get().number):
        call_command("export_month", "2026-10", "--output", str(tmp_path / "out"))
