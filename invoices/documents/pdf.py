"""Rendering: an issued invoice in, the bytes of its PDF/A-3b out, the same each time."""

import hashlib
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pydyf
import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from invoices.documents import facturx, tagging
from invoices.documents.context import document_context
from invoices.documents.fonts import font_files
from invoices.einvoice.cii import issued_xml
from invoices.models import Invoice

TEMPLATE = "pdf/invoice.html"
STYLES = ("templates/pdf/invoice.css", "templates/pdf/annex.css")
# For archives, with attachments (ISO 19005-3): the XML of the e-invoice.
VARIANT = "pdf/a-3b"
# An attachment can be written once only, and a document is written again for missing letters.
MakeAttachment = Callable[[], weasyprint.Attachment]


class _LettersMissingError(Exception):
    """No font of this machine has these letters; `codes` are their numbers in Unicode."""

    def __init__(self, codes: set[int]) -> None:
        super().__init__()
        self.codes = codes


class RenderError(Exception):
    """A document cannot be rendered as it should look; says what is missing."""


@cache
def typography() -> tuple[FontConfiguration, weasyprint.CSS]:
    """Load fonts and style once a process; both are reused by every document."""
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "Document"; font-weight: {weight}; '
        f'src: url("{file.as_uri()}"); }}\n'
        for weight, file in font_files().items()
    )
    style = "".join(Path(settings.BASE_DIR, file).read_text(encoding="utf-8") for file in STYLES)
    css = weasyprint.CSS(string=faces + style, font_config=fonts, url_fetcher=_fetcher())
    return fonts, css


@cache
def _fetcher() -> URLFetcher:
    """Return what loads fonts, logo and code: never from the network, and never silently not.

    Without a file the document would look different from what it should; so it stops.
    """
    return URLFetcher(allowed_protocols=("file", "data"), fail_on_errors=True)


def warm_up() -> None:
    """Load what rendering needs, for a process that is about to fork workers."""
    typography()


def invoice_html(invoice: Invoice) -> str:
    """Return the document as HTML, in the invoice's own language."""
    with translation.override(invoice.language):
        return render_to_string(TEMPLATE, document_context(invoice))


def html_to_pdf(html: str, identifier: bytes, xml: MakeAttachment | None = None) -> bytes:
    """Return the PDF of a document; `identifier` takes the place of a random one.

    With `xml`, which makes the attachment, it is an electronic invoice. A letter that no font
    has would be an empty box, and no file for archives (ISO 19005-3, 6.2.11.8): a question mark
    stands for it, and nothing for an emoji. The XML holds all of them.

    Raises RenderError when the logo or another file of the document is not there.
    """
    try:
        return _written(html, identifier, xml)
    except _LettersMissingError as error:
        return _written(html.translate(_stand_ins(error.codes)), identifier, xml)


def _stand_ins(codes: set[int]) -> dict[int, str]:
    """Return what is printed in place of letters that no font has."""
    return {code: "?" if unicodedata.category(chr(code))[0] in "LN" else "" for code in codes}


def _written(html: str, identifier: bytes, xml: MakeAttachment | None) -> bytes:
    fonts, css = typography()
    document = weasyprint.HTML(string=html, url_fetcher=_fetcher())
    try:
        content: bytes = document.write_pdf(
            stylesheets=[css],
            font_config=fonts,
            pdf_variant=VARIANT,
            pdf_identifier=identifier,
            pdf_tags=True,
            attachments=[xml()] if xml else None,
            finisher=_finish,
        )
    except FatalURLFetchingError as error:  # a BaseException, which would end the worker
        raise RenderError(str(error)) from error
    return content


def _finish(document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    """Mend what WeasyPrint leaves open, before the PDF is written."""
    if missing := {code for font in document.fonts.values() for code in font.missing}:
        raise _LettersMissingError(missing)
    tagging.finish(pdf)
    if "AF" in pdf.catalog:
        facturx.finish(pdf)


def render_invoice(invoice: Invoice) -> bytes:
    """Return the invoice's PDF, with the same figures as XML inside."""
    identifier = hashlib.sha256(f"{invoice.pk} {invoice.number}".encode()).hexdigest()[:32]
    html = invoice_html(invoice)
    xml = issued_xml(invoice)
    return html_to_pdf(
        html, identifier.encode(), partial(facturx.attachment, xml, invoice.issued_at)
    )
