"""Form fields that several apps use."""

from decimal import Decimal
from typing import Any

from django import forms

MAX_EUROS = Decimal(1_000_000)


class EuroField(forms.DecimalField):
    """An amount in euros, as people write it ('8,50'); `cents` makes an integer of it."""

    def __init__(self, *, least: Decimal = Decimal("0.01"), **kwargs: Any) -> None:
        kwargs.setdefault("max_value", MAX_EUROS)
        super().__init__(min_value=least, decimal_places=2, localize=True, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    @staticmethod
    def cents(value: Decimal) -> int:
        """Return an amount in cents."""
        return int(value * 100)


class CentsField(EuroField):
    """The same for a model's field of integer cents: shown and typed in euros, cleaned to cents."""

    def prepare_value(self, value: Any) -> Any:
        """Return stored cents in euros, and what was typed as it is."""
        return Decimal(value).scaleb(-2) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return what was typed in cents, None for nothing."""
        euros = super().clean(value)
        return None if euros is None else self.cents(euros)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare in euros."""
        return super().has_changed(self.prepare_value(initial), data)
