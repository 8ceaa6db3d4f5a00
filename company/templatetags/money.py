"""Money and durations as a reader of the page writes them."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

register = template.Library()

NO_BREAK_SPACE = "\u00a0"


@register.filter
def euro(cents: int | None) -> str:
    """Return integer `cents` as an amount: '8,50 €' in German, '€8.50' in English.

    Nothing (None) gives an empty text. The amount never breaks over two lines.
    """
    if cents is None:
        return ""
    amount = number_format(Decimal(abs(cents)) / 100, decimal_pos=2, force_grouping=True)
    sign = "−" if cents < 0 else ""
    if get_language() == "en":
        return f"{sign}€{amount}"
    return f"{sign}{amount}{NO_BREAK_SPACE}€"


@register.filter
def duration(seconds: float | None) -> str:
    """Return `seconds`, rounded down, as a clock: '1:02:03', '0:08'; None gives an empty text."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}"


@register.filter
def minutes(seconds: int | None) -> str:
    """Return `seconds` as whole minutes where they are that, else as a clock.

    For block lengths: 600 gives '10', 90 gives '1:30'.
    """
    if seconds is None:
        return ""
    return str(seconds // 60) if seconds % 60 == 0 else duration(seconds)
