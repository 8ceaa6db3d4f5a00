"""Finalising: a draft gets its number and is written down for good.

Everything that takes time is done first, the official rules included; the transaction that
draws the number only inserts rows. The number range's row is locked last and for a few
milliseconds.
"""

import datetime as dt

from customers.models import Customer
from invoices.domain import numbering
from invoices.domain.record import stored
from invoices.einvoice import rules
from invoices.einvoice.cii import invoice_xml
from invoices.models import (
    BilledItem,
    BilledSession,
    Invoice,
    InvoiceLine,
    InvoiceVat,
    Item,
    NumberRange,
    Rows,
    ServiceRecord,
)
from invoices.services.drafting import Draft, allowances_of, courtesies_of
from sessions.models import Session

PATTERNS = {
    NumberRange.INVOICES: numbering.DEFAULT_PATTERN,
    NumberRange.CANCELLATIONS: "ST" + numbering.DEFAULT_PATTERN,
}


class SessionsChangedError(Exception):
    """What the draft claims was billed, moved or used up meanwhile: look again."""


class RulesBrokenError(Exception):
    """The official rules refuse the invoice; `violations` says which and why."""

    def __init__(self, violations: list[rules.Violation]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


def draft_check(draft: Draft) -> None:
    """Raise RulesBrokenError unless the draft will be an invoice that passes the rules.

    The number is not drawn yet; the rules ask only that there is one.
    """
    draft.invoice.number = "0"
    xml = invoice_xml(draft.invoice, draft.lines, draft.rates)
    found = rules.violations(xml, *rules.sets_for(draft.invoice.buyer_party))
    if broken := [violation for violation in found if violation.flag == "fatal"]:
        raise RulesBrokenError(broken)


def _range_locked(name: str, issued_on: dt.date) -> NumberRange:
    """Lock the number range for a day, making the new year's when it is the first of it."""
    ranges = NumberRange.objects.select_for_update()
    latest = ranges.filter(name=name).order_by("-year").first()
    pattern = latest.pattern if latest else PATTERNS[name]
    year = issued_on.year if numbering.restarts_each_year(pattern) else 0
    if latest is not None and latest.year == year:
        return latest
    begun, _created = NumberRange.objects.get_or_create(
        name=name, year=year, defaults={"pattern": pattern}
    )
    return ranges.get(pk=begun.pk)


def draft_issue(draft: Draft) -> Invoice:
    """Give the draft its number and write it down for good; return the invoice.

    To be called inside a transaction that ends right after, and with any error. Raises
    SessionsChangedError when something the draft was made from is no longer as it was.
    """
    invoice = draft.invoice
    _claimable(draft)
    write_down(draft, NumberRange.INVOICES)
    BilledSession.objects.bulk_create(
        BilledSession(session_id=pk, invoice=invoice) for pk in draft.session_ids
    )
    BilledItem.objects.bulk_create(BilledItem(item_id=pk, invoice=invoice) for pk in draft.item_ids)
    return invoice


def _claimable(draft: Draft) -> None:
    """Lock what the draft claims, or raise SessionsChangedError."""
    customer = draft.invoice.customer
    # Free minutes are the customer's: two of their invoices cannot be made at once.
    Customer.objects.select_for_update().only("pk").get(pk=customer.pk)
    sessions = Session.objects.filter(
        pk__in=draft.session_ids, customer=customer, billed__isnull=True
    ).only("courtesy_blocks", "courtesy_reason")
    items = Item.objects.filter(pk__in=draft.item_ids, customer=customer, billed__isnull=True)
    # Locked in one order, so that two finalisers cannot wait for each other.
    if courtesies_of(sessions.select_for_update(of=("self",)).order_by("pk")) != draft.courtesies:
        raise SessionsChangedError
    if len(items.select_for_update(of=("self",)).order_by("pk")) != len(draft.item_ids):
        raise SessionsChangedError
    if allowances_of(customer, draft.invoice.month, draft.agreements) != draft.allowances:
        raise SessionsChangedError


def write_down(draft: Draft, name: str) -> None:
    """Draw the next number of a range and insert invoice, lines, rates and service record."""
    invoice = draft.invoice
    locked = _range_locked(name, invoice.issued_on)
    locked.last_number += 1
    locked.save(update_fields=["last_number"])
    invoice.number_range = locked
    invoice.sequence = locked.last_number
    invoice.number = numbering.format_number(
        locked.pattern, invoice.issued_on.year, locked.last_number
    )
    invoice.save()
    for line in draft.lines:
        line.invoice = invoice
    for rate in draft.rates:
        rate.invoice = invoice
    InvoiceLine.objects.bulk_create(draft.lines)
    InvoiceVat.objects.bulk_create(draft.rates)
    record = None
    if draft.record is not None:
        record = ServiceRecord.objects.create(invoice=invoice, sessions=stored(draft.record))
    invoice.rows = Rows(draft.lines, draft.rates, record)
