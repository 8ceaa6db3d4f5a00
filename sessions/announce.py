"""Short messages through the channel layer: what changed, never pictures or contents.

They leave after commit, and a Redis that does not answer is logged, not raised: the
database is right without them, and the relay checks again by itself.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

if TYPE_CHECKING:
    from sessions.models import Session

LIVE_GROUP = "live"


def session_group(session_id: UUID) -> str:
    """Return the group of the sockets of both ends of a session."""
    return f"session.{session_id.hex}"


def user_group(user_id: int) -> str:
    """Return the group of all sockets that a user has open."""
    return f"user.{user_id}"


def live_changed() -> None:
    """Tell every technician's home page that its list is out of date."""
    _after_commit(LIVE_GROUP, {"type": "live.changed"})


def session_ended(session: "Session") -> None:
    """Tell both ends that the session is over, whoever ended it."""
    _after_commit(session_group(session.pk), {"type": "session.ended"})
    live_changed()


def rights_changed(user_id: int) -> None:
    """Tell a user's open sockets to look again whether they may stay."""
    _after_commit(user_group(user_id), {"type": "rights.changed"})


def _after_commit(group: str, message: dict[str, str]) -> None:
    # A function with a name: Django's log line of a failing callback asks for it.
    transaction.on_commit(lambda: _send(group, message), robust=True)


def _send(group: str, message: dict[str, str]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(group, message)
