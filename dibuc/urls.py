"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls")),
    path("kunden/", include("customers.urls")),
    path("", include("sessions.urls")),
    path("", include("invoices.urls")),
    path("konto/", include("allauth.account.urls")),
    path("konto/2fa/", include("allauth.mfa.urls")),
    path("sprache/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
