"""Reads of support sessions."""

from typing import TYPE_CHECKING

from django.db import models

from sessions.domain.lifecycle import OPEN_STATES, State

if TYPE_CHECKING:
    from sessions.models import Session


class SessionQuerySet(models.QuerySet["Session"]):
    """Finds sessions by what they mean to the reader."""

    def open(self) -> "SessionQuerySet":
        """Return sessions that can still go on."""
        return self.filter(state__in=OPEN_STATES)

    def billable(self) -> "SessionQuerySet":
        """Return ended sessions with connected time, oldest first."""
        return self.filter(state=State.ENDED, seconds__gt=0).order_by("started_at", "pk")
