"""Addresses of the app."""

from django.urls import path, register_converter

from invoices import views
from invoices.converters import MonthConverter

register_converter(MonthConverter, "month")

app_name = "invoices"
urlpatterns = [
    path("monat/", views.month_page, name="month"),
    path("monat/<month:month>/", views.month_page, name="month"),
    path("monat/<month:month>/rechnungen/", views.run_start, name="run"),
    path("monat/<month:month>/fortschritt/", views.progress, name="progress"),
    path("monat/<month:month>/export/", views.export_start, name="export"),
    path("monat/<month:month>/export/<int:export_id>.zip", views.export_file, name="export_file"),
    path("rechnungen/<str:number>.pdf", views.invoice_pdf, name="pdf"),
]
