"""The official rules really run: whoever breaks one is told which."""

import pytest
from lxml import etree

from invoices.einvoice import rules
from invoices.models import Invoice
from tests.invoices.einvoice.test_cii import invoice, xml_of

__all__ = ["invoice"]


def names(violations: list[rules.Violation]) -> set[str]:
    return {violation.rule for violation in violations}


def test_a_wrong_sum_names_the_rule(invoice: Invoice) -> None:
    xml = xml_of(invoice).replace(b"DuePayableAmount>17.00", b"DuePayableAmount>17.01")
    found = rules.violations(xml, rules.EN16931)
    assert names(found) == {"BR-CO-16"}
    assert found[0].flag == "fatal"
    assert "Amount due for payment" in str(found[0])


def test_a_missing_name_names_the_rule(invoice: Invoice) -> None:
    name = f"<ram:Name>{invoice.seller_party.name}</ram:Name>".encode()
    xml = xml_of(invoice).replace(name, b"<ram:Name></ram:Name>", 1)
    assert "BR-06" in names(rules.violations(xml, rules.EN16931))


def test_what_the_schema_does_not_know_is_refused_with_its_line(invoice: Invoice) -> None:
    xml = xml_of(invoice).replace(b"ram:DuePayableAmount", b"ram:DueAmount")
    (first, *_rest) = rules.violations(xml, rules.EN16931)
    assert first.rule == "XSD"
    assert first.message.startswith("line ")


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(etree.XMLSyntaxError):
        rules.violations(b"<rsm:CrossIndustryInvoice", rules.EN16931)


def test_an_administration_needs_more_than_a_customer(invoice: Invoice) -> None:
    assert "BR-DE-15" in names(rules.violations(xml_of(invoice), rules.XRECHNUNG))


def test_both_rule_sets_find_the_same_wrong_sum(invoice: Invoice) -> None:
    xml = xml_of(invoice).replace(b"TaxBasisTotalAmount>14.28", b"TaxBasisTotalAmount>14.29")
    assert rules.violations(xml, rules.EN16931)
    assert rules.violations(xml, rules.FACTURX)
