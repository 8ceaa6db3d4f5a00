"""Websocket addresses."""

from django.urls.resolvers import URLPattern

agent_urlpatterns: list[URLPattern] = []
browser_urlpatterns: list[URLPattern] = []
