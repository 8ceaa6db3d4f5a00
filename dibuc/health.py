"""GET /healthz, for supervisors and monitoring."""

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dibuc.pulse import worker_is_alive

logger = logging.getLogger(__name__)


# A monitor asks every few seconds: a server that hangs must not hold it up.
TIMEOUT_SECONDS = 2


def database_answers() -> bool:
    """Ask the database for nothing much."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
        return False
    return True


def redis_answers() -> bool:
    """Ask Redis whether it is there."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
        ) as client:
            client.ping()
    except redis.RedisError as error:
        logger.warning("Redis does not answer: %s", error)
        return False
    return True


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer 200 when database, Redis and worker answer, else 503 naming what does not.

    Reasons go to the log, not to strangers.
    """
    redis_is_there = redis_answers()
    answers = {
        "database": database_answers(),
        "redis": redis_is_there,
        # Its sign of life lies in Redis.
        "worker": redis_is_there and worker_is_alive(),
    }
    healthy = all(answers.values())
    return JsonResponse({"ok": healthy, **answers}, status=200 if healthy else 503)


class NotHealth(logging.Filter):
    """Keeps Django's line about each 503 of /healthz out of the log: the monitor knows."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return false for a request of /healthz."""
        request = getattr(record, "request", None)
        return getattr(request, "path", None) != "/healthz"
