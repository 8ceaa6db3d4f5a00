"""The ASGI entry point: HTTP to Django, websockets to the relay."""

import os
from typing import TYPE_CHECKING, Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")
django_application = get_asgi_application()

# Only after Django's set-up may anything be imported that touches models.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from sessions.routing import agent_urlpatterns, browser_urlpatterns  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

# Typed for views, but Channels' router puts ASGI applications behind it.
route = cast("Callable[[str, object], Any]", path)
router = cast("Callable[[object], Any]", URLRouter)

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": URLRouter(
            [
                # An agent has no Origin and no cookie: its route looks at neither.
                route("ws/agent/", router(agent_urlpatterns)),
                route(
                    "ws/",
                    # The exact origin: Channels' AllowedHostsOriginValidator would
                    # accept other ports and schemes of the same host.
                    OriginValidator(
                        AuthMiddlewareStack(router(browser_urlpatterns)),
                        settings.ALLOWED_ORIGINS,
                    ),
                ),
            ]
        ),
    }
)
