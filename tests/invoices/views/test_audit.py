"""The page for tax audits, and the same from the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.models import Export, Invoice
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

Login = Callable[[User], Client]


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer(), seconds=900)
    return issue()


def of(name: str, *arguments: object) -> str:
    return reverse(f"invoices:{name}", args=arguments)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/pruefung/"),
        ("POST", "/pruefung/packen/"),
        ("GET", "/pruefung/fortschritt/"),
        ("GET", "/pruefung/1.zip"),
    ],
)
def test_technicians_and_strangers_have_no_business_here(
    login: Login, technician: User, invoice: Invoice, method: str, address: str
) -> None:
    assert Client().generic(method, address).status_code == 302
    assert login(technician).generic(method, address).status_code == 403
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"first": "2026-12-31", "last": "2026-01-01"},
        {"first": "gestern", "last": "2026-01-01"},
        {"first": "2999-01-01", "last": "2999-12-31"},
    ],
)
def test_days_that_cannot_be_meant_are_refused(
    login: Login, office: User, invoice: Invoice, days: dict[str, str]
) -> None:
    answer = login(office).post(of("audit_start"), days)
    assert answer.status_code == 422
    assert not Export.objects.exists()


def test_a_period_is_packed_and_fetched(login: Login, office: User, invoice: Invoice) -> None:
    desk = login(office)
    today = timezone.localdate().isoformat()
    desk.post(of("audit_start"), {"first": today, "last": today})
    export = Export.objects.get()
    assert (export.state, export.created_by) == (Export.State.DONE, office)
    shown = desk.get(of("audit")).content.decode()
    assert of("audit_file", export.pk) in shown
    assert export.sha256 in shown
    assert "hx-get" not in desk.get(of("audit_progress")).content.decode()
    answer = desk.get(of("audit_file", export.pk))
    assert answer["Content-Type"] == "application/zip"
    assert desk.get(of("export_file", OCTOBER, export.pk)).status_code == 404  # no month
    Path(settings.EXPORT_DIR, export.path).unlink()
    assert desk.get(of("audit_file", export.pk)).status_code == 404


def test_the_list_asks_again_while_something_is_packed(
    login: Login, office: User, invoice: Invoice
) -> None:
    day = timezone.localdate()
    services.audit_export_create(first=day, last=day, by=office)
    assert 'hx-get="' in login(office).get(of("audit")).content.decode()


def test_the_months_page_says_when_its_file_is_removed_and_what_datev_gets(
    login: Login, office: User, invoice: Invoice
) -> None:
    Company.objects.update(chart_of_accounts="04")
    desk = login(office)
    desk.post(of("export", OCTOBER))
    export = Export.objects.get()
    assert export.removed_on is not None
    shown = desk.get(of("month", OCTOBER)).content.decode()
    assert f"{timezone.localtime(export.removed_on):%d.%m.%Y}" in shown
    assert "SKR04" in shown
    Export.objects.update(state=Export.State.REMOVED, path="")
    shown = desk.get(of("month", OCTOBER)).content.decode()
    assert 'data-testid="export-file"' not in shown
    assert desk.get(of("export_file", OCTOBER, export.pk)).status_code == 404


@pytest.mark.parametrize("days", [("2026-12-31", "2026-01-01"), ("gestern", "2026-01-01")])
def test_the_command_refuses_what_are_no_days(company: Company, days: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("export_audit", *days, "--output", "x")


def test_the_command_writes_a_folder_or_says_why_not(
    invoice: Invoice, tmp_path: Path, capsys: pytest.CaptureFixture[str], archive: Path
) -> None:
    day = timezone.localdate().isoformat()
    call_command("export_audit", day, day, "--output", str(tmp_path / "out"))
    assert (tmp_path / "out" / "index.xml").exists()
    assert "14/14" in capsys.readouterr().out
    (tmp_path / "file").write_text("a file where the folder should be")
    with pytest.raises(CommandError, match="file"):
        call_command("export_audit", day, day, "--output", str(tmp_path / "file"))
    (archive / invoice.archived_file.path).unlink()
    with pytest.raises(CommandError, match=invoice.number):
        call_command("export_audit", day, day, "--output", str(tmp_path / "again"))
