"""The customer's own page of an invoice, reached by a link that only its mail contains."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from invoices.models import Invoice

SALT = "invoices.customer-page"
DAYS = 90


class LinkError(Exception):
    """Not one of our links, or one whose time is over (`is_old`)."""

    def __init__(self, *, is_old: bool) -> None:
        super().__init__("too old" if is_old else "not ours")
        self.is_old = is_old


def customer_link(invoice: Invoice) -> str:
    """Return the whole address of the customer's page; it works for 90 days."""
    token = signing.dumps(invoice.pk, salt=SALT)
    return settings.PUBLIC_URL.rstrip("/") + reverse("invoices:customer", args=[token])


def invoice_of(token: str) -> int:
    """Return the invoice's key that a link names; raise LinkError."""
    try:
        key = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.SignatureExpired as error:
        raise LinkError(is_old=True) from error
    except signing.BadSignature as error:
        raise LinkError(is_old=False) from error
    return int(key)
