"""Addresses of the app."""

from django.urls import path, register_converter

from invoices.converters import MonthConverter
from invoices.views import (
    audit,
    delivery,
    documents,
    dunning,
    dunning_run,
    figures,
    invoice,
    invoice_list,
    items,
    month,
    payments,
)

register_converter(MonthConverter, "month")

app_name = "invoices"
urlpatterns = [
    path("monat/", month.month_page, name="month"),
    path("monat/<month:month>/", month.month_page, name="month"),
    path("monat/<month:month>/rechnungen/", month.run_start, name="run"),
    path(
        "monat/<month:month>/rechnungen/<int:customer_id>/",
        month.customer_run,
        name="run_customer",
    ),
    path("monat/<month:month>/anhalten/", month.run_pause, name="pause"),
    path("monat/<month:month>/fortsetzen/", month.run_resume, name="resume"),
    path("monat/<month:month>/fortschritt/", month.progress, name="progress"),
    path("monat/<month:month>/export/", month.export_start, name="export"),
    path("monat/<month:month>/export/<int:export_id>.zip", month.export_file, name="export_file"),
    path("monat/<month:month>/versand/", delivery.send_month, name="send_month"),
    path("briefe/", delivery.print_batch, name="print_batch"),
    path("briefe/<int:batch_id>.pdf", delivery.batch_file, name="batch_file"),
    path("briefe/<int:batch_id>/wiederholen/", delivery.batch_retry, name="batch_retry"),
    path("briefe/<int:batch_id>/verschickt/", delivery.batch_sent, name="batch_sent"),
    path("rechnungen/", invoice_list.invoices_page, name="list"),
    path("rechnungen/<str:number>.pdf", documents.invoice_pdf, name="pdf"),
    path("rechnungen/<str:number>/", invoice.invoice_page, name="detail"),
    path("rechnungen/<str:number>/stornieren/", invoice.invoice_cancel, name="cancel"),
    path("rechnungen/<str:number>/senden/", invoice.invoice_send, name="send"),
    path("rechnungen/<str:number>/ausbuchen/", invoice.invoice_write_off, name="write_off"),
    path(
        "rechnungen/<str:number>/zustellung/<uuid:delivery_id>/",
        invoice.delivery_settle,
        name="settle",
    ),
    path(
        "rechnungen/<str:number>/zahlung/<int:payment_id>/",
        invoice.payment_undo,
        name="payment_undo",
    ),
    path("kunden/<int:customer_id>/leistungen/", items.items_page, name="items"),
    path(
        "kunden/<int:customer_id>/leistungen/<int:item_id>/",
        items.item_remove,
        name="item_remove",
    ),
    path("sitzungen/<uuid:session_id>/rechnung/", invoice.session_invoice, name="session"),
    path("offene-posten/", payments.open_items, name="open_items"),
    path("mahnungen/", dunning.reminders_page, name="reminders"),
    path("mahnungen/basiszinssatz/", dunning.base_rate_enter, name="base_rate"),
    path("mahnungen/alle/", dunning_run.question, name="remind_all"),
    path("mahnungen/alle/fortschritt/", dunning_run.progress, name="remind_progress"),
    path("mahnungen/<str:number>/", dunning.reminder_issue, name="remind"),
    path("mahnungen/<str:number>/<int:level>/senden/", dunning.reminder_send, name="send_reminder"),
    path("mahnungen/<str:number>/<int:level>.pdf", dunning.reminder_pdf, name="reminder_pdf"),
    path("pruefung/", audit.audit_page, name="audit"),
    path("pruefung/packen/", audit.audit_start, name="audit_start"),
    path("pruefung/fortschritt/", audit.audit_progress, name="audit_progress"),
    path("pruefung/<int:export_id>.zip", audit.audit_file, name="audit_file"),
    path("zahlen/", figures.figures_page, name="figures"),
    path("zahlen/<slug:name>.csv", figures.figures_csv, name="figures_csv"),
    path("zahlungen/", payments.payments_page, name="payments"),
    path("zahlungen/kontoauszug/", payments.statement_import, name="statement"),
    path("zahlungen/neu/", payments.payment_record, name="payment"),
    path("zahlungen/sichere/", payments.match_sure, name="match_sure"),
    path("zahlungen/<int:payment_id>/", payments.payment_match, name="match"),
    path("ihre-rechnung/<str:token>/", documents.customer_page, name="customer"),
    path("ihre-rechnung/<str:token>/rechnung.pdf", documents.customer_pdf, name="customer_pdf"),
]
