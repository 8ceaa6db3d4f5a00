"""Workers that work at once, in the process of the test."""

from typing import Any

import pytest

from invoices import tasks


@pytest.fixture(autouse=True)
def workers_here(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    """Let tasks be worked on at once, in this process."""
    for task in (tasks.run_item, tasks.export, tasks.deliver, tasks.print_batch):
        monkeypatch.setattr(task, "delay", task)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda function, **_: function())
