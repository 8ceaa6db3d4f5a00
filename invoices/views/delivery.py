"""Sending a month's invoices, and the letters among them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from invoices import services, tasks
from invoices.domain.period import Month
from invoices.models import Delivery, Invoice, PrintBatch
from invoices.views.packed import packed_file
from technicians.access import current_user, office_required

State, Channel = Delivery.State, Delivery.Channel


def delivery_context(month: Month) -> dict[str, Any]:
    """Return what the month's page says of its deliveries; letters are those of all months."""
    own = Delivery.objects.invoices().filter(invoice__period=month.first_day)
    trouble = own.filter(state__in=(State.FAILED, State.UNCLEAR, State.BOUNCED))
    # What was sent again since then is no trouble any more.
    again = own.filter(state__in=(State.SENT, State.QUEUED, State.SENDING)).values("invoice")
    return {
        "undelivered": Invoice.objects.of_month(month).undelivered().count(),
        "on_their_way": own.filter(
            channel=Channel.MAIL, state__in=(State.QUEUED, State.SENDING)
        ).count(),
        "trouble": trouble.exclude(invoice__in=again).select_related("invoice"),
        **letters_context(),
    }


def letters_context() -> dict[str, Any]:
    """Return what waits to be printed, of all months, letters to those who pay late included."""
    return {
        "letters": Delivery.objects.letters().count(),
        "batches": PrintBatch.objects.unposted(),
    }


@require_POST
@office_required
def send_month(request: HttpRequest, month: Month) -> HttpResponse:
    """Queue all invoices of a month that went to nobody yet."""
    queued = services.deliveries_queue(
        invoices=Invoice.objects.of_month(month).undelivered(), by=current_user(request)
    )
    tasks.queue_deliveries(Delivery.objects.due(timezone.now()).values_list("pk", flat=True))
    if queued.mails:
        text = ngettext("%(count)d mail is sent.", "%(count)d mails are sent.", queued.mails)
        messages.success(request, text % {"count": queued.mails})
    if queued.letters:
        text = ngettext(
            "%(count)d letter waits to be printed.",
            "%(count)d letters wait to be printed.",
            queued.letters,
        )
        messages.info(request, text % {"count": queued.letters})
    return redirect("invoices:month", month)


@require_POST
@office_required
def print_batch(request: HttpRequest) -> HttpResponse:
    """Have the letters put together."""
    batch = services.print_batch_create(by=current_user(request))
    if batch is not None:
        tasks.queue_batch(batch.pk)
    return _back(request)


@require_POST
@office_required
def batch_retry(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Have letters put together again after a failure."""
    batch = get_object_or_404(PrintBatch, pk=batch_id)
    try:
        services.print_batch_retry(batch=batch, by=current_user(request))
    except services.NotRetriableError:
        messages.info(request, _("These letters are being put together, or are ready."))
    else:
        tasks.queue_batch(batch.pk)
    return _back(request)


@require_GET
@office_required
def batch_file(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Deliver the letters as one PDF."""
    printable = PrintBatch.objects.exclude(path="").filter(state=PrintBatch.State.DONE)
    batch = get_object_or_404(printable, pk=batch_id)
    return packed_file(
        request,
        batch,
        filename=f"{_('letters')}-{batch.pk}",
        gone=_("These letters are no longer there."),
    )


@require_POST
@office_required
def batch_sent(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Note that the letters were posted."""
    batch = get_object_or_404(PrintBatch, pk=batch_id)
    count = services.print_batch_sent(batch=batch, by=current_user(request))
    text = ngettext("%(count)d letter is posted.", "%(count)d letters are posted.", count)
    messages.success(request, text % {"count": count})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to the page that the button was on; its address is ours, or it is not used."""
    month = request.POST.get("month", "")
    if not month:
        return redirect("invoices:reminders")
    try:
        return redirect("invoices:month", Month.parse(month))
    except ValueError:
        return redirect("invoices:month")
