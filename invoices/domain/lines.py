"""The lines of an invoice, and what they are made of. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from company.domain.tariff import Terms
from invoices.domain.period import SHOP_ZONE
from invoices.domain.tax import Tax, Treatment, tax_of

# UN/ECE recommendation 20, "one": a billing block is counted, not measured.
UNIT_ONE = "C62"


class LineKind(StrEnum):
    """What a line is about; the reductions of a session stand right below its price."""

    SESSION = "session"
    COURTESY = "courtesy"
    CONTRACT = "contract"
    PREPAID = "prepaid"
    ITEM = "item"
    DISCOUNT = "discount"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with one customer, on top of the shop's tariff or instead of it.

    `terms` are None where the tariff holds; the discount is taken off what sessions cost.
    """

    terms: Terms | None = None
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Work:
    """What an invoice needs to know of one ended session.

    `started_at` and `ended_at` are aware; `seconds` is the connected time, which is
    shorter than the span between them when the line was lost or paused. `terms` are
    what stood on the customer's screen; `courtesy_blocks` were waived by the shop.
    """

    session_id: UUID
    started_at: dt.datetime
    ended_at: dt.datetime
    seconds: int
    blocks: int
    amount_cents: int
    technician: str
    terms: Terms
    agreement: Agreement = Agreement()
    courtesy_blocks: int = 0
    courtesy_reason: str = ""

    @property
    def service_date(self) -> dt.date:
        """The day of the session by the shop's calendar."""
        return self.started_at.astimezone(SHOP_ZONE).date()


@dataclass(frozen=True, slots=True)
class Item:
    """Something else to be billed: travel, a part, a package of prepaid minutes.

    Prices are of one unit, in cents; a credit has a negative quantity. `prepaid_seconds`
    is what one unit adds to the customer's balance.
    """

    item_id: int
    service_date: dt.date
    description: str
    quantity: int
    unit_cents: int
    vat_percent: Decimal
    zero_reason: str = ""
    unit_net_cents: int | None = None
    unit: str = UNIT_ONE
    prepaid_seconds: int = 0


class NetPriceMissingError(ValueError):
    """A business abroad owes a net price that nobody has set."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `quantity` times one price, which holds the VAT where there is any.

    `terms` are those that a session was charged by. `opens` marks the first line of its
    session: those below repeat neither date nor time on paper. `allowance_seconds` is what
    it adds to (above 0) or takes from (below 0) the free minutes of the contract, or the
    prepaid ones.
    """

    kind: LineKind
    quantity: int
    unit_cents: int
    tax: Tax
    service_date: dt.date
    work: Work | None = None
    terms: Terms | None = None
    item: Item | None = None
    opens: bool = True
    allowance_seconds: int = 0
    discount_percent: Decimal | None = None

    @property
    def gross_cents(self) -> int:
        """What this line costs."""
        return self.quantity * self.unit_cents

    @property
    def block_seconds(self) -> int:
        """The billing block of a session's line, 0 for any other."""
        return self.terms.block_seconds if self.terms else 0


def price_of(gross_cents: int, net_cents: int | None, treatment: Treatment) -> int:
    """Return what one unit costs: the net price under reverse charge, else the promised one.

    Raises NetPriceMissingError.
    """
    if treatment is not Treatment.REVERSE_CHARGE:
        return gross_cents
    if net_cents is None:
        msg = "A business abroad owes the net price, and none is set."
        raise NetPriceMissingError(msg)
    return net_cents


def line_of_item(item: Item, treatment: Treatment) -> Line:
    """Return the line of something that was entered by hand."""
    return Line(
        kind=LineKind.ITEM,
        quantity=item.quantity,
        unit_cents=price_of(item.unit_cents, item.unit_net_cents, treatment),
        tax=tax_of(item.vat_percent, treatment, item.zero_reason),
        service_date=item.service_date,
        item=item,
        allowance_seconds=item.quantity * item.prepaid_seconds,
    )


def format_duration(seconds: int) -> str:
    """Return connected time as minutes and seconds: 61 is '1:01'.

    Seconds are shown because they decide: 10:00 is one block of ten minutes, 10:01 two.
    """
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"
