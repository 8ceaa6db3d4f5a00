"""The month's page, its run and its export."""

import logging
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from invoices import services, tasks
from invoices.domain.period import Month
from invoices.mailing import mail_is_set_up
from invoices.models import Export, Invoice, InvoiceRun, InvoiceRunItem, Reminder
from invoices.problems import Problem
from invoices.review import review, sessions_of
from invoices.views.delivery import delivery_context
from invoices.views.packed import packed_file
from technicians.access import current_user, office_required

logger = logging.getLogger(__name__)
INVOICES_PER_PAGE = 50


def work_context(month: Month) -> dict[str, Any]:
    """Return how far run and export of a month are."""
    run = InvoiceRun.objects.of_month(month)
    progress = services.invoice_run_progress(run=run) if run else None
    export = Export.objects.latest_of(month)
    is_unfinished = progress is not None and progress.running
    is_paused = is_unfinished and run is not None and run.paused_at is not None
    is_packing = export is not None and export.is_under_way
    return {
        "month": month,
        "run": run,
        "progress": progress,
        "export": export,
        "is_paused": is_paused,
        # Whether something moves: a paused run only until what was begun is finished.
        "is_running": is_unfinished
        and not (is_paused and progress is not None and not progress.working),
        "is_packing": is_packing,
        "has_documents": _has_documents(month),
    }


def _has_documents(month: Month) -> bool:
    """Whether there is something to pack."""
    return Invoice.objects.of_month(month).exists() or Reminder.objects.of_month(month).exists()


@require_GET
@office_required
def month_page(request: HttpRequest, month: Month | None = None) -> HttpResponse:
    """Show what will be billed, what is odd, the run, and the invoices made."""
    current = Month.of(timezone.now())
    month = month or current
    work = work_context(month)
    invoices = Invoice.objects.of_month(month)
    states = InvoiceRunItem.State
    failed = (
        work["run"]
        .items.filter(state__in=(states.FAILED, states.ISSUED))
        .exclude(problem=Problem.ADDRESS)  # the review lists those, as they are now
        .select_related("customer", "invoice")
        if work["run"]
        else []
    )
    listed = invoices.select_related("archived_file", "customer", "cancellation")
    context = work | {
        "review": review(month),
        "missing_rates": services.base_rates_missing(timezone.localdate()),
        "has_sessions": sessions_of(month).exists(),
        "failed": failed,
        "totals": invoices.totals(),
        "delivery": delivery_context(month),
        "can_send_mail": mail_is_set_up(),
        "unarchived": invoices.unarchived().count(),
        "page": Paginator(listed, INVOICES_PER_PAGE).get_page(request.GET.get("page")),
        "previous": month.previous(),
        "next": month.next() if month < current else None,
        "is_over": month < current,
    }
    return render(request, "invoices/month.html", context)


@require_POST
@office_required
def run_start(request: HttpRequest, month: Month) -> HttpResponse:
    """Start the month's run and go back to its page, where the progress is shown."""
    try:
        run = services.invoice_run_create(month=month)
    except services.CompanyIncompleteError as error:
        return _incomplete(request, month, error)
    waiting = services.invoice_run_start(run=run, by=current_user(request))
    tasks.queue_items(waiting)
    if waiting:
        text = ngettext(
            "The invoice of %(count)d customer is being made.",
            "The invoices of %(count)d customers are being made.",
            len(waiting),
        )
        messages.success(request, text % {"count": len(waiting)})
    else:
        messages.info(request, _("There is nothing new to invoice in this month."))
    return _to_work(month)


@require_POST
@office_required
def customer_run(request: HttpRequest, month: Month, customer_id: int) -> HttpResponse:
    """Have one customer's invoice of a month made at once."""
    customer = get_object_or_404(Customer, pk=customer_id)
    try:
        waiting = services.invoice_run_include(
            month=month, customer=customer, by=current_user(request)
        )
    except services.CompanyIncompleteError as error:
        return _incomplete(request, month, error)
    tasks.queue_items(waiting)
    if waiting:
        text = _("The invoice of %(customer)s is being made.")
    else:
        text = _("The invoice of %(customer)s is in work, or comes when the paused run goes on.")
    messages.info(request, text % {"customer": customer.name})
    return _to_work(month)


def _to_work(month: Month) -> HttpResponse:
    """Go back to the month's page, to where run and export are: the keyboard goes on from there."""
    return redirect(f"{reverse('invoices:month', args=[month])}#work")


def _incomplete(
    request: HttpRequest, month: Month, error: services.CompanyIncompleteError
) -> HttpResponse:
    messages.error(
        request,
        _("Complete the company data first. Missing: %(fields)s.")
        % {"fields": ", ".join(error.missing)},
    )
    return redirect("invoices:month", month)


@require_POST
@office_required
def run_pause(request: HttpRequest, month: Month) -> HttpResponse:
    """Let the month's run begin no further customer."""
    run = get_object_or_404(InvoiceRun, period=month.first_day)
    if not services.invoice_run_pause(run=run, by=current_user(request)):
        messages.info(request, _("There was nothing left to pause."))
    return _to_work(month)


@require_POST
@office_required
def run_resume(request: HttpRequest, month: Month) -> HttpResponse:
    """Let the month's paused run go on."""
    run = get_object_or_404(InvoiceRun, period=month.first_day)
    tasks.queue_items(services.invoice_run_resume(run=run, by=current_user(request)))
    return _to_work(month)


@require_GET
@office_required
def progress(request: HttpRequest, month: Month) -> HttpResponse:
    """Answer htmx with the bars; when all is done, tell it to load the whole page anew."""
    work = work_context(month)
    response = render(request, "invoices/_work.html", work)
    if not work["is_running"] and not work["is_packing"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@office_required
def export_start(request: HttpRequest, month: Month) -> HttpResponse:
    """Have the month packed and go back to its page."""
    if not _has_documents(month):
        messages.info(request, _("There is no invoice in this month yet."))
        return redirect("invoices:month", month)
    export = services.export_create(month=month, by=current_user(request))
    tasks.queue_export(export.pk)
    return _to_work(month)


@require_GET
@office_required
def export_file(request: HttpRequest, month: Month, export_id: int) -> HttpResponseBase:
    """Deliver a packed month as a ZIP."""
    found = Export.objects.filter(kind=Export.Kind.MONTH, period=month.first_day)
    export = get_object_or_404(found, pk=export_id, state=Export.State.DONE)
    return packed_file(
        request,
        export,
        filename=f"{_('invoices')}-{month}",
        gone=_("This archive is no longer there. Please make a new one."),
    )
