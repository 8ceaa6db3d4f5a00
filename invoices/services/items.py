"""Items entered by hand, until an invoice claims them."""

from django.db import transaction

from company import audit
from customers.models import Customer
from invoices.models import Item
from technicians.models import User


class ItemBilledError(Exception):
    """The item is on an invoice: only its cancellation gives it free."""


def item_add(*, item: Item, customer: Customer, by: User | None) -> Item:
    """Store a new item of a customer."""
    item.customer, item.created_by = customer, by
    with transaction.atomic():
        item.save(force_insert=True)
        audit.record(
            "item.added",
            actor=by,
            subject=f"customer {customer.number}",
            details={"cents": item.gross_cents},
        )
    return item


def item_remove(*, item: Item, by: User | None) -> None:
    """Delete an item that no invoice has claimed; raise ItemBilledError."""
    with transaction.atomic():
        locked = Item.objects.unbilled().select_for_update(of=("self",)).filter(pk=item.pk).first()
        if locked is None or locked.invoice_lines.exists():
            raise ItemBilledError
        locked.delete()
        audit.record(
            "item.removed",
            actor=by,
            subject=f"customer {item.customer.number}",
            details={"cents": item.gross_cents},
        )
