"""Value added tax taken out of promised gross prices, exact to the cent.

A consumer was told a gross price, so the gross sum is what is due, always. EN 16931
wants tax = rate x net; some gross sums (8.50 EUR x 2 at 19 %) cannot be reached that
way. The cent that is then left over is shown as 'rounding' (BT-114) and never pushed
into the price. A negative sum (a cancellation) is split like the positive one, with the
sign turned. All arithmetic is on integers: no float, no context of Decimal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

HUNDRED_PERCENT = 10_000  # rates are counted in hundredths of a percent


@dataclass(frozen=True, slots=True)
class VatSplit:
    """One rate of an invoice: cents net (BT-116), tax (BT-117) and promised gross."""

    percent: Decimal
    net_cents: int
    vat_cents: int
    gross_cents: int

    @property
    def rounding_cents(self) -> int:
        """What net and tax lack of the promised gross: -1, 0 or 1 cent (part of BT-114)."""
        return self.gross_cents - self.net_cents - self.vat_cents


def _rate(percent: Decimal) -> int:
    """Return the rate in hundredths of a percent; raise ValueError for what is no rate."""
    rate = int(percent * 100)
    if rate != percent * 100 or not 0 <= rate < HUNDRED_PERCENT:
        msg = f"VAT of {percent} % is not a rate from 0 to 99.99 with two decimals."
        raise ValueError(msg)
    return rate


def _round_half_up(numerator: int, denominator: int) -> int:
    """Return the quotient of two numbers >= 0, rounded commercially."""
    return (2 * numerator + denominator) // (2 * denominator)


def split_gross(gross_cents: int, percent: Decimal) -> VatSplit:
    """Split a promised gross sum into net and tax; due stays exactly `gross_cents`.

    First the plain way: net out of gross, tax out of net. Where that misses the gross
    sum by a cent, take the neighbouring net whose tax is also the tax of the gross sum,
    so that both ways of calculating agree.
    """
    if gross_cents < 0:
        mirrored = split_gross(-gross_cents, percent)
        return VatSplit(percent, -mirrored.net_cents, -mirrored.vat_cents, gross_cents)
    rate = _rate(percent)
    whole = HUNDRED_PERCENT + rate
    plain_net = _round_half_up(gross_cents * HUNDRED_PERCENT, whole)
    plain_vat = _round_half_up(plain_net * rate, HUNDRED_PERCENT)
    if plain_net + plain_vat == gross_cents:
        return VatSplit(percent, plain_net, plain_vat, gross_cents)
    vat_of_gross = _round_half_up(gross_cents * rate, whole)
    # One of the three always fits: with e = exact net minus (gross - tax of the gross
    # sum), |e| <= 1/2, the plain way fails only for |e| >= 1/(2 + 2r), and then the tax
    # of the neighbour towards e lies within half a cent of the tax of the gross sum.
    net = next(
        net
        for net in (plain_net, plain_net - 1, plain_net + 1)
        if _round_half_up(net * rate, HUNDRED_PERCENT) == vat_of_gross
        and abs(gross_cents - net - vat_of_gross) == 1
    )
    return VatSplit(percent, net, vat_of_gross, gross_cents)


def share_net(split: VatSplit, line_grosses: Sequence[int]) -> list[int]:
    """Return the net cents of each line (BT-131), which add up to `split.net_cents`.

    Each line gets its own net rounded down; the cents that are left go to the largest
    remainders, the earlier line first. Lines of nothing stay at nothing; reductions are
    lines below nothing. Raises ValueError when the lines are not the parts of the split's
    gross sum.
    """
    if sum(line_grosses) != split.gross_cents:
        msg = f"Lines of {sum(line_grosses)} cents are not the parts of {split.gross_cents} cents."
        raise ValueError(msg)
    whole = HUNDRED_PERCENT + _rate(split.percent)
    parts = [divmod(gross * HUNDRED_PERCENT, whole) for gross in line_grosses]
    nets = [net for net, _remainder in parts]
    takers = sorted(
        (index for index, gross in enumerate(line_grosses) if gross),
        key=lambda index: (-parts[index][1], index),
    )
    if not takers:
        return nets
    # The split may have moved the net by a cent beyond what the remainders hold, so a
    # single line can get two cents, or lose one: `each` is 0 but for that.
    each, extra = divmod(split.net_cents - sum(nets), len(takers))
    for place, index in enumerate(takers):
        nets[index] += each + (1 if place < extra else 0)
    return nets
