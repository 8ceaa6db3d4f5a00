"""Customers in the administration pages."""

from django.contrib import admin
from django.http import HttpRequest

from customers.forms import CustomerForm
from customers.models import Customer
from customers.services import customer_create


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    """Search and correct customers; new ones get their number from the service."""

    list_display = ("number", "name", "kind", "postcode", "city", "phone", "email")
    list_filter = ("kind", "country")
    search_fields = ("=number", "company_name", "first_name", "last_name", "city", "email")
    fields = ("number", *CustomerForm.Meta.fields)
    readonly_fields = ("number",)
    ordering = ("number",)

    def save_model(self, request: HttpRequest, obj: Customer, form: object, change: bool) -> None:
        """Let the service number a new customer."""
        if change:
            obj.save()
            return
        fields = {name: getattr(obj, name) for name in CustomerForm.Meta.fields}
        made = customer_create(fields=fields)
        obj.pk, obj.number = made.pk, made.number
