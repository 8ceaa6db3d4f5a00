"""What late payment cost those who were late: claimed by letters, waived, given up with an invoice.

Default interest, letters and the flat amount are damages (sec. 280, 288 BGB), not a price for
a service: there is no VAT on them (UStAE 1.3 (6)), and they are no revenue.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from invoices.domain.owed import CHARGES, Part
from invoices.domain.period import SHOP_ZONE, day_span
from invoices.models import Invoice, Reminder, WriteOff


@dataclass(frozen=True, slots=True)
class Charge:
    """What became due of an invoice's delay on a day, in cents; below 0 it was taken back.

    A letter reckons interest from the first day anew, so only what is new counts.
    """

    invoice: Invoice
    day: dt.date
    due_on: dt.date
    at: dt.datetime
    interest_cents: int
    costs_cents: int

    @property
    def cents(self) -> int:
        """All of it."""
        return self.interest_cents + self.costs_cents


def of_days(first: dt.date, last: dt.date) -> list[Charge]:
    """Return the charges of these days, both included, in their order."""
    days = (first, last)
    letters = Reminder.objects.filter(
        Q(issued_on__range=days) | Q(invoice__cancellation__issued_on__range=days)
    )
    letters = letters.select_related("invoice__cancellation")
    found = []
    cancelled = {}
    for letter in letters.prefetch_related("invoice__reminders"):
        if first <= letter.issued_on <= last:
            found.append(_claimed(letter))
        if letter.invoice.is_cancelled and first <= letter.invoice.cancellation.issued_on <= last:
            cancelled[letter.invoice_id] = letter.invoice
    found += [_given_up(invoice) for invoice in cancelled.values()]
    start, end = day_span(first, last)
    waived = WriteOff.objects.filter(part__in=CHARGES, at__gte=start, at__lt=end)
    found += [_waived(row) for row in waived.select_related("invoice").order_by("pk")]
    ordered = sorted(found, key=lambda charge: (charge.day, charge.at, charge.invoice.pk))
    return [charge for charge in ordered if charge.interest_cents or charge.costs_cents]


def _claimed(letter: Reminder) -> Charge:
    former = [each for each in letter.invoice.reminders.all() if each.level < letter.level]
    before = max(former, key=lambda each: each.level, default=None)
    return Charge(
        invoice=letter.invoice,
        day=letter.issued_on,
        due_on=letter.pay_until,
        at=letter.created_at,
        interest_cents=letter.interest_cents - (before.interest_cents if before else 0),
        costs_cents=letter.fee_cents + letter.flat_cents,
    )


def _given_up(invoice: Invoice) -> Charge:
    """Return what the letters about a cancelled invoice had claimed, taken back."""
    letters = list(invoice.reminders.all())
    last = max(letters, key=lambda each: each.level)
    return Charge(
        invoice=invoice,
        day=invoice.cancellation.issued_on,
        due_on=invoice.cancellation.issued_on,
        at=invoice.cancellation.issued_at,
        interest_cents=-last.interest_cents,
        costs_cents=-sum(each.fee_cents + each.flat_cents for each in letters),
    )


def _waived(row: WriteOff) -> Charge:
    """Return what the shop no longer asks for; below 0 it was, and asks for it after all."""
    day = row.at.astimezone(SHOP_ZONE).date()
    is_interest = row.part == Part.INTEREST
    return Charge(
        invoice=row.invoice,
        day=day,
        due_on=day,
        at=row.at,
        interest_cents=-row.cents if is_interest else 0,
        costs_cents=0 if is_interest else -row.cents,
    )
