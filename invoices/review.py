"""The month before the run: what will be billed, and what is odd."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from company.domain.tariff import price_cents
from company.models import Company
from customers.models import Customer
from invoices.domain.period import Month
from invoices.models import Item
from sessions.domain.lifecycle import State
from sessions.models import Session

if TYPE_CHECKING:
    from sessions.querysets import SessionQuerySet

VERY_LONG_SECONDS = 4 * 3600


@dataclass(slots=True)
class CustomerWork:
    """What one customer has not been billed for yet: sessions, and how many other items.

    `gross_cents` is what it costs less what the shop waives, before contract minutes, prepaid
    time, discounts and a customer's own prices: those are known when the invoice is made.
    """

    customer: Customer
    sessions: list[Session] = field(default_factory=list)
    items: int = 0
    gross_cents: int = 0
    seconds: int = 0

    @property
    def missing(self) -> list[str]:
        """The names of what an invoice still lacks."""
        return self.customer.missing_for_invoice


@dataclass(frozen=True, slots=True)
class Review:
    """All that the office should see before it makes the invoices of a month."""

    customers: list[CustomerWork]
    without_customer: list[Session]
    without_time: list[Session]
    very_long: list[Session]
    still_open: int
    company_missing: list[str]

    @property
    def gross_cents(self) -> int:
        """What will be billed before reductions, customers with a complete address only."""
        return sum(work.gross_cents for work in self.customers if not work.missing)

    @property
    def session_count(self) -> int:
        """How many sessions will be billed."""
        return sum(len(work.sessions) for work in self.customers if not work.missing)

    @property
    def ready(self) -> list[CustomerWork]:
        """Customers whose invoice can be made."""
        return [work for work in self.customers if not work.missing]

    @property
    def incomplete(self) -> list[CustomerWork]:
        """Customers whose address is incomplete."""
        return [work for work in self.customers if work.missing]


def sessions_of(month: Month) -> "SessionQuerySet":
    """Return all support sessions that started in a month."""
    return Session.objects.filter(started_at__gte=month.start, started_at__lt=month.end)


def unbilled(month: Month) -> "SessionQuerySet":
    """Return the month's billable sessions that are on no invoice yet, oldest first."""
    return (
        Session.objects.billable()
        .filter(started_at__gte=month.start, started_at__lt=month.end, billed__isnull=True)
        .select_related("technician", "customer")
        .defer("notes")  # long, and no part of an invoice
    )


def company_missing(company: Company) -> list[str]:
    """Return the names of what sec. 14(4) no. 1 and 2 UStG asks of the seller and is empty."""
    fields = ("name", "street", "postcode", "city")
    missing = [
        str(Company._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in fields
        if not getattr(company, name)
    ]
    if not (company.tax_number or company.vat_id):
        missing.append(_("tax number or VAT ID"))
    return missing


def _due_cents(session: Session) -> int:
    """Return what a session costs without the first blocks that are waived."""
    waived = min(session.courtesy_blocks, session.blocks or 0)
    return (session.amount_cents or 0) - price_cents(waived, session.terms)


def review(month: Month) -> Review:
    """Read the month with five queries, however many sessions it has."""
    works: dict[int, CustomerWork] = {}
    without_customer = []
    very_long = []
    for session in unbilled(month):
        if (session.seconds or 0) >= VERY_LONG_SECONDS:
            very_long.append(session)
        if session.customer is None:
            without_customer.append(session)
            continue
        work = works.setdefault(session.customer.pk, CustomerWork(session.customer))
        work.sessions.append(session)
        work.gross_cents += _due_cents(session)
        work.seconds += session.seconds or 0
    for item in Item.objects.unbilled().until(month).select_related("customer"):
        work = works.setdefault(item.customer.pk, CustomerWork(item.customer))
        work.items += 1
        work.gross_cents += item.gross_cents
    without_time = sessions_of(month).filter(state=State.ENDED, seconds=0)
    return Review(
        customers=sorted(
            works.values(), key=lambda work: (work.customer.name.casefold(), work.customer.pk)
        ),
        without_customer=without_customer,
        without_time=list(without_time.select_related("technician", "customer")),
        very_long=very_long,
        still_open=sessions_of(month).open().count(),
        company_missing=company_missing(Company.objects.current()),
    )
