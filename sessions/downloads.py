"""The agent's files as the build left them in DOWNLOAD_DIR, beside manifest.json."""

import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from company.streaming import file_response

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)
# A base name only: the manifest must not lead out of the folder.
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Download:
    """One system's agent.

    `platform` is `linux`, `windows` or `macos`; `machine` the processor, such as
    `x86_64`; `size` is in bytes, `sha256` in hex.
    """

    platform: str
    machine: str
    file: str
    version: str
    sha256: str
    size: int

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(settings.DOWNLOAD_DIR, self.file)

    def get_absolute_url(self) -> str:
        """Return the address from which it is downloaded."""
        return reverse("sessions:download", args=[self.platform])


def available() -> list[Download]:
    """Return what can be downloaded; empty before the first build."""
    try:
        manifest = json.loads(Path(settings.DOWNLOAD_DIR, "manifest.json").read_text())
        found = [_parse(key, entry) for key, entry in sorted(manifest.items())]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # No page may fail because of it.
        logger.exception("The manifest of the downloads cannot be read.")
        return []
    return [download for download in found if download.path.is_file()]


def _parse(key: str, entry: "Mapping[str, str | int]") -> Download:
    """Return the manifest's entry; raises ValueError or KeyError for what is no entry."""
    platform, _dash, machine = key.partition("-")
    download = Download(
        platform=platform,
        machine=machine,
        file=str(entry["file"]),
        version=str(entry["version"]),
        sha256=str(entry["sha256"]),
        size=int(entry["size"]),
    )
    if not FILE_NAME.fullmatch(download.file):
        raise ValueError(f"{download.file!r} is not a base name.")
    return download


@require_safe
def download(request: HttpRequest, platform: str) -> HttpResponseBase:
    """Send the agent for `platform` (a system, or a system and its processor)."""
    for offer in available():
        if platform in {offer.platform, f"{offer.platform}-{offer.machine}"}:
            return file_response(
                request,
                offer.path,
                filename=offer.file,
                content_type="application/octet-stream",
                etag=offer.sha256,
            )
    raise Http404(_("There is no agent for this system yet."))
