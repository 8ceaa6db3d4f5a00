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
LIVE_CHANGED = "live.changed"
SESSION_ENDED = "session.ended"
AGENT_MOVED = "agent.moved"
CUSTOMER_CHANGED = "customer.changed"
RIGHTS_CHANGED = "rights.changed"


def session_group(session_id: UUID) -> str:
    """Return the group of the sockets of both ends of a session."""
    return f"session.{session_id.hex}"


def user_group(user_id: int) -> str:
    """Return the group of all sockets that a user has open."""
    return f"user.{user_id}"


def live_changed() -> None:
    """Tell every technician's home page that its list is out of date."""
    _after_commit(LIVE_GROUP, LIVE_CHANGED)


def session_ended(session: "Session") -> None:
    """Tell both ends that the session is over, whoever ended it."""
    _after_commit(session_group(session.pk), SESSION_ENDED)
    live_changed()


def customer_changed(session: "Session") -> None:
    """Tell both ends' sockets that the session's prices may be others now."""
    _after_commit(session_group(session.pk), CUSTOMER_CHANGED)
    live_changed()


def agent_moved(session: "Session") -> None:
    """Tell both ends' sockets that the agent has come to another server process."""
    _after_commit(session_group(session.pk), AGENT_MOVED)


def rights_changed(user_id: int) -> None:
    """Tell a user's open sockets to look again whether they may stay."""
    _after_commit(user_group(user_id), RIGHTS_CHANGED)


def _after_commit(group: str, kind: str) -> None:
    def send() -> None:
        layer = get_channel_layer()
        if layer is not None:
            async_to_sync(layer.group_send)(group, {"type": kind})

    # A function, not a partial: Django's log of what failed here asks for its name.
    transaction.on_commit(send, robust=True)
