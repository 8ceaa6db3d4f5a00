"""The ASGI entry point: HTTP to Django, websockets to the relay."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")
django_application = get_asgi_application()

# Only after Django's set-up may anything be imported that touches models.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from sessions.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {"http": django_application, "websocket": URLRouter(websocket_urlpatterns)}
)
