"""The portal's project: settings, URLs, ASGI and Celery entry points."""

from dibuc.celery import app as celery_app

__all__ = ["celery_app"]
