"""What a late invoice has come to, and what a payment settles first (sec. 366, 367 BGB). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What of a claim is settled: the invoice itself, or what its delay cost."""

    INVOICE = "invoice"
    INTEREST = "interest"
    COSTS = "costs"


CHARGES = (Part.COSTS, Part.INTEREST)


class Order(StrEnum):
    """What a payment settles first where it is not enough for all."""

    LAW = "law"
    INVOICE_FIRST = "invoice"


_ORDERS = {
    # Sec. 367 (1) BGB.
    Order.LAW: (Part.COSTS, Part.INTEREST, Part.INVOICE),
    Order.INVOICE_FIRST: (Part.INVOICE, Part.COSTS, Part.INTEREST),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """What is still to be paid, in cents: of the invoice, and of what its letters charged."""

    invoice_cents: int
    interest_cents: int = 0
    costs_cents: int = 0

    @property
    def charges_cents(self) -> int:
        """Interest and costs."""
        return self.interest_cents + self.costs_cents

    @property
    def total_cents(self) -> int:
        """All of it."""
        return self.invoice_cents + self.charges_cents

    @property
    def by_part(self) -> tuple[int, int, int]:
        """The three amounts, in the order of `Part`."""
        return (self.invoice_cents, self.interest_cents, self.costs_cents)

    def of(self, part: Part) -> int:
        """Return what is open of one part."""
        return dict(zip(Part, self.by_part, strict=True))[part]


def order_of(cents: int, owed: Owed) -> Order:
    """Return the order in which an amount settles what is owed unless somebody says otherwise.

    By law, costs come first. Who pays exactly what is open of the invoice says that it is for
    the invoice, and the shop takes it so (sec. 367 (2) BGB).
    """
    return Order.INVOICE_FIRST if cents == owed.invoice_cents else Order.LAW


def shares_of(cents: int, owed: Owed, order: Order | None = None) -> list[tuple[Part, int]]:
    """Return what an amount settles of what is owed; what is left over is nobody's."""
    shares = []
    for part in _ORDERS[order or order_of(cents, owed)]:
        share = min(cents, owed.of(part))
        if share > 0:
            shares.append((part, share))
            cents -= share
    return shares
