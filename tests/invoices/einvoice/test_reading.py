"""An archived XML read back: what it says, not how it is written."""

from collections.abc import Callable

import pytest

from company.models import Company
from customers.models import Customer
from invoices.einvoice.cii import issued_xml
from invoices.einvoice.reading import XmlUnreadableError, facts_in, facts_of
from invoices.models import Invoice
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue


@pytest.fixture
def invoice(
    company: Company, make_customer: Callable[..., Customer], make_session: MakeSession
) -> Invoice:
    make_session(make_customer(), seconds=900)
    return issue()


@pytest.mark.parametrize("xml", [b"", b"no XML", b"<a/>", b"<!DOCTYPE a SYSTEM 'b'><a>&c;</a>"])
def test_what_is_no_invoice_is_refused(xml: bytes) -> None:
    with pytest.raises(XmlUnreadableError):
        facts_in(xml)


def test_an_amount_that_is_no_number_is_refused(invoice: Invoice) -> None:
    xml = issued_xml(invoice).replace(b">17.00<", b">much<")
    with pytest.raises(XmlUnreadableError, match="much"):
        facts_in(xml)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">17.00<", b">17.01<"),
        (b">14.28<", b">14.29<"),
        (b">0.01<", b">-0.01<"),
        (b">380<", b">384<"),
        (b"Fernwartung", b"Beratung"),
    ],
)
def test_whatever_is_changed_is_noticed(invoice: Invoice, old: bytes, new: bytes) -> None:
    xml = issued_xml(invoice)
    assert old in xml
    assert facts_in(xml.replace(old, new)) != facts_of(invoice)


def test_rows_and_xml_say_the_same_however_it_is_written(invoice: Invoice) -> None:
    xml = issued_xml(invoice)
    assert facts_in(xml) == facts_of(invoice)
    assert facts_in(xml.replace(b">2<", b">2.00<").replace(b"><", b">\n  <")) == facts_of(invoice)
