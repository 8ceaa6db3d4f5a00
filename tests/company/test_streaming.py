"""Files as downloads: whole, once, and by the proxy where there is one."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from company.streaming import PIECE, file_response

CONTENT = bytes(range(256)) * 1024


@pytest.fixture
def file(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    path = tmp_path / "exports" / "Rechnungen Übersicht.zip"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    request = RequestFactory().get("/")
    with pytest.raises(FileNotFoundError):
        file_response(request, tmp_path / "x", filename="x", content_type="x/y")


def test_a_file_outside_the_data_folder_never_reaches_the_proxy(
    settings: LazySettings, file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings.ACCEL_PREFIX = "/protected"
    outside = tmp_path_factory.mktemp("o") / "x"
    outside.write_bytes(b"x")
    with pytest.raises(ValueError, match="subpath"):
        file_response(RequestFactory().get("/"), outside, filename="x", content_type="x/y")


async def test_every_byte_arrives_in_small_pieces(file: Path) -> None:
    answer = file_response(
        RequestFactory().get("/"), file, filename="Übersicht.zip", content_type="application/zip"
    )
    assert isinstance(answer, StreamingHttpResponse)
    pieces = [piece async for piece in answer]
    assert max(map(len, pieces)) <= PIECE
    assert b"".join(pieces) == CONTENT
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert "filename*=utf-8''%C3%9Cbersicht.zip" in answer.headers["Content-Disposition"]


def test_who_has_it_already_gets_304(file: Path) -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": '"abc"'})
    answer = file_response(request, file, filename="x", content_type="x/y", etag="abc")
    assert (answer.status_code, answer.headers["ETag"]) == (304, '"abc"')


def test_head_tells_the_size_without_the_content(file: Path) -> None:
    answer = file_response(RequestFactory().head("/"), file, filename="x", content_type="x/y")
    assert not answer.streaming
    assert answer.headers["Content-Length"] == str(len(CONTENT))


def test_the_proxy_is_told_the_path_instead(settings: LazySettings, file: Path) -> None:
    settings.ACCEL_PREFIX = "/protected"
    answer = file_response(RequestFactory().get("/"), file, filename="x", content_type="x/y")
    redirect = answer.headers["X-Accel-Redirect"]
    assert redirect == "/protected/exports/Rechnungen%20%C3%9Cbersicht.zip"
    assert not answer.streaming
