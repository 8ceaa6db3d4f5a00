"""Bookings in the DATEV format: EXTF, Buchungsstapel, version 13 of format 700.

Field names and their order are DATEV's own and stay German. Amounts are positive, the side
is told by S or H; dates are day and month, the year is that of the fiscal year in the header.
Source: DATEV's description of the format (Header, Buchungsstapel).
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from invoices.domain.tax import Category

VERSION = "700"
CATEGORY = "21"
FORMAT = "Buchungsstapel"
FORMAT_VERSION = "13"
ENCODING = "cp1252"
TEXT_MAX = 60
DOCUMENT_MAX = 36
MAX_ROWS = 99_999
# Personal accounts have one digit more than the others; debtors are 10000 to 69999.
DEBTORS = range(10_000, 70_000)
ACCOUNT_DIGITS = 4

COLUMNS: tuple[str, ...] = (
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
    "Postensperre",
    "Diverse Adressnummer",
    "Geschäftspartnerbank",
    "Sachverhalt",
    "Zinssperre",
    "Beleglink",
    *(f"Beleginfo - {part} {n}" for n in range(1, 9) for part in ("Art", "Inhalt")),
    "KOST1 - Kostenstelle",
    "KOST2 - Kostenstelle",
    "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)",
    "Abw. Versteuerungsart",
    "Sachverhalt L+L",
    "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp",
    "BU 49 Hauptfunktionsnummer",
    "BU 49 Funktionsergänzung",
    *(f"Zusatzinformation{part} {n}" for n in range(1, 21) for part in (" - Art", "- Inhalt")),
    "Stück",
    "Gewicht",
    "Zahlweise",
    "Forderungsart",
    "Veranlagungsjahr",
    "Zugeordnete Fälligkeit",
    "Skontotyp",
    "Auftragsnummer",
    "Buchungstyp",
    "USt-Schlüssel (Anzahlungen)",
    "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)",
    "Erlöskonto (Anzahlungen)",
    "Herkunft-Kz",
    "Buchungs GUID",
    "KOST-Datum",
    "SEPA-Mandatsreferenz",
    "Skontosperre",
    "Gesellschaftername",
    "Beteiligtennummer",
    "Identifikationsnummer",
    "Zeichnernummer",
    "Postensperre bis",
    "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung",
    "Festschreibung",
    "Leistungsdatum",
    "Datum Zuord. Steuerperiode",
    "Fälligkeit",
    "Generalumkehr (GU)",
    "Steuersatz",
    "Land",
    "Abrechnungsreferenz",
    "BVV-Position",
    "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)",
    "Abw. Skontokonto",
)
# Texts are quoted also where they are empty; these are the ones that we fill.
_TEXTS = frozenset({
    "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Belegfeld 1", "Belegfeld 2", "Buchungstext",
    "EU-Land u. UStID (Bestimmung)",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of accounts: the accounts that this shop books on.

    Those for 19 and 7 % calculate the VAT themselves (automatic accounts); for any other rate
    the tax adviser says how it is booked.
    """

    code: str
    receivables: int
    revenue_19: int
    revenue_7: int
    revenue_exempt: int
    revenue_reverse_charge: int
    revenue_small_business: int
    revenue_other: int
    # Damages, without VAT: interest, and costs of letters with the flat amount of the law.
    default_interest: int
    late_costs: int

    def revenue(self, percent: Decimal, category: Category, *, is_small_business: bool) -> int:
        """Return the account of a rate."""
        if is_small_business:
            return self.revenue_small_business
        if category is Category.REVERSE_CHARGE:
            return self.revenue_reverse_charge
        if category is Category.EXEMPT:
            return self.revenue_exempt
        accounts = {Decimal(19): self.revenue_19, Decimal(7): self.revenue_7}
        return accounts.get(percent, self.revenue_other)


