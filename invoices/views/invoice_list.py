"""All invoices, found by number, customer, month or state."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from invoices.forms import InvoiceFilterForm
from invoices.models import Invoice
from technicians.access import office_required

PER_PAGE = 50


@require_GET
@office_required
def invoices_page(request: HttpRequest) -> HttpResponse:
    """Show the invoices, newest first, by page and filter."""
    form = InvoiceFilterForm(request.GET)
    found = form.narrow(Invoice.objects.with_open())
    listed = found.select_related("archived_file", "cancellation").order_by("-issued_at", "-pk")
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "today": timezone.localdate(),
    }
    return render(request, "invoices/list.html", context)
