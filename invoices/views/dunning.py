"""Reminders: what is due, the letters that were written, and their files."""

import logging
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from invoices import services
from invoices.archive import ArchiveDamagedError, read_archived
from invoices.documents.pdf import RenderError
from invoices.domain.interest import BaseRateMissingError
from invoices.models import Invoice, Reminder
from technicians.access import current_user, office_required

logger = logging.getLogger(__name__)

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class DueRow:
    """A letter that is due, with what it would ask for: None where a base rate is missing."""

    due: services.DueReminder
    demand: services.Demand | None


@require_GET
@office_required
def reminders_page(request: HttpRequest) -> HttpResponse:
    """Show which letters are due today, and those that were written."""
    today = timezone.localdate()
    due = services.reminder_due(today)
    issued = Reminder.objects.select_related("invoice", "created_by")
    rows = []
    for each in due[:PER_PAGE]:  # the next ones follow when these are written
        try:
            demand = services.reminder_demand(invoice=each.invoice, today=today)
        except BaseRateMissingError:
            demand = None
        rows.append(DueRow(each, demand))
    return render(
        request,
        "invoices/reminders.html",
        {
            "rows": rows,
            "count": len(due),
            "total": sum(each.invoice.open_cents for each in due),
            "has_base_rate": services.base_rate_is_current(today),
            "days_to_friendly": services.DAYS_TO_FRIENDLY,
            "page": Paginator(issued, PER_PAGE).get_page(request.GET.get("page")),
        },
    )


@require_POST
@office_required
def reminder_issue(request: HttpRequest, number: str) -> HttpResponse:
    """Write the letter that is due about an invoice."""
    invoice = get_object_or_404(Invoice, number=number)
    try:
        reminder = services.reminder_issue(
            invoice=invoice, today=timezone.localdate(), by=current_user(request)
        )
    except services.ReminderNotDueError:
        messages.error(request, _("No letter is due about this invoice: please look again."))
    except BaseRateMissingError as error:
        messages.error(
            request,
            _("The base rate of %(day)s is missing: without it the interest is not known.")
            % {"day": date_format(error.day, "SHORT_DATE_FORMAT")},
        )
    except RenderError:
        logger.exception("The reminder of invoice %s could not be made", number)
        messages.error(request, _("The letter could not be made: is the logo there?"))
    else:
        messages.success(
            request,
            _("The letter about %(number)s is written: print it and send it.")
            % {"number": reminder.invoice.number},
        )
    return redirect("invoices:reminders")


@require_GET
@office_required
def reminder_pdf(request: HttpRequest, number: str, level: int) -> HttpResponse:
    """Show a letter's archived file, after checking that it is the one that was archived."""
    found = Reminder.objects.select_related("invoice")
    reminder = get_object_or_404(found, invoice__number=number, level=level)
    try:
        content = read_archived(reminder)
    except ArchiveDamagedError:
        logger.exception("Reminder %s is damaged in the archive", reminder.path)
        context = {"invoice": reminder.invoice, "is_damaged": True}
        return render(request, "invoices/file_missing.html", context, status=500)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{reminder.file_name}"'
    response["Cache-Control"] = "private, no-cache"
    return response
