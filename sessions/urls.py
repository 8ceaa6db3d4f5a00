"""Addresses of the app."""

from django.urls import path

from sessions import downloads, views

app_name = "sessions"
urlpatterns = [
    path("sitzungen/", views.session_list, name="list"),
    path("sitzungen/verbinden/", views.connect, name="connect"),
    path("sitzungen/live/", views.live, name="live"),
    path("sitzungen/<uuid:session_id>/", views.detail, name="detail"),
    path("sitzungen/<uuid:session_id>/ansicht/", views.viewer, name="viewer"),
    path("sitzungen/<uuid:session_id>/leitung/", views.line, name="line"),
    path("sitzungen/<uuid:session_id>/kunde/", views.customer, name="customer"),
    path("sitzungen/<uuid:session_id>/notizen/", views.notes, name="notes"),
    path("sitzungen/<uuid:session_id>/kulanz/", views.courtesy, name="courtesy"),
    path("sitzungen/<uuid:session_id>/beenden/", views.end, name="end"),
    path("download/<slug:platform>/", downloads.download, name="download"),
]
