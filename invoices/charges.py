"""What late payment cost those who were late: claimed by letters, given up with an invoice.

Default interest, letters and the flat amount are damages (sec. 280, 288 BGB), not a price for
a service: there is no VAT on them (UStAE 1.3 (6)), and they are no revenue.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from invoices.models import Invoice, Reminder


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
    """Return the charges of these days, both included, in their order. Two queries at most."""
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
