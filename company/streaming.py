"""Files as responses: streamed in pieces, so that memory stays flat."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

# Large enough to be quick, small enough that twenty readers cost a few megabytes.
PIECE = 64 * 1024


def file_response(
    request: HttpRequest, path: Path, *, filename: str, content_type: str, etag: str = ""
) -> HttpResponseBase:
    """Return `path` as a download called `filename`; `path` must lie inside DATA_DIR.

    `etag` is a hash of the content: who has it already gets 304. With ACCEL_PREFIX the
    proxy in front delivers the file itself. Raises FileNotFoundError.
    """
    size = path.stat().st_size
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename)
        or "attachment",
        "Cache-Control": "private, no-cache",
    }
    if etag:
        headers["ETag"] = f'"{etag}"'
        if f'"{etag}"' in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
    if settings.ACCEL_PREFIX:
        inside = path.resolve().relative_to(settings.DATA_DIR)
        headers["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX}/{quote(str(inside))}"
        return HttpResponse(headers=headers)
    headers["Content-Length"] = str(size)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(_pieces(path), headers=headers)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    """Yield the file piece by piece; read in threads, since a disk may be slow."""
    file = await sync_to_async(_open, thread_sensitive=False)(path)
    try:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(PIECE):
            yield piece
    finally:
        file.close()


def _open(path: Path) -> BinaryIO:
    return path.open("rb")
