"""From a month's work to the lines of an invoice. Pure.

A session costs what its blocks cost. Below that price stand, in this order and each as a line
of its own, what the shop waives, what the contract includes, and what was paid in advance; all
count whole blocks, the earliest first. A discount comes last.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from company.domain.tariff import Terms, cheaper_terms, due_blocks, price_cents
from invoices.domain.lines import Item, Line, LineKind, Work, line_of_item, price_of
from invoices.domain.tax import Tax, Treatment, tax_of


class LedgerMismatchError(ValueError):
    """A session whose fixed blocks or amount do not follow from its time and terms."""


@dataclass(slots=True)
class Allowances:
    """Seconds that are free: what the contract still includes this month, and the balance.

    They get less while a bill is made.
    """

    contract: int = 0
    prepaid: int = 0

    def take(self, kind: LineKind, blocks: int, block_seconds: int) -> int:
        """Take up to so many whole blocks; return how many there were."""
        left = self.contract if kind is LineKind.CONTRACT else self.prepaid
        taken = min(blocks, max(left, 0) // block_seconds)
        if kind is LineKind.CONTRACT:
            self.contract -= taken * block_seconds
        else:
            self.prepaid -= taken * block_seconds
        return taken


def bill(
    works: Iterable[Work],
    items: Iterable[Item],
    *,
    treatment: Treatment = Treatment.DOMESTIC,
    allowances: Allowances | None = None,
) -> list[Line]:
    """Return the lines: sessions from the oldest on, then other items, then discounts.

    Raises LedgerMismatchError for a session whose stored price does not follow from its time,
    and NetPriceMissingError where reverse charge meets a price without VAT that nobody set.
    """
    left = allowances or Allowances()
    lines: list[Line] = []
    for work in sorted(works, key=lambda work: (work.started_at, work.session_id)):
        lines += lines_of(work, treatment, left)
    ordered = sorted(items, key=lambda item: (item.service_date, item.item_id))
    return [*lines, *(line_of_item(item, treatment) for item in ordered), *_discounts(lines)]


def lines_of(
    work: Work,
    treatment: Treatment = Treatment.DOMESTIC,
    allowances: Allowances | None = None,
) -> list[Line]:
    """Return a session's lines, or none when nothing is due for it. Errors as for `bill`."""
    _check(work)
    terms = cheaper_terms(work.seconds, work.terms, work.agreement.terms)
    blocks = due_blocks(work.seconds, terms)
    if not blocks:
        return []
    return list(_session(work, terms, treatment, allowances or Allowances()))


def _check(work: Work) -> None:
    """Refuse a session whose blocks or amount are not what its seconds and terms give.

    Such a session is looked at by a person, never billed by guess.
    """
    blocks = due_blocks(work.seconds, work.terms)
    amount = price_cents(blocks, work.terms)
    if (blocks, amount) != (work.blocks, work.amount_cents):
        msg = (
            f"Session {work.session_id}: {work.seconds} s give {blocks} blocks and {amount} cents, "
            f"but {work.blocks} blocks and {work.amount_cents} cents are stored."
        )
        raise LedgerMismatchError(msg)
    if work.courtesy_blocks < 0:
        msg = f"Session {work.session_id}: {work.courtesy_blocks} blocks cannot be waived."
        raise LedgerMismatchError(msg)


def _session(
    work: Work, terms: Terms, treatment: Treatment, allowances: Allowances
) -> Iterator[Line]:
    """Yield the price of all blocks, then what is taken off for the first ones of them."""
    tax = tax_of(terms.vat_percent, treatment)
    blocks = due_blocks(work.seconds, terms)
    length = terms.block_seconds
    for index, (count, unit_cents) in enumerate(_prices(terms, 0, blocks, treatment)):
        yield Line(
            LineKind.SESSION,
            count,
            unit_cents,
            tax,
            work.service_date,
            work,
            terms,
            opens=index == 0,
        )
    free = min(work.courtesy_blocks, blocks)
    for kind in (LineKind.COURTESY, LineKind.CONTRACT, LineKind.PREPAID):
        is_courtesy = kind is LineKind.COURTESY
        start = 0 if is_courtesy else free
        stop = free if is_courtesy else free + allowances.take(kind, blocks - free, length)
        for count, unit_cents in _prices(terms, start, stop, treatment):
            yield Line(
                kind,
                -count,
                unit_cents,
                tax,
                work.service_date,
                work,
                terms,
                opens=False,
                allowance_seconds=0 if is_courtesy else -count * length,
            )
        free = stop


def _prices(terms: Terms, start: int, stop: int, treatment: Treatment) -> list[tuple[int, int]]:
    """Return number and price of the blocks from `start` up to `stop`, one entry per price."""
    first = price_of(terms.first_block_cents, terms.first_block_net_cents, treatment)
    further = price_of(terms.further_block_cents, terms.further_block_net_cents, treatment)
    if first == further:
        return [(stop - start, first)] if stop > start else []
    with_first = 1 if start == 0 < stop else 0
    parts = [(with_first, first), (stop - start - with_first, further)]
    return [(count, unit_cents) for count, unit_cents in parts if count]


def _discounts(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield a line per tax and percentage, off what the sessions cost after all reductions."""
    sums: dict[tuple[Tax, Decimal], int] = {}
    for line in lines:
        if line.work is not None and line.work.agreement.discount_percent:
            key = (line.tax, line.work.agreement.discount_percent)
            sums[key] = sums.get(key, 0) + line.gross_cents
    last = max((line.service_date for line in lines), default=None)
    for (tax, percent), cents in sorted(sums.items(), reverse=True):
        off = int((cents * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
        if off and last is not None:
            yield Line(LineKind.DISCOUNT, -1, off, tax, last, discount_percent=percent)
