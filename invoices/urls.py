"""Addresses of the app."""

from django.urls import path, register_converter

from invoices.converters import MonthConverter
from invoices.views import documents, month

register_converter(MonthConverter, "month")

app_name = "invoices"
urlpatterns = [
    path("monat/", month.month_page, name="month"),
    path("monat/<month:month>/", month.month_page, name="month"),
    path("monat/<month:month>/rechnungen/", month.run_start, name="run"),
    path("monat/<month:month>/fortschritt/", month.progress, name="progress"),
    path("monat/<month:month>/export/", month.export_start, name="export"),
    path("monat/<month:month>/export/<int:export_id>.zip", month.export_file, name="export_file"),
    path("rechnungen/<str:number>.pdf", documents.invoice_pdf, name="pdf"),
    path("ihre-rechnung/<str:token>/", documents.customer_page, name="customer"),
    path("ihre-rechnung/<str:token>/rechnung.pdf", documents.customer_pdf, name="customer_pdf"),
]
