"""A month as DATEV bookings: its invoices, and what late payment cost.

Invoices come in a file for each fiscal year that they were issued in. Interest and costs of
dunning letters come in a file of their own: who is taxed by what comes in does not book them
before they are paid, and leaves that file aside.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Max, Min

from company.models import Company
from invoices.charges import Charge
from invoices.domain import datev
from invoices.domain.parties import Buyer
from invoices.domain.period import Month
from invoices.domain.tax import Category
from invoices.querysets import InvoiceQuerySet

CHUNK = 500


def fiscal_years(invoices: InvoiceQuerySet) -> list[int]:
    """Return the years in which these invoices were issued; the fiscal year is the calendar's."""
    days = invoices.order_by().dates("issued_on", "year")
    return sorted(day.year for day in days)


def datev_files(month: Month, invoices: InvoiceQuerySet) -> Iterator[tuple[str, list[bytes]]]:
    """Yield name and content of each file; the same invoices give the same bytes.

    Dates in the rows have no year, so a file never crosses its end.
    """
    company = Company.objects.current()
    years = fiscal_years(invoices)
    for year in years:
        own = invoices.filter(issued_on__year=year)
        suffix = f"_{year}" if len(years) > 1 else ""
        name = f"EXTF_Rechnungen_{month}{suffix}.csv"
        span = own.order_by().aggregate(
            created=Max("issued_at"), first=Min("issued_on"), last=Max("issued_on")
        )
        header = _header(
            company, f"Rechnungen {month}", span["created"], (span["first"], span["last"])
        )
        yield name, [datev.extf(header, _bookings(company, own))]


def charge_files(month: Month, charges: Sequence[Charge]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield name and content of the file with a month's charges; none where there are none."""
    if not charges:
        return
    company = Company.objects.current()
    created = max(charge.at for charge in charges)
    days = (charges[0].day, charges[-1].day)
    header = _header(company, f"Mahnungen {month}", created, days)
    bookings = (booking for charge in charges for booking in _charge_bookings(company, charge))
    yield f"EXTF_Mahnungen_{month}.csv", [datev.extf(header, bookings)]


def _header(
    company: Company, title: str, created: dt.datetime, days: tuple[dt.date, dt.date]
) -> datev.Header:
    """Return the header of bookings of the first to the last of these days."""
    first, last = days
    return datev.Header(
        # Not now: the same month has to give the same file.
        created_at=created,
        consultant=company.datev_consultant,
        client=company.datev_client,
        fiscal_year=dt.date(first.year, 1, 1),
        first=first,
        last=last,
        title=title,
        chart=company.chart_of_accounts,
    )


def _debtor(buyer: Buyer, chart: datev.Chart) -> int:
    return buyer.number if buyer.number in datev.DEBTORS else chart.receivables


def _bookings(company: Company, invoices: InvoiceQuerySet) -> Iterator[datev.Booking]:
    """Yield one booking per invoice and rate, of what the customer owes for it."""
    chart = datev.CHARTS[company.chart_of_accounts]
    for invoice in invoices.prefetch_related("rates").iterator(chunk_size=CHUNK):
        buyer = invoice.buyer_party
        for rate in invoice.rates.all():
            if not rate.gross_cents:
                continue  # DATEV refuses bookings of nothing
            category = Category(rate.category)
            yield datev.Booking(
                cents=rate.gross_cents,
                debtor=_debtor(buyer, chart),
                income=chart.revenue(
                    rate.percent,
                    category,
                    is_small_business=invoice.seller_party.is_small_business,
                ),
                document=invoice.number,
                booked_on=invoice.issued_on,
                served_on=invoice.service_to,
                due_on=invoice.due_on,
                text=buyer.name,
                vat_id=buyer.vat_id if category is Category.REVERSE_CHARGE else "",
            )


def _charge_bookings(company: Company, charge: Charge) -> Iterator[datev.Booking]:
    """Yield interest and costs of a charge, on the invoice's number: one open item."""
    chart = datev.CHARTS[company.chart_of_accounts]
    buyer = charge.invoice.buyer_party
    parts = (
        (charge.interest_cents, chart.default_interest, "Verzugszinsen"),
        (charge.costs_cents, chart.late_costs, "Mahnkosten"),
    )
    for cents, account, what in parts:
        if cents:
            yield datev.Booking(
                cents=cents,
                debtor=_debtor(buyer, chart),
                income=account,
                document=charge.invoice.number,
                booked_on=charge.day,
                served_on=charge.day,
                due_on=charge.due_on,
                text=f"{what} {buyer.name}",
            )
