"""Money that came in, what is still open, and which payment is for which invoice."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from company.fields import EuroField
from invoices import services
from invoices.domain.camt import LeftOut, StatementError
from invoices.domain.matching import Confidence, Suggestion
from invoices.domain.owed import CHARGES, Order, shares_of
from invoices.exports.table import amount_text, neutral, table_csv
from invoices.forms import LEFT_OUT, PaymentForm, StatementForm
from invoices.models import Invoice, Payment
from invoices.models.payments import PART_CHOICES
from technicians.access import current_user, office_required

PER_PAGE = 50
# So many bookings that were left out are named.
NAMED = 20


@require_GET
@office_required
def payments_page(request: HttpRequest) -> HttpResponse:
    """Show payments that no invoice has taken yet, with suggestions, and the latest others."""
    return _show(request)


def _show(
    request: HttpRequest,
    *,
    statement: StatementForm | None = None,
    payment: PaymentForm | None = None,
) -> HttpResponse:
    found = services.suggestions()
    shown = list(found.items())[:PER_PAGE]
    keys = {part.invoice_id for _payment, parts in shown for part in parts}
    invoices = Invoice.objects.with_open().with_charges().in_bulk(keys)
    matches = [
        {
            "payment": each,
            "parts": [_shown(invoices[part.invoice_id], part.cents) for part in parts],
            "is_sure": _is_sure(parts),
            "seen": _seen(parts, invoices),
        }
        for each, parts in shown
    ]
    owing = list(Invoice.objects.owing()) if matches else []
    settled = Payment.objects.with_rest().exclude(pk__in=[each.pk for each in found])
    listed = settled.prefetch_related("allocations__invoice").order_by("-received_on", "-pk")
    return render(
        request,
        "invoices/payments.html",
        {
            "matches": matches,
            "more": len(found) - len(shown),
            "sure": sum(1 for parts in found.values() if _is_sure(parts)),
            "owing": owing,
            "has_charges": any(invoice.owed.charges_cents for invoice in owing),
            "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
            "statement_form": statement or StatementForm(),
            "payment_form": payment or PaymentForm(initial={"received_on": timezone.localdate()}),
        },
        status=422 if statement or payment else 200,
    )


def _is_sure(parts: Sequence[Suggestion]) -> bool:
    return bool(parts) and all(part.confidence == Confidence.SURE for part in parts)


@dataclass(frozen=True, slots=True)
class Match:
    """A part of a suggestion as the page shows it; `charges` are amounts beside the invoice's."""

    invoice: Invoice
    cents: int
    charges: list[tuple[str, int]]


def _shown(invoice: Invoice, cents: int) -> Match:
    labels = dict(PART_CHOICES)
    shares = shares_of(cents, invoice.owed)
    return Match(
        invoice, cents, [(str(labels[part]), share) for part, share in shares if part in CHARGES]
    )


def _seen(parts: Sequence[Suggestion], invoices: Mapping[int, Invoice]) -> str:
    """Return what a page shows of a suggestion, to be sent back when it is accepted."""
    shown = []
    for part in parts:
        shares = shares_of(part.cents, invoices[part.invoice_id].owed)
        shown += [f"{part.invoice_id}:{what}:{cents}" for what, cents in shares]
    return " ".join(shown)


@require_POST
@office_required
def statement_import(request: HttpRequest) -> HttpResponse:
    """Take in a file of the bank."""
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, statement=form)
    try:
        done = services.statement_import(
            content=form.cleaned_data["statement"],
            by=current_user(request),
            is_any_account=form.cleaned_data["is_any_account"],
        )
    except StatementError as error:
        form.refuse(error)
        return _show(request, statement=form)
    _tell_left_out(request, done.left_out)
    if done.new:
        text = ngettext(
            "%(count)d new payment was taken in.", "%(count)d new payments were taken in.", done.new
        )
        messages.success(request, text % {"count": done.new})
    else:
        messages.info(request, _("All payments of this file were known already."))
    return redirect("invoices:payments")


def _tell_left_out(request: HttpRequest, left_out: Sequence[LeftOut]) -> None:
    """Say which bookings somebody should look at, the first ones by name."""
    if not left_out:
        return
    head = ngettext(
        "%(count)d booking was left out:", "%(count)d bookings were left out:", len(left_out)
    ) % {"count": len(left_out)}
    named = [
        " ".join(
            part
            for part in (date_format(each.booked_on, "SHORT_DATE_FORMAT"), each.amount, each.name)
            if part
        )
        + f" ({LEFT_OUT[each.reason]})"
        for each in left_out[:NAMED]
    ]
    if len(left_out) > NAMED:
        named.append("…")
    messages.warning(request, f"{head} {'; '.join(named)}")