SKR03 = Chart("03", 1400, 8400, 8300, 8100, 8336, 8195, 8200, 2650, 2700)
SKR04 = Chart("04", 1200, 4400, 4300, 4100, 4336, 4185, 4200, 7100, 4830)
CHARTS = {chart.code: chart for chart in (SKR03, SKR04)}


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `first` and `last` are the days of its bookings."""

    created_at: dt.datetime
    consultant: int
    client: int
    fiscal_year: dt.date
    first: dt.date
    last: dt.date
    title: str
    chart: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One row: `cents` from a debtor's account to an income account; below 0 it is taken back."""

    cents: int
    debtor: int
    income: int
    document: str
    booked_on: dt.date
    served_on: dt.date
    due_on: dt.date
    text: str
    vat_id: str = ""


def fits(text: str, limit: int) -> str:
    """Return a text that cp1252 holds: what it cannot is written without accents, or as '?'.

    Nothing is dropped without a trace, so that the length of a name still tells something.
    """
    kept = []
    for char in unicodedata.normalize("NFC", text):
        for candidate in (char, unicodedata.normalize("NFKD", char)):
            plain = "".join(part for part in candidate if not unicodedata.combining(part))
            found = candidate if len(candidate) == 1 else plain
            if _encodable(found):
                kept.append(found)
                break
        else:
            kept.append("?")
    return "".join(kept).translate(_CONTROLS)[:limit]


_CONTROLS = dict.fromkeys((*range(32), 127), " ")


def _encodable(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return bool(text)


def extf(header: Header, bookings: Iterable[Booking]) -> bytes:
    """Return the file: header, names of the columns, and a row for each booking.

    Raises ValueError for more rows than a file may have.
    """
    rows = [_header(header), ";".join(COLUMNS)]
    rows += [_row(booking) for booking in bookings]
    if len(rows) - 2 > MAX_ROWS:
        msg = f"A DATEV file holds {MAX_ROWS} bookings at most, not {len(rows) - 2}."
        raise ValueError(msg)
    return "".join(f"{row}\r\n" for row in rows).encode(ENCODING)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _header(header: Header) -> str:
    created = f"{header.created_at:%Y%m%d%H%M%S}{header.created_at.microsecond // 1000:03d}"
    fields = [
        _quoted("EXTF"), VERSION, CATEGORY, _quoted(FORMAT), FORMAT_VERSION, created, "",
        _quoted("RE"), '""', '""', str(header.consultant), str(header.client),
        f"{header.fiscal_year:%Y%m%d}", str(ACCOUNT_DIGITS),
        f"{header.first:%Y%m%d}", f"{header.last:%Y%m%d}",
        _quoted(fits(header.title, 30)), '""', "1", "0", "0", _quoted("EUR"),
        "", '""', "", "", _quoted(header.chart), "", "", '""', '""',
    ]  # fmt: skip
    return ";".join(fields)


def _row(booking: Booking) -> str:
    euros, cents = divmod(abs(booking.cents), 100)
    values = {
        "Umsatz (ohne Soll/Haben-Kz)": f"{euros},{cents:02d}",
        "Soll/Haben-Kennzeichen": "S" if booking.cents >= 0 else "H",
        "WKZ Umsatz": "EUR",
        "Konto": str(booking.debtor),
        "Gegenkonto (ohne BU-Schlüssel)": str(booking.income),
        "Belegdatum": f"{booking.booked_on:%d%m}",
        "Belegfeld 1": fits(booking.document, DOCUMENT_MAX),
        "Belegfeld 2": f"{booking.due_on:%d%m%y}",
        "Buchungstext": fits(booking.text, TEXT_MAX),
        "EU-Land u. UStID (Bestimmung)": booking.vat_id,
        "Festschreibung": "0",
        "Leistungsdatum": f"{booking.served_on:%d%m%Y}",
        "Datum Zuord. Steuerperiode": f"{booking.served_on:%d%m%Y}",
        "Fälligkeit": f"{booking.due_on:%d%m%Y}",
    }
    return ";".join(
        _quoted(values.get(name, "")) if name in _TEXTS else values.get(name, "")
        for name in COLUMNS
    )
