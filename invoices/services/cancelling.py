"""Cancelling: a document of its own that turns every amount of the invoice round.

Sessions and items of the invoice are free again afterwards and come with the next run; that
is the corrected invoice. What was an invoice of a single session is followed by another one.
"""

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone, translation

from company import audit
from customers.models import Customer
from invoices.domain.billing import Allowances
from invoices.domain.period import SHOP_ZONE
from invoices.models import Invoice, InvoiceLine, InvoiceVat, NumberRange
from invoices.services.drafting import Draft
from invoices.services.issuing import draft_check, write_down
from invoices.services.paying import settlements_undo
from invoices.texts import cancellation_texts
from sessions.models import Session
from technicians.models import User

# What belongs to the document itself and is never taken over.
_OWN = ("id", "number", "number_range_id", "sequence", "invoice_id", "issued_at", "issued_on")
_OWN_TEXTS = ("kind", "cancels_id", "due_on", "texts")
_TURNED = (
    "quantity",
    "net_cents",
    "vat_cents",
    "rounding_cents",
    "gross_cents",
    "allowance_seconds",
)


class NotCancellableError(Exception):
    """It is a cancellation itself, or was cancelled before."""


def only_session_of(invoice: Invoice) -> Session | None:
    """Return the session that an invoice was made for at once, None for that of a month.

    To be asked before it is cancelled, which gives its session free.
    """
    return Session.objects.filter(billed__invoice=invoice).first() if invoice.is_single else None


def invoice_cancel(*, invoice: Invoice, reason: str, by: User) -> Invoice:
    """Issue the cancellation of an invoice and give free what it had billed.

    `reason` is printed. Raises NotCancellableError, and RulesBrokenError with nothing done.
    """
    draft = _mirrored(invoice, reason)
    draft_check(draft)
    with transaction.atomic():
        # The same lock as for issuing: free minutes come back to the customer.
        Customer.objects.select_for_update().get(pk=invoice.customer_id)
        locked = Invoice.objects.select_for_update().get(pk=invoice.pk)
        if locked.is_cancellation or Invoice.objects.filter(cancels=locked).exists():
            raise NotCancellableError
        write_down(draft, NumberRange.CANCELLATIONS)
        invoice.billed_sessions.all().delete()
        invoice.billed_items.all().delete()
        settlements_undo(invoice=invoice, by=by)
        audit.record(
            "invoice.cancelled",
            actor=by,
            subject=f"invoice {invoice.number}",
            details={"cancellation": draft.invoice.number},
        )
    return draft.invoice


def _mirrored(invoice: Invoice, reason: str) -> Draft:
    """Return the cancellation: every quantity and amount with the sign turned."""
    now = timezone.now()
    issued_on = now.astimezone(SHOP_ZONE).date()
    with translation.override(invoice.language):
        texts = cancellation_texts(invoice, reason)
    mirrored = Invoice(
        **_turned(invoice, (*_OWN, *_OWN_TEXTS)),
        kind=Invoice.Kind.CANCELLATION,
        cancels=invoice,
        issued_at=now,
        issued_on=issued_on,
        due_on=issued_on,
        texts=texts,
    )
    lines = [InvoiceLine(**_turned(line, _OWN)) for line in invoice.lines.all()]
    rates = [InvoiceVat(**_turned(rate, _OWN)) for rate in invoice.rates.all()]
    return Draft(
        mirrored,
        lines,
        rates,
        session_ids=[],
        item_ids=[],
        allowances=Allowances(),
        courtesies={},
    )


def _turned(row: Model, own: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a row but its own ones, the amounts with the sign turned."""
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in own]
    return {name: -getattr(row, name) if name in _TURNED else getattr(row, name) for name in names}
