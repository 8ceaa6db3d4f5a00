"""The Celery application: workers and beat start from here."""

import os

from celery import Celery
from celery.signals import worker_init, worker_process_init

from dibuc.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")

app = Celery("dibuc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def register_pulse(**_signal: object) -> None:
    """Let the worker give signs of life; late, since they need Django's settings."""
    from dibuc import pulse  # noqa: F401, PLC0415


@worker_process_init.connect
def end_with_the_worker(**_signal: object) -> None:
    """Leave no pool process behind when the worker is killed."""
    die_with_parent()
