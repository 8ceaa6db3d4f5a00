"""What every test stands on: a database with the migrations' rows and a real Valkey."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from dibuc.valkey import running_valkey, wait_for_redis
from tests.flush import close_other_connections, keep_installation

# A busy machine is no fault of the code: nothing here is measured by the clock.
hypothesis_settings.register_profile(
    "dibuc", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("dibuc")


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[None]:
    """Run the embedded Valkey on a socket of its own, unless REDIS_URL names a server."""
    if not settings.REDIS_EMBEDDED:
        wait_for_redis(settings.REDIS_URL, seconds=5)
        yield
        return
    folder = Path(settings.DATA_DIR)
    with running_valkey(settings.REDIS_SOCKET, folder, log=folder / "valkey.log"):
        yield


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
        close_other_connections()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever lies in tests/integration."""
    folder = Path(__file__).parent / "integration"
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.integration)


def pytest_unconfigure() -> None:
    """Remove the data folder of this run."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
