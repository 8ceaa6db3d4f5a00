"""The downloads that the public page offers."""

import hashlib
import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from portal.offers import offers, visitors_system

BROWSERS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0": "windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15": "macos",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0": "linux",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/142.0 Mobile": None,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile": None,
    "": None,
}
LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0)"


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> str:
    """Build a file for Linux; return its SHA-256."""
    content = b"the agent" * 1000
    digest = hashlib.sha256(content).hexdigest()
    (tmp_path / "agent.run").write_bytes(content)
    entry = {"file": "agent.run", "version": "0.1.0", "sha256": digest, "size": len(content)}
    (tmp_path / "manifest.json").write_text(json.dumps({"linux-x86_64": entry}))
    settings.DOWNLOAD_DIR = tmp_path
    return digest


@pytest.mark.parametrize(("user_agent", "system"), BROWSERS.items())
def test_the_visitors_system_is_read_from_what_the_browser_says(
    user_agent: str, system: str | None
) -> None:
    assert visitors_system(user_agent) == system


def test_before_the_first_build_nothing_is_promised(
    client: Client, db: None, tmp_path: Path, settings: Settings
) -> None:
    settings.DOWNLOAD_DIR = tmp_path
    page = client.get("/", headers={"User-Agent": LINUX}).content.decode()
    assert "download-agent" not in page
    assert page.count("Noch nicht fertig: Wir arbeiten daran.") == 3


def test_the_visitors_own_system_stands_first(built: str) -> None:
    assert [offer.name for offer in offers(LINUX)] == ["Linux", "Windows", "macOS"]
    assert [offer.name for offer in offers(WINDOWS)] == ["Windows", "macOS", "Linux"]


@pytest.mark.parametrize("user_agent", [LINUX, WINDOWS, ""])
def test_there_is_exactly_one_button_to_script_against(
    client: Client, db: None, built: str, user_agent: str
) -> None:
    page = client.get("/", headers={"User-Agent": user_agent}).content.decode()
    assert page.count('data-testid="download-agent"') == 1
    assert 'href="/download/linux/"' in page


def test_the_page_says_version_size_and_check_sum(client: Client, db: None, built: str) -> None:
    page = client.get("/", headers={"User-Agent": LINUX}).content.decode()
    assert "Für Linux herunterladen" in page
    assert "Version 0.1.0, 8,8\u00a0KB" in page
    assert built in page


def test_windows_is_told_honestly(client: Client, db: None, built: str) -> None:
    page = client.get("/", headers={"User-Agent": WINDOWS}).content.decode()
    assert page.count("Noch nicht fertig: Wir arbeiten daran.") == 2
