"""Billing blocks and prices: pure arithmetic on whole seconds and integer cents."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """What a customer was promised when the session began.

    Prices are gross (VAT included) in cents, since that is what a consumer was
    told; `block_seconds` is the billing block; `vat_percent` the rate. As soon as there
    is a picture at all, `minimum_blocks` are due.

    The net prices are what a business abroad owes that pays the VAT itself (reverse
    charge). They are data of their own, never derived; None where nobody set them.
    """

    block_seconds: int
    first_block_cents: int
    further_block_cents: int
    vat_percent: Decimal
    minimum_blocks: int = 1
    first_block_net_cents: int | None = None
    further_block_net_cents: int | None = None

    @classmethod
    def of(cls, row: object) -> "Terms":
        """Read them from whatever has attributes of these names: tariff, session, agreement."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    @classmethod
    def restored(cls, values: dict[str, Any]) -> "Terms":
        """Read back what `stored` returned."""
        return cls(**{**values, "vat_percent": Decimal(values["vat_percent"])})

    def stored(self) -> dict[str, Any]:
        """Return them as plain JSON values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "vat_percent": str(self.vat_percent)}

    def __post_init__(self) -> None:
        if self.block_seconds < 1:
            msg = f"A billing block needs at least one second, not {self.block_seconds}."
            raise ValueError(msg)
        prices = (self.first_block_cents, self.further_block_cents)
        net_prices = (self.first_block_net_cents or 0, self.further_block_net_cents or 0)
        if min(prices + net_prices) < 0:
            msg = "A block price must not be negative."
            raise ValueError(msg)
        if self.minimum_blocks < 1:
            msg = f"At least one block is due, not {self.minimum_blocks}."
            raise ValueError(msg)
        if not 0 <= self.vat_percent < 100:  # noqa: PLR2004
            msg = f"VAT of {self.vat_percent} % is not a rate."
            raise ValueError(msg)


def started_blocks(seconds: int, block_seconds: int) -> int:
    """Return how many blocks have been started after `seconds` of connected time.

    The letter: 'je angefangene 10 Minuten'. 0 s = 0, 1 s = 1, 600 s = 1, 601 s = 2.
    """
    if seconds < 0:
        msg = f"Connected time cannot be negative: {seconds} s."
        raise ValueError(msg)
    return -(-seconds // block_seconds)


def due_blocks(seconds: int, terms: Terms) -> int:
    """Return how many blocks are due after `seconds`: those started, and no fewer than agreed."""
    started = started_blocks(seconds, terms.block_seconds)
    return max(started, terms.minimum_blocks) if started else 0


def price_cents(blocks: int, terms: Terms) -> int:
    """Return the gross price of `blocks` in cents."""
    if blocks < 0:
        msg = f"There are no negative blocks: {blocks}."
        raise ValueError(msg)
    if blocks == 0:
        return 0
    return terms.first_block_cents + (blocks - 1) * terms.further_block_cents


def least_cents(terms: Terms) -> int | None:
    """Return what is due at least in cents, or None where that is simply one block."""
    if terms.minimum_blocks == 1:
        return None
    return price_cents(terms.minimum_blocks, terms)


def cheaper_terms(seconds: int, promised: Terms, agreed: Terms | None) -> Terms:
    """Return the terms that hold after `seconds`: their own, unless the screen's cost less.

    `promised` stood on the customer's screen; `agreed` was agreed with this customer before.
    """
    if agreed is None:
        return promised
    costs = [price_cents(due_blocks(seconds, terms), terms) for terms in (promised, agreed)]
    return promised if costs[0] < costs[1] else agreed


def seconds_to_next_block(seconds: int, terms: Terms) -> int:
    """Return after how many more seconds the next block begins (at least 1).

    After 600 s of a 600 s block the next second begins a new one, so it is 1.
    """
    blocks = max(due_blocks(seconds, terms), terms.minimum_blocks)
    return blocks * terms.block_seconds - seconds + 1
