"""Tables for spreadsheets: CSV as a German Excel opens it."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

from invoices.domain.money import format_amount

ROWS_IN_PIECE = 500
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
    return b"".join(table_pieces(head, rows))


def table_pieces(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield the same table in pieces, as its rows come."""
    yield codecs.BOM_UTF8
    yield from plain_pieces(itertools.chain([head], rows))


def plain_pieces(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield rows, semicolons between their cells, in pieces of UTF-8."""
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, ROWS_IN_PIECE)):
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(some)
        yield stream.getvalue().encode()
