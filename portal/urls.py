"""Addresses of the app."""

from django.urls import path

from portal import appearance, views

app_name = "portal"
urlpatterns = [
    path("", views.public, name="public"),
    path("impressum/", views.imprint, name="imprint"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("firmenlogo/", views.logo, name="logo"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("portal/", views.home, name="home"),
    path("darstellung/", appearance.appearance, name="appearance"),
]
