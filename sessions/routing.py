"""Websocket addresses, and who is asked what before a consumer sees a socket."""

from collections.abc import Callable
from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from django.conf import settings
from django.urls import path, re_path

from sessions.relay.consumers import AgentConsumer, LiveConsumer, TechnicianConsumer
from sessions.relay.ends import Send
from sessions.relay.loop import Receive

# Typed for views, but Channels' router takes ASGI applications.
route = cast("Callable[[str, object], Any]", path)
re_route = cast("Callable[[str, object], Any]", re_path)


def from_page(consumer: Callable[..., Any]) -> Callable[..., Any]:
    """Let only our own pages in, with their log-in.

    The origin must be exactly ours: host, scheme and port. Channels' OriginValidator is
    not used, since its refusal waits for Redis and may wait for ever.
    """
    with_login = cast("Callable[..., Any]", AuthMiddlewareStack(consumer))

    async def guarded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if origins not in OWN_ORIGINS:
            await refuse(scope, receive, send)
        else:
            await with_login(scope, receive, send)

    return guarded


async def refuse(_scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Refuse a socket before it is accepted."""
    await receive()
    await send({"type": "websocket.close"})


# A list of one header each: a second Origin header is nobody's.
OWN_ORIGINS = [[origin.encode()] for origin in settings.ALLOWED_ORIGINS]
technician = from_page(TechnicianConsumer.as_asgi())
websocket_urlpatterns = [
    # An agent has no Origin and no cookie: its route looks at neither log-in nor cookies.
    route("ws/agent/", AgentConsumer.as_asgi()),
    route("ws/technician/<uuid:session_id>/", technician),
    # For the proxy, which brings the page to the process where the agent is.
    route("ws/relay/<slug:relay>/technician/<uuid:session_id>/", technician),
    route("ws/live/", from_page(LiveConsumer.as_asgi())),
    # Without this, every prober of an unknown address would leave an error in the log.
    re_route("", refuse),
]
