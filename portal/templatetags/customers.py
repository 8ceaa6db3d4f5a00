"""What other apps know about a customer, for pages that put it together."""

from django import template

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from invoices.models import Invoice
from sessions.models import Session
from sessions.querysets import SessionQuerySet

register = template.Library()

SHOWN_AT_MOST = 10
FOUND_AT_MOST = 8


@register.simple_tag
def sessions_of(customer: Customer) -> SessionQuerySet:
    """Return the customer's last sessions, newest first."""
    found = Session.objects.with_order().filter(customer=customer)
    return found.select_related("technician")[:SHOWN_AT_MOST]


@register.simple_tag
def invoices_of(customer: Customer) -> list[Invoice]:
    """Return the customer's last invoices with what is open, newest first."""
    found = Invoice.objects.with_open().with_charges().filter(customer=customer)
    return list(found[:SHOWN_AT_MOST])


@register.simple_tag
def find_customers(text: str | None) -> CustomerQuerySet:
    """Return the first customers that match what was typed; none for an empty text."""
    words = (text or "").strip()
    return Customer.objects.search(words)[:FOUND_AT_MOST] if words else Customer.objects.none()
