"""What a screen reader finds in an invoice: structure, language, headers, and nothing astray."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from company.models import Company
from customers.models import Customer
from invoices.archive import read_archived
from invoices.models import Invoice
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.structure import Element, Structure
from tests.invoices.documents.test_pdf import invoice, issue

__all__ = ["invoice"]

# What ISO 32000-1, 14.8.4 knows; anything else would need a role map.
STANDARD = {
    *("Document", "Div", "P", "H1", "Span", "Figure", "NonStruct"),
    *("Table", "THead", "TBody", "TR", "TH", "TD"),
}


@pytest.fixture
def read(invoice: Invoice) -> Structure:
    return Structure(read_archived(invoice.archived_file))


@pytest.fixture
def long(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Structure:
    customer = make_customer()
    for number in range(60):
        make_session(customer, OCTOBER.start + dt.timedelta(hours=8 * number))
    return Structure(read_archived(issue().archived_file))


def assert_nothing_astray(read: Structure) -> None:
    """Each mark belongs to the one element that lists it, and nothing is painted beside."""
    assert read.unmarked == []
    listed = [mark for element in read.document.below() for mark in element.marks]
    assert sorted(listed) == sorted(set(listed)) == sorted(read.texts)
    for page, mark in listed:
        assert read.owner_of(page, mark) is not None
    assert {element.kind for element in read.document.below()} <= STANDARD


def rows_of(table: Element) -> list[Element]:
    return table.all("TR")


def test_it_says_that_it_is_tagged_in_which_language_and_under_which_title(read: Structure) -> None:
    assert read.catalog["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF's own boolean
    assert read.catalog["/Lang"] == "de"
    assert read.catalog["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712


def test_all_that_is_painted_is_part_of_the_document_or_an_artifact(read: Structure) -> None:
    assert_nothing_astray(read)


def test_it_is_read_in_the_order_of_a_letter(read: Structure, invoice: Invoice) -> None:
    (heading,) = read.document.all("H1")
    assert read.text_of(heading) == f"Rechnung {invoice.number}"
    text = read.text_of(read.document)
    places = [
        text.index(part)
        for part in (
            invoice.buyer_party.name,
            "Kundennummer",
            f"Rechnung {invoice.number}",
            "10:00 – 10:15",
            "17,00 €",
            "GiroCode",
            invoice.seller_party.tax_number,
        )
    ]
    assert places == sorted(places)


def test_the_cells_of_the_table_of_sessions_know_their_headers(read: Structure) -> None:
    facts, lines, totals = read.document.all("Table")
    head, *rows = rows_of(lines)
    assert [child.kind for child in lines.children] == ["THead", "TBody"]
    assert [cell.kind for cell in head.children] == ["TH"] * 6
    assert read.text_of(head.children[0]) == "Datum"
    assert {str(cell.attributes["/Scope"]) for cell in head.children} == {"/Column"}
    for row in rows:
        assert [cell.kind for cell in row.children] == ["TD"] * 6
    for row in (*rows_of(facts), *rows_of(totals)):
        assert [cell.kind for cell in row.children] == ["TH", "TD"]
        assert row.children[0].attributes["/Scope"] == "/Row"


def test_a_row_of_text_says_how_many_columns_it_takes(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> None:
    make_session(make_customer(), courtesy_blocks=1, courtesy_reason="Kulanz")
    read = Structure(read_archived(issue().archived_file))
    spans = [cell.attributes.get("/ColSpan", 1) for cell in read.document.all("TD")]
    assert 3 in spans


def test_the_code_is_described_and_its_place_is_on_the_page(read: Structure) -> None:
    (figure,) = read.document.all("Figure")
    assert "GiroCode" in figure.alternative
    left, bottom, right, top = (float(edge) for edge in figure.attributes["/BBox"])
    # 26 mm wide at the left edge of the text, in points from the lower left corner.
    assert left == pytest.approx(25 / 25.4 * 72, abs=0.1)
    side = pytest.approx(26 / 25.4 * 72, abs=0.1)
    assert right - left == side
    assert top - bottom == side
    assert 0 < bottom < top < 842


def test_what_later_pages_repeat_at_head_and_foot_is_read_once(
    long: Structure, company: Company
) -> None:
    assert_nothing_astray(long)
    assert len({page for page, _mark in long.texts}) == 3
    assert long.text_of(long.document).count(company.tax_number) == 1
    assert "Seite 1 von 3" in long.text_of(long.document)
    assert "Seite 2 von 3" not in long.text_of(long.document)
    tables: list[Any] = [table for table in long.document.all("Table") if table.all("THead")]
    assert len(tables) == 3
    assert sum(len(table.all("TBody")[0].children) for table in tables) == 60
