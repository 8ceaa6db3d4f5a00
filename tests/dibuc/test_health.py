"""/healthz: says what does not answer, and nothing more."""

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client

from dibuc import pulse
from tests.services import free_port

pytestmark = pytest.mark.django_db


def answer() -> tuple[int, dict[str, bool]]:
    response = Client().get("/healthz")
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache")
    return response.status_code, response.json()


def test_no_worker_is_a_fault() -> None:
    assert answer() == (503, {"ok": False, "database": True, "redis": True, "worker": False})


def test_no_redis_is_a_fault_and_the_worker_is_unknown(settings: LazySettings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    pulse.beat()
    assert answer() == (503, {"ok": False, "database": True, "redis": False, "worker": False})


def test_no_database_is_a_fault_and_its_words_stay_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise DatabaseError("password of user dibuc is wrong")

    pulse.beat()
    monkeypatch.setattr(connection, "cursor", refuse)
    assert answer() == (503, {"ok": False, "database": False, "redis": True, "worker": True})
    assert "password of user dibuc is wrong" in caplog.text


def test_other_methods_are_refused() -> None:
    assert Client().post("/healthz").status_code == 405


def test_everything_there_is_healthy_and_a_silent_worker_is_missed() -> None:
    pulse.beat()
    assert answer() == (200, {"ok": True, "database": True, "redis": True, "worker": True})
    cache.touch(pulse.KEY, 0)
    assert answer()[0] == 503
