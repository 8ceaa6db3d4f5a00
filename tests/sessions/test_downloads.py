"""The agent's download: what is there is sent whole, what is to come is said."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from django.conf import LazySettings
from django.test import AsyncClient, Client

from sessions import downloads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONTENT = b"\x7fELF" + bytes(range(256)) * 1024
ENTRY = {"file": "agent-linux", "version": "1.2", "sha256": "a" * 64, "size": len(CONTENT)}


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "agent-linux").write_bytes(CONTENT)
    write(folder, {"linux-x86_64": ENTRY})
    settings.DATA_DIR, settings.DOWNLOAD_DIR = tmp_path, folder
    return folder


def write(folder: Path, manifest: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_before_the_first_build_nothing_is_offered(settings: LazySettings, tmp_path: Path) -> None:
    settings.DOWNLOAD_DIR = tmp_path / "gone"
    assert downloads.available() == []


@pytest.mark.parametrize(
    "manifest",
    [
        [],
        "x",
        {"linux-x86_64": {}},
        {"linux-x86_64": "x"},
        {"linux-x86_64": ENTRY | {"size": "big"}},
        {"linux-x86_64": ENTRY | {"file": "../secret-key"}},
        {"linux-x86_64": ENTRY | {"file": "/etc/passwd"}},
        {"linux-x86_64": ENTRY | {"file": ""}},
    ],
)
def test_a_broken_manifest_offers_nothing_and_is_logged(
    folder: Path, manifest: object, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, manifest)
    assert downloads.available() == []
    assert "cannot be read" in caplog.text


def test_what_the_manifest_names_but_is_not_there_is_not_offered(folder: Path) -> None:
    (folder / "agent-linux").unlink()
    assert downloads.available() == []


@pytest.mark.django_db
@pytest.mark.parametrize("platform", ["windows", "macos", "linux-aarch64", "x"])
def test_a_system_to_come_is_not_found(folder: Path, platform: str) -> None:
    assert Client().get(f"/download/{platform}/").status_code == 404


def test_another_method_is_refused(folder: Path) -> None:
    assert Client().post("/download/linux/").status_code == 405


@pytest.mark.parametrize("platform", ["linux", "linux-x86_64"])
async def test_the_file_arrives_whole_with_its_name_and_hash(folder: Path, platform: str) -> None:
    answer = await AsyncClient().get(f"/download/{platform}/")
    assert answer.status_code == 200
    pieces = cast("AsyncIterator[bytes]", answer)
    assert b"".join([piece async for piece in pieces]) == CONTENT
    assert answer.headers["Content-Disposition"] == 'attachment; filename="agent-linux"'
    assert answer.headers["ETag"] == f'"{"a" * 64}"'


def test_an_offer_tells_what_the_manifest_says(folder: Path) -> None:
    (offer,) = downloads.available()
    assert (offer.platform, offer.machine, offer.version) == ("linux", "x86_64", "1.2")
    assert offer.get_absolute_url() == "/download/linux/"
