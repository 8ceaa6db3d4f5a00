"""Addresses of the app."""

from django.urls.resolvers import URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
