"""What happens in a worker between two tasks."""

import time

import pytest
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined] # not in the stubs
from celery.signals import task_prerun
from django.db import connection

from dibuc.celery import app
from invoices.tasks import sweep


def next_task() -> None:
    """Do what Celery does between the end of a task and the work of the next one."""
    fixup = DjangoWorkerFixup(app)
    fixup.on_task_postrun(sweep)
    fixup.on_task_prerun(sweep)
    task_prerun.send(sender=sweep)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_too_old_is_closed_and_any_other_kept() -> None:
    connection.ensure_connection()
    kept = connection.connection
    next_task()
    assert connection.connection is kept
    connection.close_at = time.monotonic()
    next_task()
    assert connection.connection is None
