"""manage.py prepare: does what is needed, and nothing a second time."""

import json
import socket
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from agent.built_in import address_at_end
from company.models import Company
from dibuc.management.commands import prepare
from technicians.models import User
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Lay out a data folder with one static file, a free port, and somebody with an account."""
    for name in prepare.FOLDERS:
        setattr(settings, name, tmp_path / name.lower())
    static = tmp_path / "source"
    static.mkdir()
    (static / "page.css").write_text("a{}")
    settings.DATA_DIR = tmp_path
    settings.STATICFILES_DIRS = [static]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.AGENT_BUILD_DIR = tmp_path / "built"
    settings.PORT = free_port()
    User.objects.create_user("owner@example.com", name="Owner")
    return tmp_path


def test_a_port_that_is_taken_stops_it(folder: Path, settings: LazySettings) -> None:
    with (
        socket.create_server((settings.BIND, settings.PORT)),
        pytest.raises(CommandError, match=f"Port {settings.PORT}") as caught,
    ):
        call_command("prepare")
    assert f"PORT={settings.PORT % 65535 + 1} script/server" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(folder: Path, settings: LazySettings) -> None:
    (folder / "file").touch()
    settings.MEDIA_ROOT = folder / "file" / "media"
    with pytest.raises(CommandError, match=r"dibuc\.E005"):
        call_command("prepare")


def test_without_a_built_agent_it_says_so_and_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("prepare")
    assert "There is no agent to download" in capsys.readouterr().err


def test_static_files_are_collected_again_only_when_one_has_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("prepare")
    assert "Collecting static files" in capsys.readouterr().out
    assert (folder / "static_root" / "page.css").read_text() == "a{}"
    call_command("prepare")
    assert "Collecting" not in capsys.readouterr().out
    (folder / "source" / "page.css").write_text("b{color:red}")
    call_command("prepare")
    assert (folder / "static_root" / "page.css").read_text() == "b{color:red}"


def test_the_agent_is_handed_out_anew_when_the_address_changes(
    folder: Path, settings: LazySettings
) -> None:
    settings.AGENT_BUILD_DIR.mkdir()
    (settings.AGENT_BUILD_DIR / "agent").write_bytes(b"\x7fELF")
    entry = {"file": "agent", "version": "1", "sha256": "0", "size": 4}
    (settings.AGENT_BUILD_DIR / "manifest.json").write_text(json.dumps({"linux-x86_64": entry}))
    for address in ("https://a.example.com", "https://b.example.com"):
        settings.PUBLIC_URL = address
        call_command("prepare")
        assert address_at_end(settings.DOWNLOAD_DIR / "agent") == address


def test_who_has_accounts_gets_no_demo_data(folder: Path) -> None:
    call_command("prepare")
    assert not User.objects.filter(email="techniker@example.com").exists()


def test_outsiders_within_reach_get_no_demo_data(folder: Path, settings: LazySettings) -> None:
    User.objects.all().delete()
    settings.DEMO_ALLOWED = False
    call_command("prepare")
    assert not User.objects.exists()
    assert Company.objects.current().iban == ""
