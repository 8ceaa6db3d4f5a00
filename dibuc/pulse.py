"""The worker's sign of life: a key in Redis that /healthz looks for."""

import time

from celery.signals import heartbeat_sent, worker_ready
from django.core.cache import cache

KEY = "worker-pulse"
# The worker's main process sends one every 2 s, busy or not.
SILENT_SECONDS = 15


@worker_ready.connect
@heartbeat_sent.connect
def beat(**_signal: object) -> None:
    """Say that a worker is there and its line to Redis stands."""
    cache.set(KEY, time.time(), timeout=SILENT_SECONDS)


def worker_is_alive() -> bool:
    """Return whether any worker was heard of within SILENT_SECONDS."""
    return cache.get(KEY) is not None
