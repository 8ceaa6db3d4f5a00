"""Addresses of the app."""

from django.urls import path

from portal import appearance, views

app_name = "portal"
urlpatterns = [
    path("", views.public, name="public"),
    path("impressum/", views.imprint, name="imprint"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("portal/", views.home, name="home"),
    path("darstellung/", appearance.appearance, name="appearance"),
]
