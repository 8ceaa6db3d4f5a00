"""The list for spreadsheets."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.exports.register import register_csv
from invoices.exports.table import neutral
from invoices.models import Invoice
from tests.invoices.conftest import OCTOBER, MakeSession


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 6233", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"]
)
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


@given(st.text(alphabet=st.characters(whitelist_categories=("Lu", "Ll", "Nd")), min_size=1))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_the_list_reads_back_as_the_invoices(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> None:
    evil = '=HYPERLINK("http://evil")'
    for name in ('Weingut; Weiß & "Söhne"', evil):
        make_session(make_customer(company_name=name), seconds=900)
    run = services.invoice_run_create(month=OCTOBER)
    for item_id in services.invoice_run_start(run=run, by=None):
        services.invoice_run_item_process(item_id=item_id)
    content = b"".join(register_csv(Invoice.objects.of_month(OCTOBER)))
    assert content.startswith("\ufeff".encode())
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert len(header) == len(rows[0]) == 15
    assert [row[6] for row in rows] == ['Weingut; Weiß & "Söhne"', f"'{evil}"]
    for row, invoice in zip(rows, Invoice.objects.of_month(OCTOBER), strict=True):
        assert row[0] == invoice.number
        net, vat, rounding, due = (int(cell.replace(",", "")) for cell in row[7:11])
        assert (net, vat, rounding, due) == (
            invoice.net_cents,
            invoice.vat_cents,
            invoice.rounding_cents,
            invoice.gross_cents,
        )
        assert row[14] == invoice.archived_file.sha256
