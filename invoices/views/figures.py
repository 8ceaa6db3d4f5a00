"""The page of figures, and each of its charts as CSV."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from invoices import figures
from invoices.domain.period import Month
from invoices.exports.table import amount_text, neutral, table_csv
from technicians.access import office_required

if TYPE_CHECKING:
    from collections.abc import Callable

CUSTOMERS_SHOWN = 20


@require_GET
@office_required
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show the revenue of the last twelve months, and what is open."""
    months = figures.year_until(Month.of(timezone.now()))
    by_month = figures.by_month(months)
    opened = figures.open_by_age(timezone.localdate())
    charts = [
        {"name": "monate", "title": _("By month"), "bars": figures.bars(by_month)},
        {
            "name": "techniker",
            "title": _("By technician"),
            "bars": figures.bars(figures.by_technician(months)),
        },
        {
            "name": "kunden",
            "title": _("By customer"),
            "bars": figures.bars(figures.by_customer(months, CUSTOMERS_SHOWN)),
            "is_cut": True,
        },
        {"name": "offen", "title": _("Open and overdue"), "bars": figures.bars(opened)},
    ]
    late = figures.charges_by_month(months)
    if any(figure.cents for figure in late):
        charts.append(
            {
                "name": "verzug",
                "title": _("Interest and costs of late payment, without VAT"),
                "bars": figures.bars(late),
            }
        )
    context = {
        "charts": charts,
        "customers_shown": CUSTOMERS_SHOWN,
        "year": sum(figure.cents for figure in by_month),
        "this_month": by_month[-1].cents,
        "open": sum(figure.cents for figure in opened),
        "overdue": sum(figure.cents for figure in opened[1:]),
    }
    return render(request, "invoices/figures.html", context)


@require_GET
@office_required
def figures_csv(_request: HttpRequest, name: str) -> HttpResponse:
    """Deliver one chart, all of its rows, as a list for a spreadsheet."""
    months = figures.year_until(Month.of(timezone.now()))
    today = timezone.localdate()
    readers: dict[str, tuple[str, Callable[[], list[figures.Figure]]]] = {
        "monate": (_("Month"), lambda: figures.by_month(months)),
        "techniker": (_("Technician"), lambda: figures.by_technician(months)),
        "kunden": (_("Customer"), lambda: figures.by_customer(months)),
        "offen": (_("Due"), lambda: figures.open_by_age(today)),
        "verzug": (_("Month"), lambda: figures.charges_by_month(months)),
    }
    if name not in readers:
        raise Http404
    heading, read = readers[name]
    amounts = {"offen": _("Open"), "verzug": _("Interest and costs of late payment")}
    amount = amounts.get(name, _("Revenue, net"))
    rows = ([neutral(each.label), amount_text(each.cents), each.invoices] for each in read())
    content = table_csv([heading, amount, _("Invoices")], rows)
    response = HttpResponse(content, content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}-{today:%Y-%m-%d}.csv"'
    return response
