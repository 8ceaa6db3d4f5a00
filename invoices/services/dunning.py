"""Reminders: which letter comes next, what it may ask for, and its issue.

Consumers pay interest and the cost of a letter only once they are in default, businesses
interest and the flat amount of the law, once (sec. 286, 288 BGB). Interest is reckoned on
what is open on the letter's day: never more than the law grants where a part was paid before.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation

from company import audit
from company.models import Company
from customers.models import Customer
from invoices.archive import reminder_archive
from invoices.documents.reminder import render_reminder
from invoices.domain import interest
from invoices.domain.parties import snapshot_of
from invoices.models import BaseRate, DunningFee, Invoice, Level, Reminder
from invoices.models.dunning import stretches_as_json
from invoices.services.drafting import buyer_of, shop_of
from invoices.texts import reminder_texts
from technicians.models import User

# A transfer may take its time: nobody is reminded on the day after.
DAYS_TO_FRIENDLY = 7
DAYS_TO_PAY = 10


class ReminderNotDueError(Exception):
    """No letter is due about this invoice today, or it changed while one was made."""


@dataclass(frozen=True, slots=True)
class DueReminder:
    """An overdue invoice with the level of the letter that comes next."""

    invoice: Invoice
    level: Level


@dataclass(frozen=True, slots=True)
class Demand:
    """What a letter asks for, in cents, and the stretches that the interest comes from."""

    level: Level
    pay_until: dt.date
    open_cents: int
    former_cents: int
    fee_cents: int
    flat_cents: int
    interest_cents: int
    settled_cents: int
    parts: list[interest.Stretch]

    @property
    def total_cents(self) -> int:
        """All of it."""
        costs = self.former_cents + self.fee_cents + self.flat_cents
        return self.open_cents + costs + self.interest_cents - self.settled_cents


def reminder_due(today: dt.date) -> list[DueReminder]:
    """Return what is due today, the oldest invoice first."""
    found = Invoice.objects.overdue(today).with_charges()
    found = found.select_related("customer").prefetch_related("reminders")
    due = []
    for invoice in found:
        level = next_level(invoice, list(invoice.reminders.all()), today)
        if level is not None:
            due.append(DueReminder(invoice, level))
    return due


def next_level(invoice: Invoice, former: Sequence[Reminder], today: dt.date) -> Level | None:
    """Return the level that comes next, or None where none is due today."""
    if not former:
        late = (today - invoice.due_on).days
        return Level.FRIENDLY if late >= DAYS_TO_FRIENDLY else None
    latest = max(former, key=lambda reminder: reminder.level)
    if latest.level == Level.SECOND or today <= latest.pay_until:
        return None
    return Level(latest.level + 1)


def base_rates_missing(today: dt.date) -> list[dt.date]:
    """Return the first days of the half-years whose base rate somebody has to enter."""
    return interest.missing_half_years(known_rates(), today)


def base_rate_enter(*, valid_from: dt.date, percent: Decimal, by: User | None) -> BaseRate:
    """Enter the base rate of a half-year. Raises IntegrityError where it is there already."""
    with transaction.atomic():
        rate = BaseRate.objects.create(valid_from=valid_from, percent=percent)
        audit.record(
            "baserate.added",
            actor=by,
            subject=f"BaseRate {rate.pk}",
            details={"row": str(rate)},
        )
    return rate


def known_rates() -> list[interest.BaseRate]:
    """Return all base rates that were entered."""
    return [interest.BaseRate(row.valid_from, row.percent) for row in BaseRate.objects.all()]


def reminder_demand(*, invoice: Invoice, today: dt.date) -> Demand:
    """Return what the letter that is due about an invoice asks for.

    Expects `with_open` and `with_charges`. What was paid or waived of the charges so far is
    taken off; what was paid as interest stays interest, also where less is reckoned today.

    Raises ReminderNotDueError, and BaseRateMissingError where interest runs in a half-year
    whose base rate nobody entered.
    """
    former = list(invoice.reminders.all())
    level = next_level(invoice, former, today)
    if level is None or invoice.open_cents <= 0:
        raise ReminderNotDueError
    is_business = invoice.buyer_party.kind == Customer.Kind.BUSINESS
    parts = interest_parts(invoice, former, level, today, rates=known_rates())
    is_in_default = bool(parts)
    former_cents = sum(each.fee_cents + each.flat_cents for each in former)
    settled_interest = _latest_interest(former) - invoice.interest_open_cents
    reckoned = interest.interest_cents(invoice.open_cents, parts)
    return Demand(
        level=level,
        pay_until=today + dt.timedelta(days=DAYS_TO_PAY),
        open_cents=invoice.open_cents,
        former_cents=former_cents,
        fee_cents=_fee_cents(level, today) if is_in_default and not is_business else 0,
        flat_cents=_flat_cents(former) if is_in_default and is_business else 0,
        interest_cents=max(reckoned, settled_interest),
        settled_cents=former_cents - invoice.costs_open_cents + settled_interest,
        parts=parts,
    )


def interest_parts(
    invoice: Invoice,
    former: Sequence[Reminder],
    level: Level,
    today: dt.date,
    *,
    rates: Sequence[interest.BaseRate],
) -> list[interest.Stretch]:
    """Return the days of default up to today; none for the friendly letter.

    That one gives a new day to pay by, so it puts nobody in default. Raises
    BaseRateMissingError.
    """
    if level == Level.FRIENDLY:
        return []
    is_business = invoice.buyer_party.kind == Customer.Kind.BUSINESS
    strict = [each.issued_on for each in former if each.level != Level.FRIENDLY]
    first = interest.default_begins(
        invoice.due_on,
        reminded_on=min(strict, default=None),
        is_warned=is_business or bool(invoice.texts.get("default_hint")),
    )
    if first > today:
        return []
    interest.require_rates(rates, first, today)
    points = interest.BUSINESS_POINTS if is_business else interest.CONSUMER_POINTS
    return interest.stretches(first, today, rates, points)


def _latest_interest(former: Sequence[Reminder]) -> int:
    latest = max(former, key=lambda each: each.level, default=None)
    return latest.interest_cents if latest else 0


def _fee_cents(level: Level, today: dt.date) -> int:
    fee = DunningFee.objects.filter(level=level, valid_from__lte=today).first()
    return fee.cents if fee else 0


def _flat_cents(former: Sequence[Reminder]) -> int:
    return 0 if any(each.flat_cents for each in former) else interest.BUSINESS_FLAT_CENTS


def reminder_issue(
    *,
    invoice: Invoice,
    today: dt.date,
    by: User | None,
    note: Callable[[Reminder], None] | None = None,
) -> Reminder:
    """Write and archive the letter that is due about an invoice; return it.

    `note` is called in the same transaction. Raises what `reminder_demand` raises, with nothing
    done, and RenderError.
    """
    fresh = _with_open(invoice)
    reminder = _letter_of(fresh, reminder_demand(invoice=fresh, today=today), today)
    content = render_reminder(reminder)
    with transaction.atomic():
        # Payments take this lock too: nobody is reminded of what was paid just now.
        Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
        if _with_open(invoice).owed != fresh.owed:
            raise ReminderNotDueError
        if invoice.reminders.filter(level__gte=reminder.level).exists():
            raise ReminderNotDueError
        reminder.created_by = by
        reminder_archive(reminder, content)
        if note is not None:
            note(reminder)
        audit.record(
            "reminder.issued",
            actor=by,
            subject=f"invoice {invoice.number}",
            details={"level": int(reminder.level), "cents": reminder.total_cents},
        )
    return reminder


def _letter_of(invoice: Invoice, demand: Demand, today: dt.date) -> Reminder:
    """Return the letter as it will be stored: shop and customer as they are today."""
    reminder = Reminder(
        invoice=invoice,
        level=demand.level,
        issued_on=today,
        pay_until=demand.pay_until,
        open_cents=demand.open_cents,
        former_cents=demand.former_cents,
        fee_cents=demand.fee_cents,
        flat_cents=demand.flat_cents,
        interest_cents=demand.interest_cents,
        settled_cents=demand.settled_cents,
        stretches=stretches_as_json(demand.parts),
        seller=snapshot_of(shop_of(Company.objects.current()).seller),
        buyer=snapshot_of(buyer_of(invoice.customer)),
        language=invoice.language,
        created_at=timezone.now(),
    )
    with translation.override(invoice.language):
        reminder.texts = reminder_texts(reminder, list(invoice.reminders.all()))
    return reminder


def _with_open(invoice: Invoice) -> Invoice:
    found = Invoice.objects.with_open().with_charges().select_related("customer")
    return found.get(pk=invoice.pk)