@require_POST
@office_required
def payment_record(request: HttpRequest) -> HttpResponse:
    """Enter a payment by hand."""
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _show(request, payment=form)
    services.payment_record(
        cents=EuroField.cents(form.cleaned_data["amount"]),
        received_on=form.cleaned_data["received_on"],
        text=form.cleaned_data["text"],
        by=current_user(request),
    )
    return redirect("invoices:payments")


@require_POST
@office_required
def payment_match(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Let a payment settle what was suggested, or the invoice that was chosen."""
    payment = get_object_or_404(Payment.objects.with_rest(), pk=payment_id)
    by = current_user(request)
    action = request.POST.get("action")
    if action in {"set-aside", "take-up"}:
        is_set_aside = action == "set-aside"
        services.payment_set_aside(payment=payment, is_set_aside=is_set_aside, by=by)
        return redirect("invoices:payments")
    invoice = None
    if action != "accept":
        number = request.POST.get("invoice", "").strip()
        invoice = Invoice.objects.owing().filter(number__iexact=number).first()
        if invoice is None:
            text = _("There is no open invoice with the number “%(number)s”.")
            messages.error(request, text % {"number": number[:40]})
            return redirect("invoices:payments")
    try:
        if invoice is not None:
            cents = min(payment.rest_cents, invoice.owed.total_cents)
            is_invoice_first = request.POST.get("order") == Order.INVOICE_FIRST
            order = Order.INVOICE_FIRST if is_invoice_first else None
            services.payment_allocate(payment=payment, parts=[(invoice, cents)], by=by, order=order)
        else:
            suggested = services.suggestions().get(payment, [])
            keys = [part.invoice_id for part in suggested]
            invoices = Invoice.objects.with_open().with_charges().in_bulk(keys)
            is_seen = _seen(suggested, invoices) == request.POST.get("seen")
            services.suggestion_accept(
                payment=payment, suggested=suggested if is_seen else [], by=by
            )
    except services.AmountError:
        messages.error(request, _("This has changed meanwhile: please look at it again."))
    return redirect("invoices:payments")


@require_POST
@office_required
def match_sure(request: HttpRequest) -> HttpResponse:
    """Accept every suggestion that fits by number and amount."""
    count = 0
    by = current_user(request)
    for payment, parts in services.suggestions().items():
        if not _is_sure(parts):
            continue
        try:
            services.suggestion_accept(payment=payment, suggested=parts, by=by)
        except services.AmountError:
            continue  # two payments of the same invoice: the second one stays on the page
        count += 1
    text = ngettext("%(count)d payment was matched.", "%(count)d payments were matched.", count)
    messages.success(request, text % {"count": count})
    return redirect("invoices:payments")


@require_GET
@office_required
def open_items(request: HttpRequest) -> HttpResponse:
    """List what is still to be paid, the oldest first; as CSV for a spreadsheet on wish."""
    today = timezone.localdate()
    owing = Invoice.objects.owing().select_related("customer")
    if request.GET.get("format") == "csv":
        return _open_items_csv(list(owing.prefetch_related("reminders")), today)
    total = sum(invoice.open_cents for invoice in owing)
    late = sum(invoice.open_cents for invoice in owing if invoice.due_on < today)
    return render(
        request,
        "invoices/open_items.html",
        {
            "page": Paginator(owing.prefetch_related("reminders__deliveries"), PER_PAGE).get_page(
                request.GET.get("page")
            ),
            "total": total,
            "open_count": sum(1 for invoice in owing if invoice.open_cents),
            "overdue": late,
            "charges": sum(invoice.owed.charges_cents for invoice in owing),
            "today": today,
        },
    )


def _open_items_csv(invoices: list[Invoice], today: dt.date) -> HttpResponse:
    head = [
        _("Invoice number"),
        _("Invoice date"),
        _("Due date"),
        _("Customer number"),
        _("Customer"),
        _("Amount due"),
        _("Open"),
        _("Default interest open"),
        _("Dunning costs open"),
        _("Days overdue"),
        _("Letters written"),
    ]
    rows = (
        [
            neutral(invoice.number),
            f"{invoice.issued_on:%d.%m.%Y}",
            f"{invoice.due_on:%d.%m.%Y}",
            invoice.buyer_party.number,
            neutral(invoice.buyer_party.name),
            amount_text(invoice.gross_cents),
            *map(amount_text, invoice.owed.by_part),
            max((today - invoice.due_on).days, 0),
            len(invoice.reminders.all()),
        ]
        for invoice in invoices
    )
    response = HttpResponse(table_csv(head, rows), content_type="text/csv")
    name = f"{_('open-items')}-{today:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
