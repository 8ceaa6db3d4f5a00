"""An invoice as XML: EN 16931 in the syntax UN/CEFACT CII (D16B), the data inside the PDF.

Every amount is the one in the database and on the page. Only the unit price before VAT
(BT-146) is calculated here: it follows from the promised gross price, has six places and is
there for readers; nobody pays it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from lxml import etree

from invoices.domain.money import as_decimal
from invoices.domain.parties import Buyer, Seller
from invoices.models import Invoice, InvoiceLine, InvoiceVat

EN16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
# UNTDID 1001: what a cancellation is to EN 16931, a corrected invoice.
TYPES = {Invoice.Kind.INVOICE: "380", Invoice.Kind.CANCELLATION: "384"}
SEPA_TRANSFER = "58"
UNIT_PRICE = Decimal("0.000001")

_STANDARD = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = {
    "rsm": f"{_STANDARD}CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_STANDARD}UnqualifiedDataType:100",
    "qdt": f"{_STANDARD}QualifiedDataType:100",
}


def invoice_xml(
    invoice: Invoice, lines: Sequence[InvoiceLine], rates: Sequence[InvoiceVat]
) -> bytes:
    """Return the invoice as UTF-8 XML, the same bytes each time.

    `lines` and `rates` are its own, in their order; none of them needs to be saved yet.
    """
    root = etree.Element(_name("rsm:CrossIndustryInvoice"), nsmap=NAMESPACES)
    context = _add(root, "rsm:ExchangedDocumentContext")
    profile = EN16931
    if invoice.buyer_party.leitweg_id:
        profile = XRECHNUNG
        process = "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
        _add(context, process, PEPPOL_BILLING)
    _add(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", profile)
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", invoice.number)
    _add(document, "ram:TypeCode", TYPES[Invoice.Kind(invoice.kind)])
    _date(document, "ram:IssueDateTime", invoice.issued_on)
    for place in ("blocks", "default_hint"):
        if note := invoice.texts.get(place):
            _add(document, "ram:IncludedNote/ram:Content", note)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for line in lines:
        _line(trade, line)
    _agreement(trade, invoice)
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
    _date(event, "ram:OccurrenceDateTime", invoice.service_to)
    _settlement(trade, invoice, rates)
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return xml


def issued_xml(invoice: Invoice) -> bytes:
    """Return the XML of an issued invoice, from its rows."""
    return invoice_xml(invoice, invoice.rows.lines, invoice.rows.rates)


def _line(trade: etree._Element, line: InvoiceLine) -> None:
    """Add one line (BG-25)."""
    item = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(line.position))
    _add(item, "ram:SpecifiedTradeProduct/ram:Name", line.description)
    price = _add(item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", str(unit_net(line)))
    delivery = _add(item, "ram:SpecifiedLineTradeDelivery")
    _add(delivery, "ram:BilledQuantity", str(line.quantity), {"unitCode": line.unit})
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", line.vat_category)
    _add(tax, "ram:RateApplicablePercent", str(line.vat_percent))
    period = _add(settlement, "ram:BillingSpecifiedPeriod")
    _date(period, "ram:StartDateTime", line.service_date)
    _date(period, "ram:EndDateTime", line.service_date)
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    _add(settlement, total, _amount(line.net_cents))


def unit_net(line: InvoiceLine) -> Decimal:
    """Return the price of one unit before VAT, in euros (8.50 at 19 % is 7.142857)."""
    net = as_decimal(line.unit_gross_cents) * 100 / (100 + Decimal(line.vat_percent))
    return net.quantize(UNIT_PRICE)


def _agreement(trade: etree._Element, invoice: Invoice) -> None:
    """Add seller and buyer (BG-4, BG-7)."""
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    if invoice.buyer_party.leitweg_id:
        _add(agreement, "ram:BuyerReference", invoice.buyer_party.leitweg_id)
    _seller(_add(agreement, "ram:SellerTradeParty"), invoice.seller_party)
    _buyer(_add(agreement, "ram:BuyerTradeParty"), invoice.buyer_party)


def _seller(party: etree._Element, seller: Seller) -> None:
    if not seller.vat_id:
        # BR-CO-26 wants an identifier of the seller, and a small shop has no other one.
        _add(party, "ram:ID", seller.tax_number)
    _add(party, "ram:Name", seller.name)
    contact = _add(party, "ram:DefinedTradeContact")
    _add(contact, "ram:PersonName", seller.owner or seller.name)
    if seller.phone:
        _add(contact, "ram:TelephoneUniversalCommunication/ram:CompleteNumber", seller.phone)
    if seller.email:
        _add(contact, "ram:EmailURIUniversalCommunication/ram:URIID", seller.email)
    _address(party, seller)
    _electronic_address(party, seller.email)
    for scheme, number in (("FC", seller.tax_number), ("VA", seller.vat_id)):
        if number:
            _add(party, "ram:SpecifiedTaxRegistration/ram:ID", number, {"schemeID": scheme})


def _buyer(party: etree._Element, buyer: Buyer) -> None:
    _add(party, "ram:ID", str(buyer.number))
    _add(party, "ram:Name", buyer.name)
    if buyer.person and buyer.person != buyer.name:
        _add(party, "ram:DefinedTradeContact/ram:PersonName", buyer.person)
    _address(party, buyer)
    _electronic_address(party, buyer.email)
    if buyer.vat_id:
        _add(party, "ram:SpecifiedTaxRegistration/ram:ID", buyer.vat_id, {"schemeID": "VA"})


def _address(party: etree._Element, holder: Seller | Buyer) -> None:
    address = _add(party, "ram:PostalTradeAddress")
    _add(address, "ram:PostcodeCode", holder.postcode)
    _add(address, "ram:LineOne", holder.street)
    _add(address, "ram:CityName", holder.city)
    _add(address, "ram:CountryID", holder.country)


def _electronic_address(party: etree._Element, mail: str) -> None:
    """Add BT-34 or BT-49; EM is the code list's word for a mail address."""
    if mail:
        _add(party, "ram:URIUniversalCommunication/ram:URIID", mail, {"schemeID": "EM"})


