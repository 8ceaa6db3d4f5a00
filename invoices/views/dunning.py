"""Reminders: what is due, the letters that were written, and their files."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from invoices import services, tasks
from invoices.archive import ArchiveDamagedError, read_archived
from invoices.documents.pdf import RenderError
from invoices.domain.interest import BaseRateMissingError
from invoices.forms import BaseRateForm, SendForm
from invoices.mailing import mail_is_set_up
from invoices.models import Delivery, Invoice, Reminder
from invoices.models.delivery import OPEN
from invoices.problems import packing_problem_of
from invoices.views.delivery import letters_context
from invoices.views.dunning_run import run_context
from technicians.access import current_user, office_required

logger = logging.getLogger(__name__)
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class DueRow:
    """A letter that is due, with what it would ask for: None where a base rate is missing."""

    due: services.DueReminder
    demand: services.Demand | None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter that was written: the latest try to send it, and the form to send it (again)."""

    reminder: Reminder
    delivery: Delivery | None
    form: SendForm | None


@require_GET
@office_required
def reminders_page(request: HttpRequest) -> HttpResponse:
    """Show which letters are due today, and those that were written, with what became of them."""
    return _show(request)


def _show(
    request: HttpRequest,
    refused: SendForm | None = None,
    base_rate: BaseRateForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    missing = services.base_rates_missing(today)
    due = services.reminder_due(today)
    rows = []
    for each in due[:PER_PAGE]:  # the next ones follow when these are written
        try:
            demand = services.reminder_demand(invoice=each.invoice, today=today)
        except BaseRateMissingError:
            demand = None
        rows.append(DueRow(each, demand))
    issued = Reminder.objects.select_related("invoice__customer", "created_by")
    page = Paginator(issued.prefetch_related("deliveries"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "invoices/reminders.html",
        {
            "rows": rows,
            "count": len(due),
            "total": sum(each.invoice.open_cents for each in due),
            "missing_rates": missing,
            "base_rate_form": base_rate
            or BaseRateForm(initial={"valid_from": missing[0] if missing else None}),
            "days_to_friendly": services.DAYS_TO_FRIENDLY,
            "page": page,
            "written": _letter_rows(page.object_list, refused),
            "can_send_mail": mail_is_set_up(),
            **letters_context(),
            **run_context(),
        },
        status=422 if refused or base_rate else 200,
    )


def _letter_rows(reminders: Iterable[Reminder], refused: SendForm | None) -> list[LetterRow]:
    shown = list(reminders)
    invoices = Invoice.objects.with_open().in_bulk([each.invoice_id for each in shown])
    rows = []
    for reminder in shown:
        tries = list(reminder.deliveries.all())
        latest = tries[0] if tries else None
        is_on_its_way = latest is not None and latest.state in OPEN
        form = None
        if not is_on_its_way and invoices[reminder.invoice_id].open_cents > 0:
            form = _send_form(reminder)
            if refused is not None and refused.auto_id == form.auto_id:
                form = refused
        rows.append(LetterRow(reminder, latest, form))
    return rows


def _send_form(reminder: Reminder, data: QueryDict | None = None) -> SendForm:
    """Return the form; its fields have names of their own on a page with many of them."""
    address = reminder.invoice.customer.email
    return SendForm(data, initial={"address": address}, auto_id=f"id_{reminder.pk}_%s")


@require_POST
@office_required
def base_rate_enter(request: HttpRequest) -> HttpResponse:
    """Enter the base rate of a half-year; a slip is corrected in the administration."""
    form = BaseRateForm(request.POST)
    if not form.is_valid():
        return _show(request, base_rate=form)
    try:
        rate = services.base_rate_enter(
            valid_from=form.cleaned_data["valid_from"],
            percent=form.cleaned_data["percent"],
            by=current_user(request),
        )
    except IntegrityError:
        form.add_error("valid_from", _("Somebody has just entered it."))
        return _show(request, base_rate=form)
    messages.success(
        request,
        _("The base rate from %(day)s on is entered: %(percent)s %%.")
        % {
            "day": date_format(rate.valid_from, "SHORT_DATE_FORMAT"),
            "percent": number_format(rate.percent),
        },
    )
    return redirect("invoices:reminders")


@require_POST
@office_required
def reminder_issue(request: HttpRequest, number: str) -> HttpResponse:
    """Write the letter that is due about an invoice; with `send` it goes out at once."""
    invoice = get_object_or_404(Invoice, number=number)
    by = current_user(request)
    try:
        reminder = services.reminder_issue(invoice=invoice, today=timezone.localdate(), by=by)
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
    except OSError as error:
        logger.error("The reminder of invoice %s was not written: %s", number, error)  # noqa: TRY400
        problem, detail = packing_problem_of(error)
        messages.error(request, f"{problem.label} {detail}".strip())
    else:
        if "send" in request.POST:
            _queue(request, reminder, reminder.invoice.customer.email)
        else:
            messages.success(
                request,
                _("The letter about %(number)s is written, not sent yet.")
                % {"number": reminder.invoice.number},
            )
    return redirect("invoices:reminders")


@require_POST
@office_required
def reminder_send(request: HttpRequest, number: str, level: int) -> HttpResponse:
    """Queue a letter, to the address given or for the printer."""
    found = Reminder.objects.select_related("invoice__customer")
    reminder = get_object_or_404(found, invoice__number=number, level=level)
    form = _send_form(reminder, request.POST)
    if not form.is_valid():
        return _show(request, form)
    _queue(request, reminder, form.cleaned_data["address"])
    return redirect("invoices:reminders")


def _queue(request: HttpRequest, reminder: Reminder, address: str) -> None:
    """Queue a letter and say so."""
    values = {"number": reminder.invoice.number, "address": address}
    try:
        delivery = services.reminder_queue(
            reminder=reminder, address=address, by=current_user(request)
        )
    except services.NotDeliverableError:
        messages.error(
            request,
            _("The letter about %(number)s is on its way already, or nothing is open any more.")
            % values,
        )
        return
    if delivery.channel == Delivery.Channel.MAIL:
        tasks.queue_deliveries([delivery.pk])
        text = _("The letter about %(number)s is being sent to %(address)s.")
    else:
        text = _("The letter about %(number)s is waiting to be printed.")
    messages.success(request, text % values)


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
