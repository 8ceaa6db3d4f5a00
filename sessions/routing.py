"""Websocket addresses, and who is asked what before a consumer sees a socket."""

from collections.abc import Callable
from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import path, re_path

from sessions.relay.consumers import AgentConsumer, LiveConsumer, TechnicianConsumer

# Typed for views, but Channels' router takes ASGI applications.
route = cast("Callable[[str, object], Any]", path)
re_route = cast("Callable[[str, object], Any]", re_path)


def from_page(consumer: Callable[..., Any]) -> object:
    """Let only our own pages in, with their log-in.

    The origin must be exactly ours: Channels' AllowedHostsOriginValidator would accept
    other ports and schemes of the same host.
    """
    return OriginValidator(AuthMiddlewareStack(consumer), settings.ALLOWED_ORIGINS)


async def nothing_here(
    _scope: object, _receive: object, send: Callable[[dict[str, str]], Any]
) -> None:
    """Refuse an unknown address, without an error in the log for every prober."""
    await send({"type": "websocket.close"})


websocket_urlpatterns = [
    # An agent has no Origin and no cookie: its route looks at neither log-in nor cookies.
    route("ws/agent/", AgentConsumer.as_asgi()),
    route("ws/technician/<uuid:session_id>/", from_page(TechnicianConsumer.as_asgi())),
    route("ws/live/", from_page(LiveConsumer.as_asgi())),
    re_route("", nothing_here),
]
