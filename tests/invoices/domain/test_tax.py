"""Who owes which tax, and what a rate of nothing has to say."""

from decimal import Decimal

import pytest

from invoices.domain.tax import (
    REVERSE_CHARGE,
    SMALL_BUSINESS,
    Category,
    Tax,
    Treatment,
    tax_of,
    treatment_of,
)


@pytest.mark.parametrize(
    ("percent", "category", "reason"),
    [
        ("0", Category.STANDARD, ""),
        ("19", Category.EXEMPT, ""),
        ("0", Category.EXEMPT, ""),
        ("19", Category.STANDARD, "because"),
    ],
)
def test_a_tax_that_contradicts_itself_is_refused(
    percent: str, category: Category, reason: str
) -> None:
    with pytest.raises(ValueError, match=r"VAT of|needs a reason"):
        Tax(Decimal(percent), category, reason)


@pytest.mark.parametrize(
    ("small", "business", "country", "checked", "treatment"),
    [
        (False, False, "DE", False, Treatment.DOMESTIC),
        (False, True, "DE", True, Treatment.DOMESTIC),
        (False, False, "FR", True, Treatment.DOMESTIC),  # a consumer pays our VAT
        (False, True, "FR", False, Treatment.DOMESTIC),  # nobody has checked the VAT ID
        (False, True, "FR", True, Treatment.REVERSE_CHARGE),
        (False, True, "GR", True, Treatment.REVERSE_CHARGE),
        (False, True, "CH", True, Treatment.DOMESTIC),
        (True, True, "FR", True, Treatment.SMALL_BUSINESS),
        (True, False, "DE", False, Treatment.SMALL_BUSINESS),
    ],
)
def test_who_owes_the_tax(
    small: bool, business: bool, country: str, checked: bool, treatment: Treatment
) -> None:
    assert (
        treatment_of(
            is_small_business=small,
            is_business=business,
            country=country,
            home="DE",
            vat_id_checked=checked,
        )
        is treatment
    )


def test_the_treatment_of_the_invoice_wins_over_the_rate_of_the_service() -> None:
    assert tax_of(Decimal(19), Treatment.DOMESTIC) == Tax(Decimal(19))
    assert tax_of(Decimal(19), Treatment.REVERSE_CHARGE) == REVERSE_CHARGE
    assert tax_of(Decimal(7), Treatment.SMALL_BUSINESS) == SMALL_BUSINESS
    exempt = tax_of(Decimal(0), Treatment.DOMESTIC, "§ 4 Nr. 21 UStG")
    assert exempt == Tax(Decimal(0), Category.EXEMPT, "§ 4 Nr. 21 UStG")
