"""The XML in the PDF, as a validator of PDF/A-3 and ZUGFeRD would look for it."""

import io
from typing import Any

import pypdf
import pytest
from lxml import etree

from invoices.archive import read_archived
from invoices.documents.facturx import FILE_NAME
from invoices.einvoice.cii import issued_xml
from invoices.models import Invoice
from tests.invoices.documents.test_pdf import invoice

__all__ = ["invoice"]

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
EXTENSION = "{http://www.aiim.org/pdfa/ns/extension/}"
PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


@pytest.fixture
def catalog(invoice: Invoice) -> Any:
    content = read_archived(invoice.archived_file)
    return pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]


def metadata(catalog: Any) -> etree._Element:
    return etree.fromstring(catalog["/Metadata"].get_object().get_data())


def test_the_file_is_named_once_and_as_an_alternative(catalog: Any) -> None:
    (reference,) = catalog["/AF"]
    file = reference.get_object()
    assert file["/AFRelationship"] == "/Alternative"
    assert file["/F"] == file["/UF"] == FILE_NAME
    embedded = file["/EF"]["/F"].get_object()
    assert embedded["/Subtype"] in {"/text/xml", "/application/xml"}
    names = catalog["/Names"]["/EmbeddedFiles"].get_object()["/Names"]
    assert [names[0], names[1].get_object()] == [FILE_NAME, file]


def test_the_embedded_xml_is_the_invoice(invoice: Invoice, catalog: Any) -> None:
    embedded = catalog["/AF"][0].get_object()["/EF"]["/F"].get_object()
    expected = issued_xml(invoice)
    assert embedded.get_data() == expected
    stamp = f"D:{invoice.issued_at:%Y%m%d%H%M%S}Z"
    assert embedded["/Params"]["/ModDate"] == embedded["/Params"]["/CreationDate"] == stamp


def test_the_metadata_is_one_packet_of_rdf(catalog: Any) -> None:
    root = metadata(catalog)
    (rdf,) = root.iter(f"{RDF}RDF")
    about = {description.get(f"{RDF}about") for description in rdf}
    assert about == {""}
    (pdfa,) = (item for item in rdf if item.get(f"{PDFAID}part"))
    assert (pdfa.get(f"{PDFAID}part"), pdfa.get(f"{PDFAID}conformance")) == ("3", "B")


def test_every_word_about_the_xml_is_explained_by_the_extension_schema(catalog: Any) -> None:
    root = metadata(catalog)
    said = {
        etree.QName(element).localname: element.text
        for element in root.iter()
        if str(element.tag).startswith(FX)
    }
    assert said == {
        "DocumentFileName": FILE_NAME,
        "DocumentType": "INVOICE",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    (schemas,) = root.iter(f"{EXTENSION}schemas")
    explained = {element.text for element in schemas.iter(f"{PROPERTY}name")}
    assert explained == set(said)


def test_colours_have_an_output_intent_and_fonts_are_embedded(catalog: Any) -> None:
    (intent,) = catalog["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert intent.get_object()["/DestOutputProfile"].get_object().get_data()
    fonts = catalog["/Pages"]["/Kids"][0].get_object()["/Resources"]["/Font"].get_object()
    assert fonts
    for font in fonts.values():
        (descendant,) = font.get_object()["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
