"""An invoice as XML: the amounts of the page, and no official rule broken."""

import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from lxml import etree

from company.domain.tariff import Terms
from company.models import Company
from customers.models import Customer
from invoices.einvoice import rules
from invoices.einvoice.cii import NAMESPACES, issued_xml
from invoices.models import Invoice
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]
ALL_RULES = (rules.EN16931, rules.FACTURX)
SUMS = "//ram:SpecifiedTradeSettlementHeaderMonetarySummation"


def xml_of(invoice: Invoice) -> bytes:
    return issued_xml(invoice)


def texts(xml: bytes, path: str) -> list[str]:
    found = etree.fromstring(xml).xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    return [str(element.text) for element in found if isinstance(element, etree._Element)]


def cents(xml: bytes, path: str) -> list[int]:
    return [int(Decimal(text) * 100) for text in texts(xml, path)]


@pytest.fixture
def invoice(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Invoice:
    make_session(make_customer(email="anna@example.com"), seconds=900)
    return issue()


def test_an_invoice_passes_every_official_rule(invoice: Invoice) -> None:
    assert rules.violations(xml_of(invoice), *ALL_RULES) == []


def test_the_same_invoice_gives_the_same_bytes(invoice: Invoice) -> None:
    assert xml_of(invoice) == xml_of(Invoice.objects.get(pk=invoice.pk))


def test_its_amounts_are_those_of_the_page(invoice: Invoice) -> None:
    xml = xml_of(invoice)
    # Two blocks of 8.50: the one sum that no net price reaches.
    assert cents(xml, f"{SUMS}/ram:LineTotalAmount") == [1428]
    assert cents(xml, f"{SUMS}/ram:TaxTotalAmount") == [271]
    assert cents(xml, f"{SUMS}/ram:GrandTotalAmount") == [1699]
    assert cents(xml, f"{SUMS}/ram:RoundingAmount") == [1]
    assert cents(xml, f"{SUMS}/ram:DuePayableAmount") == [1700]


def test_the_price_of_a_block_before_vat_has_six_places(invoice: Invoice) -> None:
    assert texts(xml_of(invoice), "//ram:NetPriceProductTradePrice/ram:ChargeAmount") == [
        "7.142857"
    ]


def test_hostile_text_stays_text(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    name = '</ram:Name><x a="&lol;"> \u202eשלום 🙂 ' + "x" * 60
    make_session(make_customer(last_name=name))
    xml = xml_of(issue())
    assert texts(xml, "//ram:BuyerTradeParty/ram:Name") == [f"Anna {name}"]
    assert rules.violations(xml, *ALL_RULES) == []


def test_a_month_of_odd_prices_breaks_no_rule(
    company: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    chance = random.Random(4)  # noqa: S311 - odd prices, no secret
    for _customer in range(30):
        customer = make_customer(
            kind=chance.choice(["consumer", "business"]),
            company_name=chance.choice(["", "Müller & Söhne GmbH <Handel>"]),
            email=chance.choice(["", "someone@example.com"]),
            vat_id=chance.choice(["", "DE136695976"]),
        )
        for _session in range(chance.randint(1, 12)):
            terms = Terms(
                chance.choice([60, 600, 900]),
                chance.choice([0, 1, 850, 999, 12345]),
                chance.choice([1, 425, 850]),
                Decimal(chance.choice(["7", "19"])),
            )
            make_session(
                customer, OCTOBER.start, seconds=chance.choice([1, 600, 5000]), terms=terms
            )
    issue()
    assert Invoice.objects.count() == 30
    for invoice in Invoice.objects.all():
        xml = xml_of(invoice)
        assert rules.violations(xml, *ALL_RULES) == []
        lines = cents(xml, "//ram:SpecifiedTradeSettlementLineMonetarySummation/*")
        assert sum(lines) == invoice.net_cents
        assert cents(xml, f"{SUMS}/ram:DuePayableAmount") == [invoice.gross_cents]
