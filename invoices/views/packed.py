"""Files that a worker has put together, for the office to fetch."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

from company.streaming import file_response
from invoices.models import Export, PrintBatch


def packed_file(
    request: HttpRequest, packed: Export | PrintBatch, *, filename: str, gone: str
) -> HttpResponseBase:
    """Deliver a finished ZIP or PDF. Raises Http404 with `gone` where the file was removed."""
    kind = "zip" if isinstance(packed, Export) else "pdf"
    try:
        return file_response(
            request,
            Path(settings.EXPORT_DIR, packed.path),
            filename=f"{filename}.{kind}",
            content_type=f"application/{kind}",
            etag=packed.sha256,
        )
    except FileNotFoundError as error:
        raise Http404(gone) from error
