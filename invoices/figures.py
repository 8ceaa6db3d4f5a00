"""What the shop earned: revenue of a year by month, technician and customer, and what is open.

Revenue is what invoices say without VAT, in the month of the services; a cancellation takes its
invoice off again in the same month.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Customer
from invoices import charges
from invoices.domain.period import Month
from invoices.models import Invoice, InvoiceLine

MONTHS = 12
# Days after the due date at which an open invoice moves into the next group.
LATE_DAYS = (0, 30, 60)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of a chart: whose amount it is, in cents, and of how many invoices it comes."""

    label: str
    cents: int
    invoices: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure with the length of its bar, in thousandths of the longest one."""

    figure: Figure
    length: int

    @property
    def is_negative(self) -> bool:
        """Whether more was taken back than invoiced."""
        return self.figure.cents < 0


def bars(figures: Iterable[Figure]) -> list[Bar]:
    """Return the figures with their bars."""
    rows = list(figures)
    longest = max((abs(figure.cents) for figure in rows), default=0) or 1
    return [Bar(figure, abs(figure.cents) * 1000 // longest) for figure in rows]


def year_until(last: Month) -> list[Month]:
    """Return twelve months, the given one last."""
    months = [last]
    while len(months) < MONTHS:
        months.insert(0, months[0].previous())
    return months


def by_month(months: list[Month]) -> list[Figure]:
    """Return the revenue of each month, also of those without any. One query."""
    rows = _invoices(months).order_by("period").values("period")
    sums = {
        row["period"]: row for row in rows.annotate(cents=Sum("net_cents"), count=_invoice_count())
    }
    nothing = {"cents": 0, "count": 0}
    return [
        _figure(date_format(month.first_day, "F Y"), sums.get(month.first_day, nothing))
        for month in months
    ]


def by_technician(months: list[Month]) -> list[Figure]:
    """Return the revenue of each technician's sessions, the highest first. One query.

    Other services and discounts belong to nobody: they make a row of their own.
    """
    lines = InvoiceLine.objects.filter(invoice__in=_invoices(months).order_by())
    rows = (
        lines.order_by()
        .values("session__technician_id", "session__technician__name")
        .annotate(cents=Sum("net_cents"), count=_invoice_count("invoice", distinct=True))
        .order_by("-cents", "session__technician__name")
    )
    nobody = _("Other services and discounts")
    return [_figure(row["session__technician__name"] or nobody, row) for row in rows]


def by_customer(months: list[Month], limit: int | None = None) -> list[Figure]:
    """Return the revenue of each customer, the highest first, at most `limit`. Two queries."""
    rows = list(
        _invoices(months)
        .order_by()
        .values("customer_id")
        .annotate(cents=Sum("net_cents"), count=_invoice_count())
        .order_by("-cents", "customer_id")[:limit]
    )
    customers = Customer.objects.in_bulk([row["customer_id"] for row in rows])
    return [_figure(customers[row["customer_id"]].name, row) for row in rows]


def charges_by_month(months: list[Month]) -> list[Figure]:
    """Return what letters claimed for late payment in each month: damages, no revenue."""
    found = charges.of_days(months[0].first_day, months[-1].last_day)
    rows = []
    for month in months:
        own = [
            each for each in found if (each.day.year, each.day.month) == (month.year, month.month)
        ]
        invoices = {each.invoice.pk for each in own}
        label = date_format(month.first_day, "F Y")
        rows.append(Figure(label, sum(each.cents for each in own), len(invoices)))
    return rows


def open_by_age(today: dt.date) -> list[Figure]:
    """Return what is still to be paid, VAT included, by how late it is. One query."""
    edges = [today - dt.timedelta(days=days) for days in LATE_DAYS]
    groups = (
        (_("not due yet"), Q(due_on__gte=edges[0])),
        (_("overdue for up to 30 days"), Q(due_on__lt=edges[0], due_on__gte=edges[1])),
        (_("overdue for up to 60 days"), Q(due_on__lt=edges[1], due_on__gte=edges[2])),
        (_("overdue for longer"), Q(due_on__lt=edges[2])),
    )
    wanted: dict[str, Aggregate] = {}
    for place, (_label, condition) in enumerate(groups):
        wanted[f"cents_{place}"] = Sum("open_cents", filter=condition, default=0)
        wanted[f"count_{place}"] = Count("pk", filter=condition)
    found = Invoice.objects.unpaid().order_by().aggregate(**wanted)
    return [
        Figure(label, int(found[f"cents_{place}"]), found[f"count_{place}"])
        for place, (label, _condition) in enumerate(groups)
    ]


def _invoices(months: list[Month]) -> "QuerySet[Invoice]":
    return Invoice.objects.filter(period__range=(months[0].first_day, months[-1].first_day))


def _invoice_count(field: str = "pk", *, distinct: bool = False) -> Count:
    """Count invoices that stand: neither cancellations nor what they cancel."""
    prefix = "" if field == "pk" else f"{field}__"
    stands = Q(**{f"{prefix}kind": Invoice.Kind.INVOICE, f"{prefix}cancellation__isnull": True})
    return Count(field, filter=stands, distinct=distinct)


def _figure(label: str, row: dict[str, object]) -> Figure:
    return Figure(label, int(str(row["cents"])), int(str(row["count"])))
