"""Writes of customers."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from company import audit
from customers.models import Agreement, Customer, NumberCounter
from technicians.models import User


def _next_number() -> int:
    """Take the next customer number; the caller's transaction holds the lock until it ends.

    Numbers that were written past the counter (an import) are left out.
    """
    NumberCounter.objects.get_or_create(pk=1)
    counter = NumberCounter.objects.select_for_update().get(pk=1)
    highest = Customer.objects.aggregate(highest=models.Max("number", default=0))["highest"]
    counter.last = max(counter.last, highest) + 1
    counter.save(update_fields=["last"])
    return counter.last


@transaction.atomic
def customer_create(*, fields: Mapping[str, object]) -> Customer:
    """Make a customer of `fields` (names as on the model) with the next customer number.

    Raises ValidationError, by field, and then takes no number.
    """
    customer = Customer(**fields)
    customer.full_clean(exclude={"number"})
    customer.number = _next_number()
    customer.save(force_insert=True)
    return customer


@transaction.atomic
def customer_update(
    *, customer: Customer, fields: Mapping[str, object], seen: str | None = None
) -> Customer:
    """Change `fields` of `customer`.

    `seen` is the `version` of the customer that the writer saw: if somebody else has
    changed it since, ValidationError with the code 'changed' says so and nothing is lost.
    """
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if seen is not None and seen != current.version:
        raise ValidationError(
            _(
                "Somebody else has changed this customer meanwhile. Your entries are still "
                "below: compare them with the customer's page and save again."
            ),
            code="changed",
        )
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean()
    current.save()
    return current


@transaction.atomic
def agreement_add(*, agreement: Agreement, customer: Customer, by: User | None) -> Agreement:
    """Store what was agreed with a customer. Raises ValidationError for a second one a day."""
    agreement.customer = customer
    agreement.full_clean()
    agreement.save(force_insert=True)
    audit.record(
        "agreement.added",
        actor=by,
        subject=f"customer {customer.number}",
        details={"valid_from": agreement.valid_from.isoformat()},
    )
    return agreement


@transaction.atomic
def agreement_remove(*, agreement: Agreement, by: User | None) -> bool:
    """Delete an agreement that has not begun; return whether it was one."""
    if agreement.has_begun:
        return False
    audit.record(
        "agreement.removed",
        actor=by,
        subject=f"customer {agreement.customer.number}",
        details={"valid_from": agreement.valid_from.isoformat()},
    )
    agreement.delete()
    return True
