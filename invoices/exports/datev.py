"""A month's invoices as DATEV bookings, a file for each fiscal year that they were issued in."""

import datetime as dt
from collections.abc import Iterator, Sequence

from company.models import Company
from invoices.domain import datev
from invoices.domain.period import Month
from invoices.domain.tax import Category
from invoices.models import Invoice
from invoices.querysets import InvoiceQuerySet


def fiscal_years(invoices: InvoiceQuerySet) -> list[int]:
    """Return the years in which these invoices were issued; the fiscal year is the calendar's."""
    return sorted({day.year for day in invoices.values_list("issued_on", flat=True)})


def datev_files(month: Month, invoices: InvoiceQuerySet) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file; the same invoices give the same bytes.

    Rates are prefetched. Dates in the rows have no year, so a file never crosses its end.
    """
    company = Company.objects.current()
    years = fiscal_years(invoices)
    for year in years:
        own = [invoice for invoice in invoices if invoice.issued_on.year == year]
        suffix = f"_{year}" if len(years) > 1 else ""
        name = f"EXTF_Rechnungen_{month}{suffix}.csv"
        yield name, datev.extf(_header(company, month, year, own), _bookings(company, own))


def _header(company: Company, month: Month, year: int, invoices: Sequence[Invoice]) -> datev.Header:
    return datev.Header(
        # Not now: the same month has to give the same file.
        created_at=max(invoice.issued_at for invoice in invoices),
        consultant=company.datev_consultant,
        client=company.datev_client,
        fiscal_year=dt.date(year, 1, 1),
        first=min(invoice.issued_on for invoice in invoices),
        last=max(invoice.issued_on for invoice in invoices),
        title=f"Rechnungen {month}",
        chart=company.chart_of_accounts,
    )


def _bookings(company: Company, invoices: Sequence[Invoice]) -> Iterator[datev.Booking]:
    """Yield one booking per invoice and rate, of what the customer owes for it."""
    chart = datev.CHARTS[company.chart_of_accounts]
    for invoice in invoices:
        buyer = invoice.buyer_party
        for rate in invoice.rates.all():
            if not rate.gross_cents:
                continue  # DATEV refuses bookings of nothing
            category = Category(rate.category)
            yield datev.Booking(
                cents=rate.gross_cents,
                debtor=buyer.number if buyer.number in datev.DEBTORS else chart.receivables,
                revenue=chart.revenue(
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
