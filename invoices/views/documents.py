"""Archived files, for the office and for the customer."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_GET

from invoices.archive import ArchiveDamagedError, read_archived
from invoices.documents.context import transfer_code
from invoices.documents.girocode import group_iban
from invoices.links import LinkError, invoice_of
from invoices.models import ArchivedFile, Invoice
from technicians.access import office_required

logger = logging.getLogger(__name__)


@require_GET
@office_required
def invoice_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Show the archived PDF, after checking that it is the one that was archived."""
    archived = ArchivedFile.objects.select_related("invoice").filter(invoice__number=number).first()
    if archived is None:
        invoice = get_object_or_404(Invoice, number=number)
        return render(request, "invoices/file_missing.html", {"invoice": invoice}, status=404)
    try:
        content = read_archived(archived)
    except ArchiveDamagedError:
        logger.exception("Invoice %s is damaged in the archive", number)
        context = {"invoice": archived.invoice, "is_damaged": True}
        return render(request, "invoices/file_missing.html", context, status=500)
    return _pdf(archived.invoice, content)


def _pdf(invoice: Invoice, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice.file_name}"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_GET
def customer_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invoice to whoever has its link, which came by mail."""
    try:
        invoice = _linked(token)
    except LinkError as error:
        return _refused(request, error)
    seller = invoice.seller_party
    with translation.override(invoice.language):
        response = render(
            request,
            "invoices/customer.html",
            {
                "invoice": invoice,
                "token": token,
                "seller": seller,
                "iban": group_iban(seller.iban),
                "girocode": transfer_code(seller, invoice.owed.total_cents, invoice.number),
            },
        )
    return _kept_private(response)


@require_GET
def customer_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Deliver the invoice's file to whoever has its link."""
    try:
        invoice = _linked(token)
    except LinkError as error:
        return _refused(request, error)
    try:
        content = read_archived(invoice.archived_file)
    except ArchiveDamagedError:
        logger.exception("Invoice %s is damaged in the archive", invoice.number)
        context = {"is_damaged": True, "seller": invoice.seller_party}
        return _kept_private(render(request, "invoices/link_refused.html", context, status=500))
    return _kept_private(_pdf(invoice, content))


def _linked(token: str) -> Invoice:
    key = invoice_of(token)
    found = Invoice.objects.with_open().with_charges().filter(archived_file__isnull=False)
    return get_object_or_404(found.select_related("archived_file", "cancels"), pk=key)


def _refused(request: HttpRequest, error: LinkError) -> HttpResponse:
    context = {"is_old": error.is_old}
    response = render(request, "invoices/link_refused.html", context, status=404)
    return _kept_private(response)


def _kept_private(response: HttpResponse) -> HttpResponse:
    """See to it that no search engine, cache or other page learns of the link."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
