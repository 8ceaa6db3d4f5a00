"""The XML inside the PDF: ZUGFeRD 2.4 / Factur-X 1.09, one file for people and programs.

WeasyPrint attaches the file. Two things it leaves open are mended by `finish`: the XMP packet
may hold one rdf:RDF only, or PDF/A validators do not see the extension schema (ISO 19005-3,
6.6.2.3), and /AF names each file once.
"""

import datetime as dt
import io

import pydyf
import pypdf
import pypdf.errors
import weasyprint

FILE_NAME = "factur-x.xml"
CONFORMANCE = "EN 16931"
_END = b"</rdf:RDF>"
_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": (FILE_NAME, "name of the embedded XML file"),
    "DocumentType": ("INVOICE", "kind of document: INVOICE"),
    "Version": ("1.0", "version of the data schema"),
    "ConformanceLevel": (CONFORMANCE, "profile of the data"),
}


def attachment(xml: bytes, issued_at: dt.datetime) -> weasyprint.Attachment:
    """Return the XML as an attachment whose dates are those of the invoice."""
    # WeasyPrint writes Z behind whatever the clock shows.
    issued_at = issued_at.astimezone(dt.UTC)
    return weasyprint.Attachment(
        string=xml,
        name=FILE_NAME,
        description="EN 16931",
        created=issued_at,
        modified=issued_at,
        relationship="Alternative",
    )


class XmlMissingError(ValueError):
    """The file is no electronic invoice: it holds no XML."""


def embedded_xml(content: bytes) -> bytes:
    """Return the XML inside a PDF; raise XmlMissingError where there is none."""
    try:
        found = pypdf.PdfReader(io.BytesIO(content)).attachments.get(FILE_NAME)
    except pypdf.errors.PyPdfError as error:
        raise XmlMissingError(str(error)) from error
    if not found:
        raise XmlMissingError
    return bytes(found[0])


def finish(pdf: pydyf.PDF) -> None:
    """Mend metadata and list of files before the PDF is written."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    packet = b"".join(metadata.stream)
    head, end, rest = packet.partition(_END)
    metadata.stream = [head + _description() + end + rest]
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _description() -> bytes:
    """Return what XMP says about the XML, and the schema that explains these words."""
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _PROPERTIES.items())
    meanings = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, (_, meaning) in _PROPERTIES.items()
    )
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">{values}</rdf:Description>'
        '<rdf:Description rdf:about=""'
        ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{meanings}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    ).encode()
