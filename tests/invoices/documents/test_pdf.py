"""The document: read back as text, compared with the invoice, made twice."""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext, pgettext
from PIL import Image

from company.domain.tariff import Terms
from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.archive import logo_path, read_archived
from invoices.documents.context import letterhead_of
from invoices.documents.pdf import RenderError, invoice_html, render_invoice
from invoices.domain.money import format_euros
from invoices.models import Invoice, Item
from invoices.verification import verify
from tests.invoices.conftest import OCTOBER, MakeSession

MakeCustomer = Callable[..., Customer]


def issue() -> Invoice:
    """Invoice what is unbilled in October; return the newest invoice."""
    run = services.invoice_run_create(month=OCTOBER)
    for item_id in services.invoice_run_start(run=run, by=None):
        services.invoice_run_item_process(item_id=item_id)
    return Invoice.objects.latest("pk")


def pages_of(content: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return [page.extract_text().replace("\N{NO-BREAK SPACE}", " ") for page in reader.pages]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    make_session(make_customer(), seconds=900)
    return issue()


def test_a_document_without_its_logo_is_not_made(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (400, 100), "teal").save(picture, "PNG")
    company.logo.save("logo.png", ContentFile(picture.getvalue()))
    make_session(make_customer())
    invoice = issue()
    (page,) = pypdf.PdfReader(io.BytesIO(render_invoice(invoice))).pages
    picture_there = page.images[0].image
    assert picture_there is not None
    assert picture_there.size == (400, 100)
    logo_path(invoice.seller_party.logo).unlink()
    with pytest.raises(RenderError, match="assets"):
        render_invoice(invoice)
    company.logo.delete(save=False)


def test_the_network_is_out_of_reach_of_a_document(invoice: Invoice) -> None:
    from invoices.documents.pdf import html_to_pdf  # noqa: PLC0415

    with pytest.raises(RenderError):
        html_to_pdf('<img src="http://192.0.2.1/logo.png">', b"x")


def test_the_same_invoice_is_the_same_bytes(invoice: Invoice) -> None:
    archived = read_archived(invoice.archived_file)
    fresh = Invoice.objects.get(pk=invoice.pk)
    assert render_invoice(fresh) == render_invoice(invoice) == archived
    assert hashlib.sha256(archived).hexdigest() == invoice.archived_file.sha256


def test_the_page_says_all_that_the_law_asks_for(invoice: Invoice, company: Company) -> None:
    (page,) = pages_of(read_archived(invoice.archived_file))
    for text in (
        company.name,
        company.street,
        f"{company.postcode} {company.city}",
        company.tax_number,
        invoice.number,
        f"{invoice.issued_on:%d.%m.%Y}",
        f"{invoice.due_on:%d.%m.%Y}",
        str(invoice.customer.number),
        *invoice.customer.address_lines,
        "05.10.2026",
        "10:00 – 10:15",
        "15:00",
        "Tina Technik",
        "2 × 8,50",
        "DE02 1203 0000 0000 2020 51",
        "BYLADEM1001",
    ):
        assert text in page, text


def test_the_sums_on_the_page_are_those_of_the_invoice(invoice: Invoice) -> None:
    (page,) = pages_of(read_archived(invoice.archived_file))
    assert invoice.rounding_cents != 0  # two blocks: the case that needs the line
    with translation.override("de"):
        rounding = gettext("Rounding")
    (rate,) = invoice.rates.all()
    for text in (
        format_euros(rate.net_cents),
        format_euros(rate.vat_cents),
        format_euros(invoice.gross_cents),
    ):
        assert plain(text) in page
    assert re.search(rf"{rounding}\s*{plain(format_euros(invoice.rounding_cents))}", page)


def test_without_rounding_there_is_no_such_line(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    with translation.override("de"):
        assert gettext("Rounding") not in invoice_html(issue())


def test_the_hint_on_default_is_for_consumers_only(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer())
    assert "286" in invoice_html(issue())
    make_session(make_customer(kind=Customer.Kind.BUSINESS, company_name="Weingut Weiß"))
    assert "286" not in invoice_html(issue())


def test_without_an_account_there_is_neither_code_nor_bank(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    Company.objects.update(iban="", bic="")
    make_session(make_customer())
    html = invoice_html(issue())
    assert "IBAN" not in html
    assert "GiroCode" not in html


def test_nothing_to_pay_asks_for_no_payment(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer(), terms=Terms(600, 0, 0, Decimal(19)))
    html = invoice_html(issue())
    assert "0,00" in html
    assert 'class="payment' not in html


def test_eighty_sessions_run_over_pages_that_name_themselves(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    for number in range(80):
        make_session(customer, OCTOBER.start + dt.timedelta(hours=8 * number))
    invoice = issue()
    pages = pages_of(read_archived(invoice.archived_file))
    assert len(pages) >= 3
    with translation.override("de"):
        words = gettext("Page"), pgettext("page 1 of 2", "of")
    for number, page in enumerate(pages, start=1):
        assert f"{words[0]} {number} {words[1]} {len(pages)}" in page
        assert company.tax_number in page
    assert all(invoice.number in page for page in pages)
    assert sum(page.count("1 × 8,50") for page in pages) == 80
    assert plain(format_euros(invoice.gross_cents)) in pages[-1]


@pytest.mark.parametrize("rows", [8, 16, 19])
def test_the_sums_stand_on_a_page_with_rows(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, rows: int
) -> None:
    customer = make_customer()
    for number in range(rows):
        make_session(customer, OCTOBER.start + dt.timedelta(hours=8 * number))
    invoice = issue()
    pages = pages_of(read_archived(invoice.archived_file))
    (summed,) = (page for page in pages if plain(format_euros(invoice.net_cents)) in page)
    assert "1 × 8,50" in summed


@pytest.mark.parametrize(("length", "size"), [(20, ""), (60, "dense"), (100, "denser")])
def test_a_long_address_is_set_smaller_until_all_of_it_is_there(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, length: int, size: str
) -> None:
    long = "W" * length
    make_session(make_customer(company_name=long, first_name="", last_name=long, street=long))
    invoice = issue()
    assert letterhead_of(invoice.seller_party, invoice.buyer_party)["address_size"] == size
    # Four of these at 100 characters are the longest that the forms let in.
    (page, *_rest) = pages_of(read_archived(invoice.archived_file))
    assert "67227 Frankenthal" in page


def test_two_prices_of_a_session_stand_in_two_rows_with_one_date(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer(), seconds=1500, terms=Terms(600, 850, 750, Decimal(19)))
    (page,) = pages_of(read_archived(issue().archived_file))
    assert "1 × 8,50" in page
    assert "2 × 7,50" in page
    assert page.count("10:00 – 10:25") == 1


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "Müller & Söhne \"Wir\" 'können' <b>alles</b>",
        "😀 Smiley GmbH 👩‍💻",
        "שלום בע״מ",
        "شركة الاختبار",
        "中文公司",
        "x" * 100,
        "Donaudampfschifffahrtsgesellschaft " * 2,
    ],
)
def test_no_name_breaks_the_page(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, name: str
) -> None:
    make_session(make_customer(company_name=name, first_name=name, last_name=name))
    content = read_archived(issue().archived_file)
    (page,) = pages_of(content)
    assert "8,50" in page
    if name.isascii():
        found = re.sub(r"\s", "", page)
        assert re.sub(r"\s", "", name) in found


def test_the_document_is_made_for_archives(invoice: Invoice) -> None:
    reader = pypdf.PdfReader(io.BytesIO(read_archived(invoice.archived_file)))
    root: Any = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part=.3", xmp)
    assert re.search(r"pdfaid:conformance=.B", xmp)
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    resources: Any = reader.pages[0]["/Resources"]
    for font in resources["/Font"].values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    assert reader.metadata is not None
    assert invoice.number in str(reader.metadata.title)


def test_a_customer_who_reads_english_gets_an_english_invoice(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer(language=Customer.Language.ENGLISH), seconds=900)
    invoice = issue()
    assert invoice.language == "en"
    (page,) = pages_of(read_archived(invoice.archived_file))
    assert f"Invoice {invoice.number}" in page
    assert "Amount due" in page
    assert plain(format_euros(1700, "en")) in page
    assert "Please transfer the amount" in page
    for german in ("Rechnung", "Fernwartung", "Zahlbetrag", "Seite"):
        assert german not in page
    (line,) = invoice.lines.all()
    assert line.description.startswith("Remote support on ")


@pytest.mark.parametrize("unseen", ["\x0b", "\x1b", "\ufffe", "\x7f", "\x9d"])
def test_characters_that_no_document_can_hold_stop_nobodys_invoice(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession, unseen: str
) -> None:
    customer = make_customer(salutation="Frau", last_name=f"Mayer{unseen}Muster")
    Item.objects.create(
        customer=customer,
        service_date=OCTOBER.first_day,
        description=f"Anfahrt{unseen}Worms",
        unit_gross_cents=2500,
    )
    make_session(customer)
    invoice = issue()
    (page,) = pages_of(read_archived(invoice.archived_file))
    assert "Mayer Muster" in page
    assert "Anfahrt Worms" in page
    assert list(verify()) == []
