"""Addresses of the app."""

from django.urls import path

from technicians import views

app_name = "technicians"
urlpatterns = [path("profil/", views.profile, name="profile")]
