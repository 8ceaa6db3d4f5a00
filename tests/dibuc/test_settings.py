"""The settings as a whole, read in a process of their own as each start does."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import AsyncClient, Client
from django.utils import translation
from django.utils.formats import date_format

ROOT = Path(__file__).resolve().parents[2]
SHOWN = [
    "ALLOWED_HOSTS",
    "ALLOWED_ORIGINS",
    "DEMO_ALLOWED",
    "IS_HTTPS",
    "PASSWORD_HASHERS",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "REDIS_EMBEDDED",
    "CELERY_BROKER_URL",
]
PROGRAM = (
    "import json; from dibuc import settings; "
    f"print(json.dumps({{name: getattr(settings, name, None) for name in {SHOWN!r}}}, default=str))"
)


def environment(folder: Path, **settings: str) -> dict[str, str]:
    ours = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return clean | {"DIBUC_DATA": str(folder)} | settings


def read(folder: Path, **settings: str) -> dict[str, object]:
    """Return the settings SHOWN as a start with these variables sees them."""
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(made.stdout)
    return found


def test_nothing_set_is_the_embedded_default_on_this_computer_only(tmp_path: Path) -> None:
    shown = read(tmp_path, PORT="8123")
    assert shown["ALLOWED_ORIGINS"] == ["http://127.0.0.1:8123", "http://localhost:8123"]
    assert shown["DEMO_ALLOWED"] is True
    assert shown["REDIS_EMBEDDED"] is True
    assert shown["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_a_public_address_switches_everything_to_https(tmp_path: Path) -> None:
    shown = read(tmp_path, PUBLIC_URL="https://support.example.com/")
    assert shown["ALLOWED_ORIGINS"] == ["https://support.example.com"]
    assert "support.example.com" in str(shown["ALLOWED_HOSTS"])
    assert shown["SESSION_COOKIE_NAME"] == "__Host-login"
    assert shown["SESSION_COOKIE_SECURE"] is True
    assert shown["SECURE_HSTS_SECONDS"] == 31_536_000


@pytest.mark.parametrize(
    "settings",
    [
        {"PUBLIC_URL": "https://support.example.com"},
        {"BIND": "0.0.0.0"},  # noqa: S104
        {"DATABASE_URL": "postgresql://u@h/d"},
    ],
    ids=["public", "bound to the network", "another database"],
)
def test_demo_log_ins_need_the_embedded_database_on_the_loopback(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    assert read(tmp_path, **settings)["DEMO_ALLOWED"] is False


def test_redis_of_ones_own_serves_the_broker_too(tmp_path: Path) -> None:
    shown = read(tmp_path, REDIS_URL="redis://redis.example.com:6379/2")
    assert shown["CELERY_BROKER_URL"] == "redis://redis.example.com:6379/2"
    assert shown["REDIS_EMBEDDED"] is False


def test_a_wrong_setting_is_explained_without_a_traceback(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment(tmp_path, DATABASE_URL="oracle://x"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 1
    assert made.stderr.startswith("The portal cannot start: (dibuc.E003) DATABASE_URL")
    assert "Traceback" not in made.stderr


def test_a_deployment_passes_djangos_own_checks(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment(tmp_path, PUBLIC_URL="https://support.example.com"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@pytest.mark.django_db
def test_every_answer_carries_its_security_headers() -> None:
    headers = Client().get("/healthz").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_too() -> None:
    answer = await AsyncClient().get("/healthz")
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_dates_begin_with_the_day_in_english_too() -> None:
    moment = dt.datetime(2026, 11, 2, 9, 5, tzinfo=dt.UTC)
    with translation.override("en"):
        assert date_format(moment, "SHORT_DATETIME_FORMAT") == "02/11/2026 09:05"
    with translation.override("de"):
        assert date_format(moment, "SHORT_DATE_FORMAT") == "02.11.2026"
