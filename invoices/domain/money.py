"""Amounts for people: integer cents in, text out, German or English."""

from decimal import Decimal

CENT = Decimal("0.01")


def as_decimal(cents: int) -> Decimal:
    """Return `cents` as an exact amount in euros with two places: 850 is 8.50."""
    return Decimal(cents).scaleb(-2).quantize(CENT)


def format_amount(cents: int, language: str = "de") -> str:
    """Return the amount without currency: 123456 is '1.234,56' (de), '1,234.56' (en).

    A negative amount carries the typographic minus (U+2212), as DIN 5008 asks.
    """
    euros, rest = divmod(abs(cents), 100)
    text = f"{euros:,}.{rest:02d}"
    if language.startswith("de"):
        text = text.translate(str.maketrans(",.", ".,"))
    return f"−{text}" if cents < 0 else text


def format_euros(cents: int, language: str = "de") -> str:
    """Return the amount with currency: '8,50 €' (de), '€8.50' (en).

    The space is a no-break space, so that no line ends between number and sign.
    """
    amount = format_amount(cents, language)
    if language.startswith("de"):
        return f"{amount}\N{NO-BREAK SPACE}€"
    return f"−€{amount[1:]}" if cents < 0 else f"€{amount}"


def format_percent(percent: Decimal, language: str = "de") -> str:
    """Return a rate without needless zeros: 19.00 is '19 %' (de), '19%' (en)."""
    text = format(percent.normalize(), "f")
    if language.startswith("de"):
        return f"{text.replace('.', ',')}\N{NO-BREAK SPACE}%"
    return f"{text}%"
