"""Support sessions in the administration: to be read, never to be changed.

What is proof of connected time must not be typed over; customers and notes are changed
on the session's page, where the audit log sees it.
"""

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from sessions.models import Segment, Session


class ReadOnly:
    """Refuses to add, change and delete."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: agents open sessions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: the ledger is proof."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: what was connected stays, and the sweep deletes what never was."""
        return False


class SegmentInline(ReadOnly, admin.TabularInline[Segment, Session]):
    """The stretches of connected time."""

    model = Segment
    fields = ("started_at", "last_seen_at", "ended_at")


@admin.register(Session)
class SessionAdmin(ReadOnly, admin.ModelAdmin[Session]):
    """The list and the page of a session."""

    list_display = (
        "masked_support_id",
        "state",
        "technician",
        "customer",
        "started_at",
        "ended_at",
        "seconds",
        "blocks",
        "amount_cents",
    )
    list_filter = ("state", "end_reason", "technician")
    list_select_related = ("technician", "customer")
    date_hierarchy = "opened_at"
    search_fields = ("support_id", "customer__company_name", "customer__last_name")
    inlines = (SegmentInline,)
    exclude: ClassVar[list[str]] = ["resume_token_hash"]
