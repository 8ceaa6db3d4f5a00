"""From a session's ledger to the lines of its invoice. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from company.domain.tariff import Terms, price_cents, started_blocks
from invoices.domain.period import SHOP_ZONE


class LedgerMismatchError(ValueError):
    """A session whose fixed blocks or amount do not follow from its time and terms."""


@dataclass(frozen=True, slots=True)
class Work:
    """What an invoice needs to know of one ended session.

    `started_at` and `ended_at` are aware; `seconds` is the connected time, which is
    shorter than the span between them when the line was lost or paused.
    """

    session_id: UUID
    started_at: dt.datetime
    ended_at: dt.datetime
    seconds: int
    blocks: int
    amount_cents: int
    technician: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `quantity` blocks at one gross price, in cents.

    `opens` marks the first line of its session: the second one (further blocks at
    another price) repeats neither date nor time on paper.
    """

    work: Work
    quantity: int
    unit_gross_cents: int
    opens: bool

    @property
    def gross_cents(self) -> int:
        """What this line costs, VAT included."""
        return self.quantity * self.unit_gross_cents

    @property
    def service_date(self) -> dt.date:
        """The day of the session by the shop's calendar."""
        return self.work.started_at.astimezone(SHOP_ZONE).date()


def lines_of(work: Work) -> list[Line]:
    """Return one line per price of a session, or none when nothing is due for it.

    Raises LedgerMismatchError when the session's blocks or amount are not what its seconds
    and terms give: such a session is looked at by a person, never billed by guess.
    """
    terms = work.terms
    blocks = started_blocks(work.seconds, terms.block_seconds)
    amount = price_cents(blocks, terms)
    if (blocks, amount) != (work.blocks, work.amount_cents):
        msg = (
            f"Session {work.session_id}: {work.seconds} s give {blocks} blocks and {amount} cents, "
            f"but {work.blocks} blocks and {work.amount_cents} cents are stored."
        )
        raise LedgerMismatchError(msg)
    if blocks == 0:
        return []
    if blocks == 1 or terms.first_block_cents == terms.further_block_cents:
        return [Line(work, blocks, terms.first_block_cents, opens=True)]
    return [
        Line(work, 1, terms.first_block_cents, opens=True),
        Line(work, blocks - 1, terms.further_block_cents, opens=False),
    ]


def lines_of_all(works: Iterable[Work]) -> list[Line]:
    """Return the lines of several sessions, oldest session first."""
    ordered = sorted(works, key=lambda work: (work.started_at, work.session_id))
    return [line for work in ordered for line in lines_of(work)]


def format_duration(seconds: int) -> str:
    """Return connected time as minutes and seconds: 61 is '1:01'.

    Seconds are shown because they decide: 10:00 is one block of ten minutes, 10:01 two.
    """
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"
