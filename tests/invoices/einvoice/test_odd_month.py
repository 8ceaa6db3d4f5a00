"""A month of odd customers: no official rule broken, and page and XML say the same to the cent."""

import os
import subprocess
from collections.abc import Callable
from decimal import Decimal

import pytest
from lxml import etree

from company.models import Company
from customers.models import Customer
from invoices.archive import read_archived
from invoices.documents.facturx import embedded_xml
from invoices.documents.pdf import render_invoice
from invoices.domain.money import format_amount, format_euros
from invoices.einvoice import rules
from invoices.einvoice.cii import NAMESPACES, issued_xml
from invoices.models import Invoice
from invoices.verification import verify
from technicians.models import User
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.archival import archival_faults
from tests.invoices.documents.giro import scanned
from tests.invoices.odd_month import OddMonth

# More of them for a longer look; figures in docs/benchmarks.md.
CUSTOMERS = int(os.environ.get("DIBUC_TEST_CUSTOMERS", "40"))
# Drawing a page takes longer than making it.
SCANNED_EVERY = 4
SUMS = "//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
RATES = "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
LINES = "//ram:IncludedSupplyChainTradeLineItem"


class Data:
    """The XML of an invoice as amounts in cents."""

    def __init__(self, xml: bytes) -> None:
        self._root = etree.fromstring(xml)

    def texts(self, path: str) -> list[str]:
        found = self._root.xpath(path, namespaces=NAMESPACES)
        assert isinstance(found, list)
        return [str(element.text) for element in found if isinstance(element, etree._Element)]

    def cents(self, path: str) -> list[int]:
        return [int(Decimal(text) * 100) for text in self.texts(path)]

    def one(self, path: str) -> int:
        (cents,) = self.cents(path)
        return cents


def page_text(content: bytes) -> str:
    """Return what pdftotext reads, in one line: a person's copy and paste."""
    command = ["pdftotext", "-layout", "-", "-"]
    read = subprocess.run(command, input=content, capture_output=True, check=True)
    return " ".join(read.stdout.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def month(
    company: Company,
    make_customer: Callable[..., Customer],
    make_session: MakeSession,
    office: User,
) -> list[Invoice]:
    OddMonth(make_customer, make_session, seed=4).run(CUSTOMERS, by=office)
    invoices = Invoice.objects.prefetch_related("lines", "rates").select_related("archived_file")
    return list(invoices.order_by("pk"))


def assert_exact(invoice: Invoice, data: Data) -> None:
    """Check the sums strictly, where the official rules are content with an euro."""
    nets = data.cents(f"{LINES}//ram:LineTotalAmount")
    bases = data.cents(f"{RATES}/ram:BasisAmount")
    taxes = data.cents(f"{RATES}/ram:CalculatedAmount")
    percents = [Decimal(text) for text in data.texts(f"{RATES}/ram:RateApplicablePercent")]
    net, vat = data.one(f"{SUMS}TaxBasisTotalAmount"), data.one(f"{SUMS}TaxTotalAmount")
    rounding = sum(data.cents(f"{SUMS}RoundingAmount"))
    assert sum(nets) == sum(bases) == net == data.one(f"{SUMS}LineTotalAmount")
    assert sum(taxes) == vat
    assert data.one(f"{SUMS}GrandTotalAmount") == net + vat
    assert data.one(f"{SUMS}DuePayableAmount") == net + vat + rounding == invoice.gross_cents
    assert abs(rounding) <= len(percents)
    for base, tax, percent in zip(bases, taxes, percents, strict=True):
        assert abs(base * percent / 100 - tax) <= Decimal("0.5")
    assert sum(line.gross_cents for line in invoice.lines.all()) == invoice.gross_cents


def assert_page_says(invoice: Invoice, data: Data, text: str) -> None:
    """Look up on the page every amount that the XML holds."""
    language = invoice.language

    def euros(cents: int) -> str:
        return plain(format_euros(cents, language))

    percents = data.texts(f"{RATES}/ram:RateApplicablePercent")
    bases = data.cents(f"{RATES}/ram:BasisAmount")
    taxes = data.cents(f"{RATES}/ram:CalculatedAmount")
    at = text.index(invoice.number)
    for percent, base, tax in zip(percents, bases, taxes, strict=True):
        # The sums stand one below the other in the order of the XML.
        at = text.index(euros(base), at)
        if Decimal(percent):
            at = text.index(euros(tax), at)
    for rounding in data.cents(f"{SUMS}RoundingAmount"):
        at = text.index(euros(rounding), at)
    text.index(euros(data.one(f"{SUMS}DuePayableAmount")), at)
    quantities = [int(one) for one in data.texts(f"{LINES}//ram:BilledQuantity")]
    grosses = []
    for line, quantity in zip(invoice.lines.all(), quantities, strict=True):
        gross = format_amount(line.unit_gross_cents * quantity, language)
        blocks = f"{quantity} × {format_amount(line.unit_gross_cents, language)}"
        blocks = blocks.replace("-", "\N{MINUS SIGN}")
        assert f"{blocks} {plain(gross)}" in text
        grosses.append(line.unit_gross_cents * quantity)
    assert sum(grosses) == data.one(f"{SUMS}DuePayableAmount")
    for price, line in zip(
        data.texts(f"{LINES}//ram:ChargeAmount"), invoice.lines.all(), strict=True
    ):
        gross_price = Decimal(price) * (100 + Decimal(line.vat_percent))
        assert abs(gross_price - line.unit_gross_cents) < Decimal("0.001")


def assert_code_pays(invoice: Invoice, data: Data, content: bytes) -> None:
    """Scan the page: the code asks for the transfer that the XML asks for, or there is none."""
    if invoice.gross_cents <= 0:
        assert scanned(content) == ""
        return
    seller = invoice.seller_party
    lines = scanned(content).split("\n")
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[4:7] == [seller.bic, seller.name, seller.iban]
    assert data.texts("//ram:IBANID") == [lines[6]]
    assert lines[7].startswith("EUR")
    assert Decimal(lines[7][3:]) * 100 == data.one(f"{SUMS}DuePayableAmount")
    assert lines[8:11] == ["", "", invoice.number]


def test_every_invoice_of_an_odd_month_passes_rules_page_archive_and_scanner(
    month: list[Invoice],
) -> None:
    assert len(month) > CUSTOMERS
    assert {invoice.kind for invoice in month} == set(Invoice.Kind.values)
    for number, invoice in enumerate(month):
        content = read_archived(invoice.archived_file)
        xml = embedded_xml(content)
        assert xml == issued_xml(invoice)  # it was written before anybody could read rows back
        sets = {*rules.sets_for(invoice.buyer_party), rules.EN16931}
        if rules.XRECHNUNG not in sets:
            sets.add(rules.FACTURX)
        assert rules.violations(xml, *sets) == [], invoice.number
        data = Data(xml)
        assert_exact(invoice, data)
        assert_page_says(invoice, data, page_text(content))
        assert archival_faults(content) == [], invoice.number
        if number % SCANNED_EVERY == 0:
            assert_code_pays(invoice, data, content)
            assert render_invoice(invoice) == content
    assert list(verify()) == []
