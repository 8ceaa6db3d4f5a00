"""What an invoice number looks like: a pattern of fixed text, year and running number."""

import re

DEFAULT_PATTERN = "{year}-{number:05d}"
# The number is a file name and a part of an address, so its characters are few.
_PATTERN = re.compile(
    r"[A-Za-z0-9._-]{0,10}(?:\{year\}[A-Za-z0-9._-]{0,5})?\{number(?::0[1-9]d)?\}[A-Za-z0-9._-]{0,5}"
)


def check_pattern(pattern: str) -> None:
    """Raise ValueError unless `pattern` can make numbers."""
    if not _PATTERN.fullmatch(pattern) or pattern.startswith((".", "-")):
        msg = (
            f"{pattern!r} is not a pattern for numbers: it needs {{number:05d}}, may have {{year}} "
            "before it, and otherwise letters, digits, dot, hyphen and underscore."
        )
        raise ValueError(msg)


def restarts_each_year(pattern: str) -> bool:
    """Whether numbers begin at 1 again with each year."""
    return "{year}" in pattern


def format_number(pattern: str, year: int, number: int) -> str:
    """Return the invoice number, for example '2026-00042'."""
    check_pattern(pattern)
    return pattern.format(year=year, number=number)
