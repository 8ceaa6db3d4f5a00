"""What an archived XML says, read back as figures.

An archive outlives the program that wrote it: a later version may write the same invoice with
other elements. So the two are compared by what they say, never byte by byte.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from invoices.domain.money import as_decimal
from invoices.einvoice.cii import NAMESPACES, TYPES
from invoices.models import Invoice

_AMOUNTS = ".//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
_LINE_TOTAL = (
    "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation"
    "/ram:LineTotalAmount"
)
_RATES = ".//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
_LINE_RATE = "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:RateApplicablePercent"


class XmlUnreadableError(ValueError):
    """It is no XML, or lacks what every invoice has; says what."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25); `net` in euros, `percent` of VAT."""

    description: str
    quantity: Decimal
    net: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """The sums of one VAT rate (BG-23), in euros."""

    percent: Decimal
    category: str
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """What an invoice says, whichever way it is written down; amounts in euros."""

    number: str
    kind: str
    issued_on: str
    seller: str
    buyer: str
    net: Decimal
    vat: Decimal
    rounding: Decimal
    due: Decimal
    lines: tuple[Line, ...]
    rates: tuple[Rate, ...]


def facts_of(invoice: Invoice) -> Facts:
    """Return what the rows of an issued invoice say."""
    return Facts(
        number=invoice.number,
        kind=TYPES[Invoice.Kind(invoice.kind)],
        issued_on=f"{invoice.issued_on:%Y%m%d}",
        seller=invoice.seller_party.name,
        buyer=invoice.buyer_party.name,
        net=as_decimal(invoice.net_cents),
        vat=as_decimal(invoice.vat_cents),
        rounding=as_decimal(invoice.rounding_cents),
        due=as_decimal(invoice.gross_cents),
        lines=tuple(
            Line(
                line.description,
                Decimal(line.quantity),
                as_decimal(line.net_cents),
                Decimal(line.vat_percent),
            )
            for line in invoice.lines.all()
        ),
        rates=tuple(
            Rate(
                Decimal(rate.percent),
                rate.category,
                as_decimal(rate.net_cents),
                as_decimal(rate.vat_cents),
            )
            for rate in invoice.rates.all()
        ),
    )


def facts_in(xml: bytes) -> Facts:
    """Return what an XML in the syntax CII says. Raises XmlUnreadableError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise XmlUnreadableError(str(error)) from error
    return Facts(
        number=_text(root, "rsm:ExchangedDocument/ram:ID"),
        kind=_text(root, "rsm:ExchangedDocument/ram:TypeCode"),
        issued_on=_text(root, "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"),
        seller=_text(root, ".//ram:SellerTradeParty/ram:Name"),
        buyer=_text(root, ".//ram:BuyerTradeParty/ram:Name"),
        net=_number(root, f"{_AMOUNTS}TaxBasisTotalAmount"),
        vat=_number(root, f"{_AMOUNTS}TaxTotalAmount"),
        rounding=_number(root, f"{_AMOUNTS}RoundingAmount", missing="0"),
        due=_number(root, f"{_AMOUNTS}DuePayableAmount"),
        lines=tuple(
            Line(
                _text(line, "ram:SpecifiedTradeProduct/ram:Name"),
                _number(line, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
                _number(line, _LINE_TOTAL),
                _number(line, _LINE_RATE),
            )
            for line in root.findall(".//ram:IncludedSupplyChainTradeLineItem", NAMESPACES)
        ),
        rates=tuple(
            Rate(
                _number(rate, "ram:RateApplicablePercent"),
                _text(rate, "ram:CategoryCode"),
                _number(rate, "ram:BasisAmount"),
                _number(rate, "ram:CalculatedAmount"),
            )
            for rate in root.findall(_RATES, NAMESPACES)
        ),
    )


def _text(parent: etree._Element, path: str, missing: str = "") -> str:
    text = parent.findtext(path, namespaces=NAMESPACES) or missing
    if not text:
        raise XmlUnreadableError(f"{path} is missing")
    return text


def _number(parent: etree._Element, path: str, missing: str = "") -> Decimal:
    text = _text(parent, path, missing)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise XmlUnreadableError(f"{path} is no number: {text!r}") from error
