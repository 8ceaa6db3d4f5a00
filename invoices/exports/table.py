"""Tables for spreadsheets: CSV as a German Excel opens it."""

import csv
import io
from collections.abc import Iterable, Sequence

from invoices.domain.money import format_amount

# A spreadsheet takes a cell that begins like this for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Return the text so that no spreadsheet runs it: an apostrophe before a formula's sign."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def amount_text(cents: int) -> str:
    """Return an amount that a German spreadsheet reads as a number: 1234,50 or -0,01."""
    return format_amount(cents).replace(".", "").replace("−", "-")


def table_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table: semicolons, UTF-8 with byte order mark; texts are already `neutral`."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8-sig")
