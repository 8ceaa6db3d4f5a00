"""How a service is taxed: the categories of EN 16931 (UNTDID 5305) that this shop can meet."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# With two places, as the database gives it back: rows that were just written print like read ones.
NO_VAT = Decimal("0.00")
# Whose businesses owe the VAT of a service themselves (art. 196 of directive 2006/112/EC).
EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


class Category(StrEnum):
    """VAT category code (BT-118, BT-151)."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"


class Treatment(StrEnum):
    """What holds for a whole invoice, by who sells to whom."""

    DOMESTIC = "domestic"
    # Sec. 13b (5) UStG mirrored: the business abroad owes the tax, and the net price.
    REVERSE_CHARGE = "reverse-charge"
    # Sec. 19 UStG: the small business shows no VAT and asks the promised price.
    SMALL_BUSINESS = "small-business"


@dataclass(frozen=True, slots=True, order=True)
class Tax:
    """One rate of an invoice: all lines with the same one make one row of the breakdown.

    `reason` is a key of the sentence that a rate of nothing needs (BT-120), or that
    sentence itself where a person wrote it; empty for a rate above nothing.
    """

    percent: Decimal
    category: Category = Category.STANDARD
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.category is Category.STANDARD) != (self.percent > 0):
            msg = f"VAT of {self.percent} % does not go with category {self.category}."
            raise ValueError(msg)
        if (self.percent > 0) == bool(self.reason):
            msg = "A rate of nothing needs a reason, any other one has none."
            raise ValueError(msg)


REVERSE_CHARGE = Tax(NO_VAT, Category.REVERSE_CHARGE, Treatment.REVERSE_CHARGE)
SMALL_BUSINESS = Tax(NO_VAT, Category.EXEMPT, Treatment.SMALL_BUSINESS)


def treatment_of(
    *, is_small_business: bool, is_business: bool, country: str, home: str, vat_id_checked: bool
) -> Treatment:
    """Return how an invoice to a buyer in `country` of a seller in `home` is taxed.

    A VAT ID counts only when somebody has checked it: without it the tax would be owed by
    the shop, so the domestic rate holds.
    """
    if is_small_business:
        return Treatment.SMALL_BUSINESS
    is_abroad = country != home and country in EUROPEAN_UNION
    if is_business and is_abroad and vat_id_checked:
        return Treatment.REVERSE_CHARGE
    return Treatment.DOMESTIC


def tax_of(percent: Decimal, treatment: Treatment, reason: str = "") -> Tax:
    """Return the tax of a service whose own rate is `percent`; `reason` explains a rate of 0."""
    if treatment is Treatment.REVERSE_CHARGE:
        return REVERSE_CHARGE
    if treatment is Treatment.SMALL_BUSINESS:
        return SMALL_BUSINESS
    if percent == 0:
        return Tax(NO_VAT, Category.EXEMPT, reason)
    return Tax(percent)
