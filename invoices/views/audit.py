"""The page on which the files for a tax audit are packed and fetched."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from invoices import services, tasks
from invoices.forms import AuditForm
from invoices.models import Export
from invoices.views.packed import packed_file
from technicians.access import current_user, office_required

SHOWN = 20


def _context() -> dict[str, Any]:
    exports = list(Export.objects.filter(kind=Export.Kind.AUDIT)[:SHOWN])
    return {
        "exports": exports,
        "is_packing": any(export.is_under_way for export in exports),
    }


@require_GET
@office_required
def audit_page(request: HttpRequest) -> HttpResponse:
    """Show what was packed for tax audits, and the form for more."""
    year = timezone.localdate().year - 1
    form = AuditForm(initial={"first": f"{year}-01-01", "last": f"{year}-12-31"})
    return render(request, "invoices/audit.html", {"form": form, **_context()})


@require_POST
@office_required
def audit_start(request: HttpRequest) -> HttpResponse:
    """Have the files of some days packed and go back to the page, where the progress is shown."""
    form = AuditForm(request.POST)
    if not form.is_valid():
        return render(request, "invoices/audit.html", {"form": form, **_context()}, status=422)
    export = services.audit_export_create(
        first=form.cleaned_data["first"],
        last=form.cleaned_data["last"],
        by=current_user(request),
    )
    tasks.queue_export(export.pk)
    return redirect("invoices:audit")


@require_GET
@office_required
def audit_progress(request: HttpRequest) -> HttpResponse:
    """Answer htmx with the list."""
    return render(request, "invoices/_audit_exports.html", _context())


@require_GET
@office_required
def audit_file(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """Deliver the packed files."""
    found = Export.objects.filter(kind=Export.Kind.AUDIT, state=Export.State.DONE)
    export = get_object_or_404(found, pk=export_id)
    return packed_file(
        request,
        export,
        filename=f"{_('tax-audit')}-{export.name}",
        gone=_("This archive is no longer there. Please make a new one."),
    )
