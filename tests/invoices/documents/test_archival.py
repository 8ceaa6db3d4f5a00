"""PDF/A-3b: what a validator looks at holds, and the check finds what is wrong."""

import io

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, NumberObject, TextStringObject

from invoices.archive import read_archived
from invoices.documents.pdf import html_to_pdf
from invoices.models import Invoice
from tests.invoices.documents.archival import archival_faults, transparency
from tests.invoices.documents.test_pdf import invoice

__all__ = ["invoice"]


@pytest.fixture
def content(invoice: Invoice) -> bytes:
    return read_archived(invoice.archived_file)


def changed(content: bytes, key: str, value: object) -> bytes:
    """Return the file written anew with one more entry in its catalog."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer._root_object[NameObject(key)] = value
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_a_validator_finds_nothing_in_an_invoice(content: bytes) -> None:
    assert archival_faults(content) == []


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
