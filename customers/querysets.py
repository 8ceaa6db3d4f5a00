"""Reads of customers."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from customers.models import Customer

SEARCH_FIELDS = ("company_name", "first_name", "last_name", "city", "phone", "email")


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Finds customers as a technician types on the phone."""

    def search(self, text: str) -> "CustomerQuerySet":
        """Return the customers in which every word of `text` occurs somewhere."""
        found = self
        for word in text.split():
            match = Q()
            for field in SEARCH_FIELDS:
                match |= Q(**{f"{field}__icontains": word})
            if word.isascii() and word.isdigit() and len(word) <= 9:  # noqa: PLR2004
                match |= Q(number=int(word))
            found = found.filter(match)
        return found

    def by_name(self) -> "CustomerQuerySet":
        """Return them in the order of a telephone book, companies and persons together."""
        name = Case(When(company_name="", then="last_name"), default="company_name")
        return self.order_by(Lower(name), Lower("first_name"), "number")

    def lacking_address(self) -> "CustomerQuerySet":
        """Return the customers to whom no invoice can be written (sec. 14(4) no. 1 UStG)."""
        return self.filter(Q(street="") | Q(postcode="") | Q(city=""))

    def alike(self, *, name: str, postcode: str) -> "CustomerQuerySet":
        """Return customers with the same last name or company at the same postcode."""
        if not name or not postcode:
            return self.none()
        same = Q(company_name__iexact=name) | Q(company_name="", last_name__iexact=name)
        return self.filter(same, postcode=postcode)
