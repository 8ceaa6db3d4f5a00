"""Websocket addresses, below `ws/agent/` and `ws/`."""

from django.urls import path

from sessions.relay.consumers import AgentConsumer, LiveConsumer, TechnicianConsumer

agent_urlpatterns = [path("", AgentConsumer.as_asgi())]
browser_urlpatterns = [
    path("technician/<uuid:session_id>/", TechnicianConsumer.as_asgi()),
    path("live/", LiveConsumer.as_asgi()),
]
