"""PDF/A-3b: what a validator looks at holds, and the check finds what is wrong."""

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, NumberObject, TextStringObject

from company.models import Company
from customers.models import Customer
from invoices.archive import read_archived
from invoices.documents.context import MINUS
from invoices.documents.facturx import embedded_xml
from invoices.documents.pdf import html_to_pdf
from invoices.einvoice.reading import facts_in
from invoices.models import Invoice
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.archival import archival_faults, transparency
from tests.invoices.documents.test_pdf import invoice, issue, pages_of, plain

__all__ = ["invoice"]


@pytest.fixture
def content(invoice: Invoice) -> bytes:
    return read_archived(invoice.archived_file)


@pytest.fixture
def annexed(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    """Return an invoice with the service record of sessions that take pages of their own."""
    customer = make_customer(wants_service_record=True)
    for number in range(25):
        start = OCTOBER.start + dt.timedelta(hours=28 * number)
        waived: dict[str, Any] = (
            {"courtesy_blocks": 1, "courtesy_reason": "Rückfrage"} if number % 5 == 0 else {}
        )
        make_session(customer, start, seconds=900 + number, consented_at=start, **waived)
    return issue()


def changed(content: bytes, key: str, value: object) -> bytes:
    """Return the file written anew with one more entry in its catalog."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer._root_object[NameObject(key)] = value
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_a_validator_finds_nothing_in_an_invoice(content: bytes) -> None:
    assert archival_faults(content) == []


def test_a_validator_finds_nothing_in_an_invoice_with_its_service_record(
    annexed: Invoice,
) -> None:
    content = read_archived(annexed.archived_file)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 2
    assert archival_faults(content) == []
    assert transparency(content) == []


def test_page_and_xml_of_an_invoice_with_its_service_record_say_the_same(
    annexed: Invoice,
) -> None:
    content = read_archived(annexed.archived_file)
    facts = facts_in(embedded_xml(content))
    assert facts.due == Decimal("382.50")  # 25 sessions of two blocks, five blocks waived
    text = "".join(plain(page) for page in pages_of(content))
    for amount in (facts.net, facts.vat, facts.due):
        assert f"{amount:.2f} €".replace(".", ",") in text
    printed = text.count("2 × 8,50") + text.count(f"{MINUS}1 × 8,50")
    assert printed == len(facts.lines) == 30


def test_nothing_on_an_invoice_is_see_through(content: bytes) -> None:
    assert transparency(content) == []


def test_a_script_is_found(content: bytes) -> None:
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
    faults = archival_faults(changed(content, "/OpenAction", script))
    assert any("/OpenAction" in fault for fault in faults)
    assert any("6.5.1" in fault for fault in faults)


def test_a_title_that_differs_from_the_metadata_is_found(content: bytes) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.add_metadata({"/Title": "Something else"})
    stream = io.BytesIO()
    writer.write(stream)
    assert any(fault.startswith("6.6.3: /Title") for fault in archival_faults(stream.getvalue()))


def test_what_is_see_through_is_found(content: bytes) -> None:
    half = DictionaryObject({NameObject("/ca"): NumberObject(0)})
    assert transparency(changed(content, "/Half", half)) == ["alpha"]
    mask = DictionaryObject({NameObject("/SMask"): TextStringObject("x")})
    assert transparency(changed(content, "/Mask", mask)) == ["soft mask"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("😀 Smiley GmbH 👩‍💻", "Smiley GmbH"),
        ("中文公司 GmbH", "GmbH"),
        ("Żółć & Œuvre", "Żółć & Œuvre"),
        ("\N{KHMER LETTER KA}", "?"),
    ],
)
def test_letters_that_no_font_has_leave_a_file_for_archives(text: str, printed: str) -> None:
    content = html_to_pdf(f'<html lang="de"><title>Rechnung</title><p>{text}', b"x")
    assert archival_faults(content) == []
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    assert printed in page.extract_text().replace("\N{NO-BREAK SPACE}", " ")
