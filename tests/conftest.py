"""What every test stands on: a database with the migrations' rows and a real Valkey."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from dibuc.valkey import valkey_command, wait_for_redis
from tests.flush import keep_installation


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[None]:
    """Run the embedded Valkey on a socket of its own, unless REDIS_URL names a server."""
    if not settings.REDIS_EMBEDDED:
        wait_for_redis(settings.REDIS_URL, seconds=5)
        yield
        return
    log = Path(settings.DATA_DIR, "valkey.log")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            valkey_command(settings.REDIS_SOCKET, Path(settings.DATA_DIR)),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        wait_for_redis(settings.REDIS_URL, seconds=30)
        yield
        server.terminate()


@pytest.fixture(scope="session")
def redis_client(redis_server: None) -> Iterator[redis.Redis]:
    """Return a connection to the Redis that the portal uses."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def _empty_redis(redis_client: redis.Redis) -> None:
    """Forget limits, caches and messages of the test before."""
    redis_client.flushdb()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let transactional tests flush append-only tables, and keep the migrations' rows."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        keep_installation(patch.setattr)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever lies in tests/integration."""
    folder = Path(__file__).parent / "integration"
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.integration)


def pytest_unconfigure() -> None:
    """Remove the data folder of this run."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
