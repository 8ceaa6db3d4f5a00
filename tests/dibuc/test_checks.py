"""System checks: each wrong setting has its name, and the shipped ones are content."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import CheckMessage, run_checks

from dibuc import checks, env
from tests.services import free_port


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


def test_a_data_folder_that_is_gone_is_found(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    assert ids(checks.data_folder()) == ["dibuc.E005"]


@pytest.mark.parametrize("key", ["secret", "a" * 60, "ab" * 30])
def test_a_key_that_can_be_guessed_is_found(settings: LazySettings, key: str) -> None:
    settings.SECRET_KEY = key
    assert ids(checks.secret_key()) == ["dibuc.E006"]


@pytest.mark.parametrize("missing", ["transaction_mode", "timeout", "init_command"])
def test_sqlite_without_one_of_its_options_is_found(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings, missing: str
) -> None:
    options = {name: value for name, value in env.SQLITE_OPTIONS.items() if name != missing}
    database = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    found = checks.sqlite_options()
    assert ids(found) == ["dibuc.E007"]
    assert missing in found[0].msg


def test_missing_front_end_files_are_named(settings: LazySettings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    vendor = tmp_path / "static" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "htmx.min.js").touch()
    found = checks.vendor_files()
    assert ids(found) == ["dibuc.E008"]
    assert "bootstrap.min.css" in found[0].msg
    assert "htmx" not in found[0].msg


def test_demo_log_ins_within_reach_of_others_are_refused(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.DEMO_FILE = tmp_path / "demo-logins"
    settings.DEMO_ALLOWED = False
    assert checks.demo_log_ins() == []
    settings.DEMO_FILE.touch()
    assert ids(checks.demo_log_ins()) == ["dibuc.E009"]
    settings.DEMO_ALLOWED = True
    assert checks.demo_log_ins() == []


def test_a_public_address_without_https_and_debug_outside_are_warned_of(
    settings: LazySettings,
) -> None:
    settings.PUBLIC_URL, settings.IS_HTTPS = "http://support.example.com", False
    settings.DEBUG = True
    assert ids(checks.public_address()) == ["dibuc.W001", "dibuc.W002"]
    settings.PUBLIC_URL = "http://localhost:8000"
    assert checks.public_address() == []


def test_a_redis_that_is_not_there_is_found(settings: LazySettings) -> None:
    settings.REDIS_EMBEDDED = False
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert checks.redis_answers() == [], "only asked for together with the database"
    assert ids(checks.redis_answers(databases=["default"])) == ["dibuc.E011"]


@pytest.mark.django_db
def test_the_settings_as_shipped_are_content() -> None:
    assert run_checks(databases=["default"]) == []
