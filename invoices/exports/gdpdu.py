"""`index.xml`: what tables a data medium for the tax authorities holds, and how to read them.

The description standard of the German tax administration for handing over data (Z3 access,
sec. 147 (6) AO, GoBD no. 167), version of 1 September 2004: the DOCTYPE names its DTD, which
the authorities' own program brings along. Names and order of elements are the standard's.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from lxml import etree

INDEX = "index.xml"
DOCTYPE = '<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">'
DAY_FORMAT = "DD.MM.YYYY"


class Kind(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    DAY = "day"
    COUNT = 0
    AMOUNT = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column with what it means."""

    name: str
    kind: Kind
    about: str = ""


Rows = Iterable[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first `keys` columns identify a row; `refers` maps columns to other tables.

    `rows` gives the rows of a span of days, first and last included.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[dt.date, dt.date], Rows]
    keys: int = 1
    refers: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name.lower()}.csv"

    @property
    def head(self) -> list[str]:
        """The names of its columns."""
        return [column.name for column in self.columns]


@dataclass(frozen=True, slots=True)
class Supplier:
    """Whose data they are."""

    name: str
    place: str
    comment: str


def index_xml(supplier: Supplier, first: dt.date, last: dt.date, tables: Iterable[Table]) -> bytes:
    """Return the file that describes these tables, UTF-8."""
    root = etree.Element("DataSet")
    _add(root, "Version", "1.0")
    origin = _add(root, "DataSupplier")
    _add(origin, "Name", supplier.name)
    _add(origin, "Location", supplier.place)
    _add(origin, "Comment", supplier.comment)
    media = _add(root, "Media")
    _add(media, "Name", "Datenträger 1")
    for table in tables:
        _table(media, table, first, last)
    content: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", doctype=DOCTYPE, pretty_print=True
    )
    return content


def _table(media: etree._Element, table: Table, first: dt.date, last: dt.date) -> None:
    node = _add(media, "Table")
    _add(node, "URL", table.file)
    _add(node, "Name", table.name)
    _add(node, "Description", table.about)
    validity = _add(node, "Validity")
    span = _add(validity, "Range")
    _add(span, "From", f"{first:%d.%m.%Y}")
    _add(span, "To", f"{last:%d.%m.%Y}")
    _add(validity, "Format", DAY_FORMAT)
    _add(node, "UTF8")
    _add(node, "DecimalSymbol", ",")
    _add(node, "DigitGroupingSymbol", ".")
    # The first row has the names of the columns.
    _add(_add(node, "Range"), "From", "2")
    body = _add(node, "VariableLength")
    _add(body, "ColumnDelimiter", ";")
    _add(body, "RecordDelimiter", "\r\n")
    _add(body, "TextEncapsulator", '"')
    for place, column in enumerate(table.columns):
        _column(body, column, "VariablePrimaryKey" if place < table.keys else "VariableColumn")
    for name, other in table.refers:
        key = _add(body, "ForeignKey")
        _add(key, "Name", name)
        _add(key, "References", other)


def _column(body: etree._Element, column: Column, tag: str) -> None:
    node = _add(body, tag)
    _add(node, "Name", column.name)
    if column.about:
        _add(node, "Description", column.about)
    if column.kind is Kind.TEXT:
        _add(node, "AlphaNumeric")
    elif column.kind is Kind.DAY:
        _add(_add(node, "Date"), "Format", DAY_FORMAT)
    else:
        _add(_add(node, "Numeric"), "Accuracy", str(column.kind.value))


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, tag)
    node.text = text
    return node
