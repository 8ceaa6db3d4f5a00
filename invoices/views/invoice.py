"""The page of one invoice: what became of it, and what the office can do about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from invoices import services, tasks
from invoices.forms import CancelForm, SendForm, WriteOffForm
from invoices.mailing import mail_is_set_up
from invoices.models import Delivery, Invoice, Payment
from sessions.models import Session
from technicians.access import current_user, office_required


@require_GET
@office_required
def invoice_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show an invoice with its lines, payments and deliveries."""
    invoice = _invoice(number)
    response = _show(request, invoice)
    if not hasattr(invoice, "archived_file"):
        response["Refresh"] = "2"  # its file is written in these seconds
    return response


def _invoice(number: str) -> Invoice:
    found = Invoice.objects.with_open().with_charges()
    found = found.select_related("customer", "cancels", "archived_file")
    return get_object_or_404(found, number=number)


def _show(
    request: HttpRequest,
    invoice: Invoice,
    *,
    cancel: CancelForm | None = None,
    send: SendForm | None = None,
    write_off: WriteOffForm | None = None,
) -> HttpResponse:
    is_refused = any(form is not None for form in (cancel, send, write_off))
    return render(
        request,
        "invoices/invoice.html",
        {
            "invoice": invoice,
            "lines": invoice.lines.all(),
            "rates": invoice.rates.all(),
            "deliveries": invoice.deliveries.select_related("created_by", "reminder"),
            "is_delivered": invoice.deliveries.invoices().exists(),
            "has_open_delivery": invoice.deliveries.invoices().open().exists(),
            "allocations": invoice.allocations.select_related("payment", "by"),
            "payments": Payment.objects.filter(allocations__invoice=invoice).distinct(),
            "write_offs": invoice.write_offs.select_related("by"),
            "is_overdue": invoice.open_cents > 0 and invoice.due_on < timezone.localdate(),
            "can_send_mail": mail_is_set_up(),
            "cancel_form": cancel or CancelForm(),
            "send_form": send or SendForm(initial={"address": invoice.buyer_party.email}),
            "write_off_form": write_off or WriteOffForm(),
        },
        status=422 if is_refused else 200,
    )


@require_POST
@office_required
def session_invoice(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Issue the invoice of a single session at once, and show it."""
    return _invoice_alone(request, get_object_or_404(Session, pk=session_id))


def _invoice_alone(request: HttpRequest, session: Session) -> HttpResponse:
    """Issue the invoice of a session and nothing else, and show it; or say why there is none."""
    try:
        invoice = services.session_invoice(session=session, by=current_user(request))
    except services.NotInvoiceableError as error:
        messages.error(request, f"{error.problem.label} {error.detail}".strip())
        return redirect(session)
    if invoice is None:
        messages.info(request, _("Nothing of this session is left to be invoiced."))
        return redirect(session)
    tasks.queue_file(invoice)
    return redirect("invoices:detail", invoice.number)


@require_POST
@office_required
def invoice_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an invoice; with `again` its work is invoiced anew at once.

    That is what is open of the month, or the session alone where the invoice was made for it.
    """
    invoice = _invoice(number)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, invoice, cancel=form)
    by = current_user(request)
    session = services.only_session_of(invoice)
    try:
        cancellation = services.invoice_cancel(
            invoice=invoice, reason=form.cleaned_data["reason"], by=by
        )
    except services.NotCancellableError:
        messages.error(request, _("This invoice is cancelled already."))
        return redirect("invoices:detail", number)
    messages.success(
        request,
        _("%(number)s is cancelled by %(cancellation)s. Its sessions can be invoiced again.")
        % {"number": number, "cancellation": cancellation.number},
    )
    if "again" in request.POST and session is not None:
        return _invoice_alone(request, session)
    if "again" in request.POST:
        waiting = services.invoice_run_include(
            month=invoice.month, customer=invoice.customer, by=by
        )
        tasks.queue_items(waiting)
        return redirect("invoices:month", invoice.month)
    return redirect("invoices:detail", cancellation.number)


@require_POST
@office_required
def invoice_send(request: HttpRequest, number: str) -> HttpResponse:
    """Queue one invoice, to the address given or as a letter."""
    invoice = _invoice(number)
    form = SendForm(request.POST)
    if not form.is_valid():
        return _show(request, invoice, send=form)
    try:
        delivery = services.delivery_queue(
            invoice=invoice, address=form.cleaned_data["address"], by=current_user(request)
        )
    except services.NotDeliverableError:
        messages.error(request, _("This invoice is on its way already."))
        return redirect("invoices:detail", number)
    if delivery.channel == Delivery.Channel.MAIL:
        tasks.queue_deliveries([delivery.pk])
        messages.success(request, _("The mail is being sent."))
    else:
        messages.success(request, _("The invoice is waiting to be printed."))
    return redirect("invoices:detail", number)


@require_POST
@office_required
def delivery_settle(request: HttpRequest, number: str, delivery_id: str) -> HttpResponse:
    """Note what became of a delivery: came back, sent after all, or not."""
    delivery = get_object_or_404(Delivery, pk=delivery_id, invoice__number=number)
    try:
        services.delivery_settle(
            delivery=delivery, state=request.POST.get("state", ""), by=current_user(request)
        )
    except (services.NotDeliverableError, ValueError):
        messages.error(request, _("This is no longer possible: look at its state."))
    return redirect("invoices:detail", number)


@require_POST
@office_required
def invoice_write_off(request: HttpRequest, number: str) -> HttpResponse:
    """Give up what is open, or with `charges` only what the letters charged."""
    invoice = _invoice(number)
    form = WriteOffForm(request.POST)
    if not form.is_valid():
        return _show(request, invoice, write_off=form)
    try:
        give_up = services.charges_waive if "charges" in request.POST else services.write_off
        give_up(invoice=invoice, reason=form.cleaned_data["reason"], by=current_user(request))
    except services.AmountError:
        messages.error(request, _("Nothing is open on this invoice."))
    return redirect("invoices:detail", number)


@require_POST
@office_required
def payment_undo(request: HttpRequest, number: str, payment_id: int) -> HttpResponse:
    """Take back what a payment settled of this invoice."""
    invoice = _invoice(number)
    payment = get_object_or_404(Payment, pk=payment_id)
    if services.allocations_undo(payment=payment, invoice=invoice, by=current_user(request)):
        messages.success(request, _("The payment is free again and can be matched anew."))
    return redirect("invoices:detail", number)
