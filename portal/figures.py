"""The figures of the homes: a technician's day, the office's month."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils import timezone

from company.models import Tariff
from customers.models import Customer
from sessions.models import Session
from sessions.querysets import SessionQuerySet
from technicians.models import User

SHOWN_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Totals:
    """Connected sessions of a stretch of time: their number, whole seconds, gross cents."""

    sessions: int
    seconds: int
    cents: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The current month at a glance, and what stands in the way of invoices.

    `lacking_address` and `without_customer` hold the first few of those with unbilled
    sessions of any month, the counts tell how many there are; `unbilled_before` counts
    the sessions of earlier months that are on no invoice yet.
    """

    first_day: dt.date
    totals: Totals
    lacking_address: list[Customer]
    lacking_address_count: int
    without_customer: list[Session]
    without_customer_count: int
    unbilled_before: int


def current_tariff() -> Tariff | None:
    """Return today's tariff, or None while none is valid yet."""
    try:
        return Tariff.objects.current()
    except Tariff.DoesNotExist:
        return None


def day_start(day: dt.date) -> dt.datetime:
    """Return the moment at which `day` begins by the shop's calendar (Europe/Berlin)."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def totals(sessions: SessionQuerySet) -> Totals:
    """Add up `sessions` in the database."""
    sums = sessions.order_by().aggregate(
        sessions=Count("pk"),
        seconds=Sum("seconds", default=0),
        cents=Sum("amount_cents", default=0),
    )
    return Totals(sums["sessions"], sums["seconds"], sums["cents"])


def today(technician: User) -> Totals:
    """Return what `technician` has ended and connected since midnight."""
    start = day_start(timezone.localdate())
    return totals(Session.objects.billable().filter(technician=technician, ended_at__gte=start))


def overview(day: dt.date | None = None) -> Overview:
    """Return the overview for the month of `day` (today's when None)."""
    first = (day or timezone.localdate()).replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    begin, end = day_start(first), day_start(following)
    unbilled = Session.objects.billable().filter(billed__isnull=True)
    lacking = Customer.objects.lacking_address().filter(
        pk__in=unbilled.order_by().values("customer_id")
    )
    orphans = unbilled.filter(customer__isnull=True).select_related("technician")
    return Overview(
        first_day=first,
        totals=totals(Session.objects.billable().filter(started_at__gte=begin, started_at__lt=end)),
        lacking_address=list(lacking[:SHOWN_AT_MOST]),
        lacking_address_count=lacking.count(),
        without_customer=list(orphans[:SHOWN_AT_MOST]),
        without_customer_count=orphans.count(),
        unbilled_before=unbilled.filter(started_at__lt=begin).count(),
    )
