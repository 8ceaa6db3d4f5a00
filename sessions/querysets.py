"""Reads of support sessions."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

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

    def live(self) -> "SessionQuerySet":
        """Return what the home page shows: agents that wait or are helped now.

        A session whose line was lost stays in view until its time to come back is over;
        an agent that left before anybody connected does not.
        """
        return (
            self.open()
            .exclude(state=State.WAITING, agent_gone_at__isnull=False)
            .select_related("technician", "customer")
            .order_by("-opened_at", "pk")
        )

    def with_order(self) -> "SessionQuerySet":
        """Return sessions to which a technician came; agents that only waited are left out."""
        return self.filter(models.Q(ordered_at__isnull=False) | models.Q(started_at__isnull=False))

    def opened_in(self, year: int, month: int) -> "SessionQuerySet":
        """Return sessions opened in a month of the shop's calendar."""
        zone = timezone.get_default_timezone()
        first = dt.datetime(year, month, 1, tzinfo=zone)
        following = dt.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        return self.filter(opened_at__gte=first, opened_at__lt=following)
