"""Background work of the app."""

from celery import shared_task
from django.utils import timezone

from sessions.services import sessions_sweep


@shared_task(name="sessions.sweep")
def sweep() -> None:
    """Close and end what nobody finished. Every ten seconds, by the beat."""
    sessions_sweep(now=timezone.now())
