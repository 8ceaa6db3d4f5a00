"""A DATEV file, field by field."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain import datev
from invoices.domain.datev import SKR03, SKR04, Booking, Header, extf, fits
from invoices.domain.tax import Category

HEADER = Header(
    created_at=dt.datetime(2026, 11, 3, 9, 5, 7, 123456, tzinfo=dt.UTC),
    consultant=29098,
    client=55003,
    fiscal_year=dt.date(2026, 1, 1),
    first=dt.date(2026, 11, 1),
    last=dt.date(2026, 11, 3),
    title="Rechnungen 2026-10",
    chart="03",
)
BOOKING = Booking(
    cents=1700,
    debtor=10042,
    income=8400,
    document="2026-00042",
    booked_on=dt.date(2026, 11, 3),
    served_on=dt.date(2026, 10, 5),
    due_on=dt.date(2026, 11, 17),
    text="Müller & Söhne",
)


def read(content: bytes) -> list[list[str]]:
    text = content.decode("cp1252")
    assert text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def row(booking: Booking) -> dict[str, str]:
    return dict(zip(datev.COLUMNS, read(extf(HEADER, [booking]))[2], strict=True))


def test_more_rows_than_a_file_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datev, "MAX_ROWS", 1)
    with pytest.raises(ValueError, match="at most, not 2"):
        extf(HEADER, [BOOKING, BOOKING])


def test_the_header_has_31_fields_and_says_what_the_file_is() -> None:
    header, names, *rows = read(extf(HEADER, []))
    assert header == [
        *("EXTF", "700", "21", "Buchungsstapel", "13", "20261103090507123", "", "RE", "", ""),
        *("29098", "55003", "20260101", "4", "20261101", "20261103", "Rechnungen 2026-10", ""),
        *("1", "0", "0", "EUR", "", "", "", "", "03", "", "", "", ""),
    ]
    assert len(header) == 31
    assert names == list(datev.COLUMNS)
    assert rows == []


def test_there_are_125_columns_and_none_twice() -> None:
    assert len(datev.COLUMNS) == len(set(datev.COLUMNS)) == 125
    # Those that we fill stand where DATEV expects them.
    places = {1: "Umsatz", 10: "Belegdatum", 14: "Buchungstext", 114: "Fest", 115: "Leistungsdatum"}
    for place, name in places.items():
        assert datev.COLUMNS[place - 1].startswith(name)


def test_an_invoice_is_booked_from_the_debtor_to_the_revenue() -> None:
    filled = {name: value for name, value in row(BOOKING).items() if value}
    assert filled == {
        "Umsatz (ohne Soll/Haben-Kz)": "17,00",
        "Soll/Haben-Kennzeichen": "S",
        "WKZ Umsatz": "EUR",
        "Konto": "10042",
        "Gegenkonto (ohne BU-Schlüssel)": "8400",
        "Belegdatum": "0311",
        "Belegfeld 1": "2026-00042",
        "Belegfeld 2": "171126",
        "Buchungstext": "Müller & Söhne",
        "Festschreibung": "0",
        "Leistungsdatum": "05102026",
        "Datum Zuord. Steuerperiode": "05102026",
        "Fälligkeit": "17112026",
    }


def test_a_cancellation_is_positive_on_the_other_side() -> None:
    taken_back = Booking(**{**{f: getattr(BOOKING, f) for f in BOOKING.__slots__}, "cents": -1705})
    values = row(taken_back)
    assert values["Umsatz (ohne Soll/Haben-Kz)"] == "17,05"
    assert values["Soll/Haben-Kennzeichen"] == "H"


def test_texts_are_quoted_and_numbers_are_not() -> None:
    line = extf(HEADER, [BOOKING]).decode("cp1252").split("\r\n")[2]
    assert line.startswith('17,00;"S";"EUR";;;;10042;8400;;0311;"2026-00042";"171126";;"Müller')


@pytest.mark.parametrize(
    ("chart", "percent", "category", "small", "account"),
    [
        (SKR03, "19", Category.STANDARD, False, 8400),
        (SKR04, "19.00", Category.STANDARD, False, 4400),
        (SKR03, "7", Category.STANDARD, False, 8300),
        (SKR04, "7", Category.STANDARD, False, 4300),
        (SKR03, "16", Category.STANDARD, False, 8200),
        (SKR03, "0", Category.EXEMPT, False, 8100),
        (SKR04, "0", Category.REVERSE_CHARGE, False, 4336),
        (SKR03, "0", Category.EXEMPT, True, 8195),
    ],
)
def test_each_rate_has_its_account(
    chart: datev.Chart, percent: str, category: Category, small: bool, account: int
) -> None:
    found = chart.revenue(Decimal(percent), category, is_small_business=small)
    assert found == account


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Müller – „Söhne“ €", "Müller – „Söhne“ €"),
        ("Dvořák Łukasz Ōta", "Dvorák ?ukasz Ota"),
        ("🙂 שלום", "? ????"),
        ("a;b\r\nc\td", "a;b  c d"),
        ("e\u0301", "é"),
    ],
)
def test_what_cp1252_lacks_is_written_otherwise_and_never_dropped(text: str, written: str) -> None:
    assert fits(text, 60) == written


@given(st.text(max_size=80))
def test_any_name_keeps_the_file_in_shape(name: str) -> None:
    booking = Booking(**{**{f: getattr(BOOKING, f) for f in BOOKING.__slots__}, "text": name})
    lines = extf(HEADER, [booking]).decode("cp1252").split("\r\n")
    assert len(lines) == 4
    (fields,) = csv.reader([lines[2]], delimiter=";", strict=True)
    assert len(fields) == 125
    assert len(fields[13]) <= 60