def _settlement(trade: etree._Element, invoice: Invoice, rates: Sequence[InvoiceVat]) -> None:
    """Add payment, VAT breakdown and sums (BG-16, BG-23, BG-22)."""
    settlement = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:PaymentReference", invoice.number)
    _add(settlement, "ram:InvoiceCurrencyCode", "EUR")
    _payment_means(settlement, invoice.seller_party)
    for rate in rates:
        tax = _add(settlement, "ram:ApplicableTradeTax")
        _add(tax, "ram:CalculatedAmount", _amount(rate.vat_cents))
        _add(tax, "ram:TypeCode", "VAT")
        if rate.reason:
            _add(tax, "ram:ExemptionReason", rate.reason)
        _add(tax, "ram:BasisAmount", _amount(rate.net_cents))
        _add(tax, "ram:CategoryCode", rate.category)
        _add(tax, "ram:RateApplicablePercent", str(rate.percent))
    period = _add(settlement, "ram:BillingSpecifiedPeriod")
    _date(period, "ram:StartDateTime", invoice.service_from)
    _date(period, "ram:EndDateTime", invoice.service_to)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    _add(terms, "ram:Description", invoice.texts["payment"])
    _date(terms, "ram:DueDateDateTime", invoice.due_on)
    sums = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(sums, "ram:LineTotalAmount", _amount(invoice.net_cents))
    _add(sums, "ram:TaxBasisTotalAmount", _amount(invoice.net_cents))
    _add(sums, "ram:TaxTotalAmount", _amount(invoice.vat_cents), {"currencyID": "EUR"})
    if invoice.rounding_cents:
        _add(sums, "ram:RoundingAmount", _amount(invoice.rounding_cents))
    _add(sums, "ram:GrandTotalAmount", _amount(invoice.net_cents + invoice.vat_cents))
    _add(sums, "ram:DuePayableAmount", _amount(invoice.gross_cents))
    if invoice.cancels is not None:
        original = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(original, "ram:IssuerAssignedID", invoice.cancels.number)
        day = _add(original, "ram:FormattedIssueDateTime/qdt:DateTimeString")
        day.text = f"{invoice.cancels.issued_on:%Y%m%d}"
        day.set("format", "102")


def _payment_means(settlement: etree._Element, seller: Seller) -> None:
    """Add the account; without one there is nothing to say about how to pay."""
    if not seller.iban:
        return
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", SEPA_TRANSFER)
    account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
    _add(account, "ram:IBANID", seller.iban)
    _add(account, "ram:AccountName", seller.name)
    if seller.bic:
        _add(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", seller.bic)


def _amount(cents: int) -> str:
    return str(as_decimal(cents))


@cache
def _name(prefixed: str) -> str:
    prefix, local = prefixed.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _add(
    parent: etree._Element,
    path: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> etree._Element:
    """Append new elements along a path like 'ram:A/ram:B' and return the last of them."""
    element = parent
    for step in path.split("/"):
        element = etree.SubElement(element, _name(step))
    element.text = text
    for key, value in (attributes or {}).items():
        element.set(key, value)
    return element


def _date(parent: etree._Element, path: str, day: dt.date) -> None:
    """Append a date in format 102, which is YYYYMMDD."""
    _add(parent, f"{path}/udt:DateTimeString", f"{day:%Y%m%d}", {"format": "102"})
