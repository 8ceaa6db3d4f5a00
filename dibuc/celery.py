"""The Celery application: workers and beat start from here."""

import contextlib
import gc
import os

from celery import Celery
from celery.signals import task_prerun, worker_init, worker_process_init
from django.db import close_old_connections

from dibuc.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")

# A document leaves tens of thousands of objects; looking for circles among them at every
# seven hundred took a tenth of a worker's time.
COLLECT_EVERY = 20_000

app = Celery("dibuc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def register_pulse(**_signal: object) -> None:
    """Let the worker give signs of life; late, since they need Django's settings."""
    from dibuc import pulse  # noqa: F401, PLC0415


@worker_init.connect
def warm_up(**_signal: object) -> None:
    """Load fonts and styles before the pool is forked, so that its processes share them."""
    from invoices.documents import pdf  # noqa: PLC0415 - needs Django's settings

    with contextlib.suppress(OSError):  # a full disk: whoever needs a document hears of it
        pdf.warm_up()


@worker_process_init.connect
def end_with_the_worker(**_signal: object) -> None:
    """Leave no pool process behind when the worker is killed."""
    die_with_parent()


@worker_process_init.connect
def settle(**_signal: object) -> None:
    """Take what was loaded before the fork out of the garbage collector's rounds.

    It never goes away; left alone, it also stays shared with the parent.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 10, 5)


@task_prerun.connect
def drop_stale_connections(**_signal: object) -> None:
    """Close database connections that are broken or too old, as Django does between requests."""
    close_old_connections()
