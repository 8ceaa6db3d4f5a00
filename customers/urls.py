"""Addresses of the app."""

from django.urls import path

from customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("neu/", views.create, name="create"),
    path("suche/", views.search, name="search"),
    path("schnell/", views.quick_create, name="quick_create"),
    path("<int:pk>/", views.customer_detail, name="detail"),
    path("<int:pk>/bearbeiten/", views.edit, name="edit"),
    path("<int:pk>/vereinbarungen/", views.agreements, name="agreements"),
    path(
        "<int:pk>/vereinbarungen/<int:agreement_id>/",
        views.agreement_remove,
        name="agreement_remove",
    ),
]
