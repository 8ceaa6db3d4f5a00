"""Money and durations as a reader of the page writes them."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from company.domain.tariff import Terms, least_cents

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


@register.filter
def price(terms: Terms) -> str:
    """Return what sessions cost, as one part of a sentence; what is due at least is in it."""
    values = {
        "first": euro(terms.first_block_cents),
        "further": euro(terms.further_block_cents),
        "length": minutes(terms.block_seconds),
    }
    if terms.first_block_cents == terms.further_block_cents:
        text = _("%(first)s for every %(length)s minutes or part of them") % values
    else:
        text = (
            _(
                "%(first)s for the first %(length)s minutes or part of them, then %(further)s for "
                "every further %(length)s minutes or part of them"
            )
            % values
        )
    due = least(terms)
    if due is None:
        return text
    return _("%(price)s, at least %(amount)s (for %(time)s minutes)") % {"price": text, **due}


@register.filter
def least(terms: Terms) -> dict[str, str] | None:
    """Return what is due at least, `amount` and `time` in minutes; None where that is a block."""
    cents = least_cents(terms)
    if cents is None:
        return None
    return {"amount": euro(cents), "time": minutes(terms.minimum_blocks * terms.block_seconds)}
