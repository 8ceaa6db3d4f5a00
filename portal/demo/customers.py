"""Demo customers: mostly consumers, some businesses, one whose address is still missing."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from customers.models import Customer, NumberCounter

BUSINESS_SHARE = 0.35
PHONE_PREFIX = "06233 000-"


@cache
def shop() -> dict[str, Any]:
    """Return the lists of names, places and notes."""
    text = Path(__file__).with_name("shop.json").read_text(encoding="utf-8")
    lists: dict[str, Any] = json.loads(text)
    return lists


def customers_make(*, seed: int, count: int) -> list[Customer]:
    """Return `count` demo customers, adding those that are not there yet.

    A customer is known again by the phone number, which is made of seed and place.
    """
    wanted = [_customer(seed, index) for index in range(count)]
    phones = [customer.phone for customer in wanted]
    known = {customer.phone: customer for customer in _known(phones)}
    new = [customer for customer in wanted if customer.phone not in known]
    with transaction.atomic():
        counter, _created = NumberCounter.objects.select_for_update().get_or_create(pk=1)
        highest = Customer.objects.order_by("-number").values_list("number", flat=True).first()
        last = max(counter.last, highest or 0)
        for number, customer in enumerate(new, start=last + 1):
            customer.number = number
        Customer.objects.bulk_create(new, batch_size=500)
        counter.last = last + len(new)
        counter.save()
    known |= {customer.phone: customer for customer in _known([c.phone for c in new])}
    return [known[phone] for phone in phones]


def _known(phones: list[str]) -> list[Customer]:
    found: list[Customer] = []
    for start in range(0, len(phones), 500):
        found += Customer.objects.filter(phone__in=phones[start : start + 500])
    return found


def _customer(seed: int, index: int) -> Customer:
    # A generator each: the hundredth customer is the same whether 100 or 500 are made.
    chance = random.Random(f"customer {seed} {index}")  # noqa: S311 - not for secrets
    lists = shop()
    salutation = chance.choice(["Frau", "Herr"])
    first, last = (
        chance.choice(lists["first_names"][salutation]),
        chance.choice(lists["last_names"]),
    )
    is_business = chance.random() < BUSINESS_SHARE
    postcode, city = chance.choice(lists["towns"])
    street = f"{chance.choice(lists['streets'])} {chance.randint(1, 98)}"
    customer = Customer(
        kind=Customer.Kind.BUSINESS if is_business else Customer.Kind.CONSUMER,
        company_name=chance.choice(lists["trades"]) % last if is_business else "",
        salutation=salutation,
        first_name=first,
        last_name=last,
        street=street,
        postcode=postcode,
        city=city,
        phone=f"{PHONE_PREFIX}{seed}{index:05d}",
        email=f"kunde{index + 1}@example.com" if chance.random() < 0.8 else "",  # noqa: PLR2004
    )
    if index == 2:  # noqa: PLR2004 - the third one has only been on the phone so far
        customer.street = customer.postcode = customer.city = ""
    return customer
