"""The tables of a data medium for the tax authorities, row by row from the database.

Names are German, as those who read them expect, whatever language the portal speaks. Amounts
are in euros; moments are local time with its distance from UTC (ISO 8601). What a spreadsheet
would run as a formula has an apostrophe before it.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from company.models import AuditEntry
from customers.models import Customer
from invoices.domain.period import SHOP_ZONE, day_span
from invoices.exports.gdpdu import Column, Kind, Rows, Table
from invoices.exports.table import amount_text, neutral
from invoices.models import (
    Allocation,
    Delivery,
    Invoice,
    InvoiceLine,
    InvoiceVat,
    Payment,
    Reminder,
    WriteOff,
)
from sessions.models import Session

CHUNK = 1000
TEXT, DAY, COUNT, AMOUNT = Kind.TEXT, Kind.DAY, Kind.COUNT, Kind.AMOUNT


def _day(day: dt.date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def _moment(moment: dt.datetime | None) -> str:
    return moment.astimezone(SHOP_ZONE).isoformat(timespec="seconds") if moment else ""


def _text(text: object) -> str:
    """Return a text as one line that no spreadsheet runs."""
    return neutral(" ".join(str(text).split())) if text not in {None, ""} else ""


def _amount(cents: int) -> str:
    return amount_text(cents)


def _percent(percent: Any) -> str:
    return f"{percent:.2f}".replace(".", ",")


def _within(first: dt.date, last: dt.date, field: str) -> Q:
    """Return what lies within local days, both included, by a field with a moment."""
    start, end = day_span(first, last)
    return Q(**{f"{field}__gte": start, f"{field}__lt": end})


def _customers(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    billed = Invoice.objects.filter(issued_on__range=(first, last)).order_by().values("customer")
    for each in Customer.objects.filter(pk__in=billed).order_by("number").iterator(CHUNK):
        yield [
            each.number,
            each.get_kind_display(),
            _text(each.company_name),
            _text(each.person),
            _text(each.street),
            _text(each.postcode),
            _text(each.city),
            each.country,
            _text(each.vat_id),
            _day(each.vat_id_checked_on),
            _text(each.leitweg_id),
            _moment(each.created_at),
            _moment(each.updated_at),
        ]


def _invoices(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = Invoice.objects.filter(issued_on__range=(first, last))
    found = found.select_related("archived_file", "cancels").order_by("number_range", "sequence")
    for each in found.iterator(CHUNK):
        buyer = each.buyer_party
        yield [
            each.number,
            "Stornorechnung" if each.is_cancellation else "Rechnung",
            each.cancels.number if each.cancels else "",
            _day(each.issued_on),
            _moment(each.issued_at),
            str(each.month),
            _day(each.service_from),
            _day(each.service_to),
            _day(each.due_on),
            buyer.number,
            _text(buyer.name),
            _text(", ".join(buyer.address_lines)),
            buyer.country,
            _text(buyer.vat_id),
            _amount(each.net_cents),
            _amount(each.vat_cents),
            _amount(each.rounding_cents),
            _amount(each.gross_cents),
            f"belege/{each.issued_on.year}/{each.file_name}",
            each.archived_file.sha256,
        ]


def _lines(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = InvoiceLine.objects.filter(invoice__issued_on__range=(first, last))
    found = found.select_related("invoice", "session").defer(
        "invoice__seller", "invoice__buyer", "invoice__texts"
    )
    ordered = found.order_by("invoice__number_range", "invoice__sequence", "position")
    for each in ordered.iterator(CHUNK):
        yield [
            each.invoice.number,
            each.position,
            each.get_kind_display(),
            _text(each.description),
            _day(each.service_date),
            _moment(each.started_at),
            _moment(each.ended_at),
            "" if each.seconds is None else each.seconds,
            "" if each.block_seconds is None else each.block_seconds,
            _text(each.technician),
            each.quantity,
            each.unit,
            _amount(each.unit_gross_cents),
            _amount(each.gross_cents),
            _amount(each.net_cents),
            _percent(each.vat_percent),
            each.get_vat_category_display(),
            str(each.session_id or ""),
            *_consent(each.session if each.opens else None),
        ]


def _consent(session: Session | None) -> tuple[str, str]:
    """Return when a customer agreed, and to which of two prices on the screen."""
    if session is None or session.shown_terms is None:
        return "", ""
    is_tariff = session.shown_terms == session.terms
    return _moment(session.consented_at), "Tarif" if is_tariff else "eigener Preis"


def _rates(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = InvoiceVat.objects.filter(invoice__issued_on__range=(first, last))
    ordered = found.order_by("invoice__number_range", "invoice__sequence", "position")
    rows = ordered.values_list(
        "invoice__number", "position", "percent", "reason", "net_cents", "vat_cents", "gross_cents"
    )
    for number, position, percent, reason, *cents in rows.iterator(CHUNK):
        yield [number, position, _percent(percent), _text(reason), *map(_amount, cents)]


def _payments(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = Payment.objects.filter(received_on__range=(first, last)).order_by("received_on", "pk")
    for each in found.iterator(CHUNK):
        yield [
            each.pk,
            each.get_source_display(),
            _day(each.received_on),
            _amount(each.cents),
            _text(each.payer_name),
            _text(each.payer_iban),
            _text(each.text),
            "ja" if each.is_set_aside else "nein",
            _moment(each.created_at),
        ]


def _allocations(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = Allocation.objects.filter(_within(first, last, "at")).order_by("pk")
    for each in found.select_related("invoice", "by").iterator(CHUNK):
        name = each.by.name if each.by else ""
        row = [each.pk, each.payment_id, each.invoice.number, each.get_part_display()]
        yield [*row, _amount(each.cents), _moment(each.at), _text(name)]


def _write_offs(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = WriteOff.objects.filter(_within(first, last, "at")).order_by("pk")
    for each in found.select_related("invoice", "by").iterator(CHUNK):
        name = each.by.name if each.by else ""
        row = [each.pk, each.invoice.number, each.get_part_display(), _amount(each.cents)]
        yield [*row, _text(each.reason), _moment(each.at), _text(name)]


def _reminders(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = Reminder.objects.of_days(first, last).select_related("invoice", "created_by")
    for each in found.iterator(CHUNK):
        amounts = (
            each.open_cents,
            each.former_cents,
            each.fee_cents,
            each.flat_cents,
            each.interest_cents,
            -each.settled_cents,
            each.total_cents,
        )
        yield [
            each.invoice.number,
            int(each.level),
            each.get_level_display(),
            _day(each.issued_on),
            _day(each.pay_until),
            *map(_amount, amounts),
            _text(each.created_by.name if each.created_by else ""),
            f"mahnungen/{each.issued_on.year}/{each.file_name}",
            each.sha256,
        ]


def _deliveries(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = Delivery.objects.filter(_within(first, last, "created_at"))
    for each in found.select_related("invoice", "reminder").order_by("created_at").iterator(CHUNK):
        yield [
            str(each.pk),
            each.invoice.number,
            each.reminder.get_level_display() if each.reminder else "",
            each.get_channel_display(),
            _text(each.address),
            each.get_state_display(),
            _moment(each.created_at),
            _moment(each.finished_at),
            each.attempts,
            _text(each.detail),
        ]


def _log(first: dt.date, last: dt.date) -> Iterator[list[object]]:
    found = AuditEntry.objects.filter(_within(first, last, "at")).order_by("number")
    for each in found.select_related("actor").iterator(CHUNK):
        yield [
            each.number,
            _moment(each.at),
            each.action,
            _text(each.actor.name if each.actor else ""),
            _text(each.subject),
            _text(json.dumps(each.details, ensure_ascii=False, sort_keys=True)),
            each.previous,
            each.digest,
        ]


def _columns(*columns: tuple[str, Kind] | tuple[str, Kind, str]) -> tuple[Column, ...]:
    return tuple(Column(*column) for column in columns)


ISO = "Ortszeit mit Abstand zu UTC (ISO 8601)"
CENT = "in Euro"

TABLES: tuple[Table, ...] = (
    Table(
        "Kunden",
        "Kunden mit Rechnungen im Zeitraum, mit den heutigen Stammdaten",
        _columns(
            ("Kundennummer", COUNT), ("Art", TEXT), ("Firma", TEXT), ("Person", TEXT),
            ("Strasse", TEXT), ("PLZ", TEXT), ("Ort", TEXT), ("Land", TEXT, "ISO 3166-1"),
            ("USt_IdNr", TEXT), ("USt_IdNr_bestaetigt_am", DAY), ("Leitweg_ID", TEXT),
            ("Angelegt", TEXT, ISO), ("Geaendert", TEXT, ISO),
        ),
        _customers,
    ),
    Table(
        "Rechnungen",
        "Rechnungen und Stornorechnungen nach Rechnungsdatum, wie ausgestellt",
        _columns(
            ("Rechnungsnummer", TEXT), ("Art", TEXT), ("Storniert", TEXT, "Nummer der Rechnung"),
            ("Rechnungsdatum", DAY), ("Ausgestellt", TEXT, ISO), ("Monat", TEXT, "Leistungsmonat"),
            ("Leistung_von", DAY), ("Leistung_bis", DAY), ("Faellig_am", DAY),
            ("Kundennummer", COUNT), ("Kunde", TEXT, "am Rechnungstag"),
            ("Anschrift", TEXT, "am Rechnungstag"), ("Land", TEXT), ("USt_IdNr", TEXT),
            ("Netto", AMOUNT, CENT), ("Umsatzsteuer", AMOUNT, CENT),
            ("Rundung", AMOUNT, "BT-114, höchstens ein Cent je Steuersatz"),
            ("Brutto", AMOUNT, "zu zahlen, in Euro"), ("Datei", TEXT), ("SHA256", TEXT),
        ),
        _invoices,
        refers=(("Kundennummer", "Kunden"),),
    ),
    Table(
        "Positionen",
        "Positionen der Rechnungen",
        _columns(
            ("Rechnungsnummer", TEXT), ("Position", COUNT), ("Art", TEXT), ("Text", TEXT),
            ("Leistungstag", DAY), ("Beginn", TEXT, ISO), ("Ende", TEXT, ISO),
            ("Sekunden", COUNT, "verbundene Zeit"), ("Block_Sekunden", COUNT, "Taktung"),
            ("Techniker", TEXT), ("Menge", COUNT), ("Einheit", TEXT, "UN/ECE Rec. 20"),
            ("Einzelpreis", AMOUNT, "in Euro, mit Umsatzsteuer"), ("Brutto", AMOUNT, CENT),
            ("Netto", AMOUNT, CENT), ("Steuersatz", AMOUNT, "in Prozent"), ("Steuerart", TEXT),
            ("Sitzung", TEXT, "Kennung der Fernwartungssitzung"),
            ("Einwilligung", TEXT, ISO),
            ("Preis_am_Bildschirm", TEXT, "bei der Einwilligung: Tarif oder eigener Preis"),
        ),
        _lines,
        keys=2,
        refers=(("Rechnungsnummer", "Rechnungen"),),
    ),
    Table(
        "Steuersaetze",
        "Aufteilung der Rechnungen nach Steuersätzen",
        _columns(
            ("Rechnungsnummer", TEXT), ("Position", COUNT), ("Steuersatz", AMOUNT, "in Prozent"),
            ("Grund", TEXT, "wo keine Umsatzsteuer ausgewiesen ist"), ("Netto", AMOUNT, CENT),
            ("Umsatzsteuer", AMOUNT, CENT), ("Brutto", AMOUNT, CENT),
        ),
        _rates,
        keys=2,
        refers=(("Rechnungsnummer", "Rechnungen"),),
    ),
    Table(
        "Zahlungen",
        "Zahlungseingänge nach Tag des Eingangs",
        _columns(
            ("Zahlung", COUNT), ("Quelle", TEXT), ("Eingang", DAY), ("Betrag", AMOUNT, CENT),
            ("Zahler", TEXT), ("IBAN", TEXT), ("Verwendungszweck", TEXT),
            ("Ohne_Rechnung", TEXT, "ja: gehört zu keiner Rechnung"), ("Erfasst", TEXT, ISO),
        ),
        _payments,
    ),
    Table(
        "Zuordnungen",
        "Welche Zahlung was begleicht; negativ: zurückgenommen",
        _columns(
            ("Zuordnung", COUNT), ("Zahlung", COUNT), ("Rechnungsnummer", TEXT),
            ("Wofuer", TEXT, "Rechnung, Verzugszinsen oder Mahnkosten"), ("Betrag", AMOUNT, CENT),
            ("Zeitpunkt", TEXT, ISO), ("Wer", TEXT),
        ),
        _allocations,
        refers=(("Zahlung", "Zahlungen"), ("Rechnungsnummer", "Rechnungen")),
    ),
    Table(
        "Ausbuchungen",
        "Beträge, auf die verzichtet wurde; negativ: zurückgenommen",
        _columns(
            ("Ausbuchung", COUNT), ("Rechnungsnummer", TEXT),
            ("Wofuer", TEXT, "Rechnung, Verzugszinsen oder Mahnkosten"), ("Betrag", AMOUNT, CENT),
            ("Grund", TEXT), ("Zeitpunkt", TEXT, ISO), ("Wer", TEXT),
        ),
        _write_offs,
        refers=(("Rechnungsnummer", "Rechnungen"),),
    ),
    Table(
        "Mahnungen",
        "Mahnschreiben mit allem, was sie fordern",
        _columns(
            ("Rechnungsnummer", TEXT), ("Stufe", COUNT), ("Bezeichnung", TEXT), ("Datum", DAY),
            ("Zahlbar_bis", DAY), ("Offen", AMOUNT, CENT),
            ("Bisherige_Kosten", AMOUNT, CENT), ("Mahnkosten", AMOUNT, CENT),
            ("Pauschale", AMOUNT, "§ 288 Abs. 5 BGB"), ("Verzugszinsen", AMOUNT, "§ 288 BGB"),
            ("Bereits_beglichen", AMOUNT, "von Kosten und Zinsen bezahlt oder erlassen"),
            ("Gesamt", AMOUNT, CENT), ("Wer", TEXT), ("Datei", TEXT), ("SHA256", TEXT),
        ),
        _reminders,
        keys=2,
        refers=(("Rechnungsnummer", "Rechnungen"),),
    ),
    Table(
        "Zustellungen",
        "Jeder Versuch, eine Rechnung oder ein Mahnschreiben zuzustellen",
        _columns(
            ("Zustellung", TEXT), ("Rechnungsnummer", TEXT),
            ("Mahnschreiben", TEXT, "leer: die Rechnung selbst"), ("Weg", TEXT),
            ("Adresse", TEXT), ("Ergebnis", TEXT), ("Angelegt", TEXT, ISO),
            ("Beendet", TEXT, ISO), ("Versuche", COUNT), ("Antwort", TEXT),
        ),
        _deliveries,
        refers=(("Rechnungsnummer", "Rechnungen"),),
    ),
    Table(
        "Protokoll",
        "Wer was wann getan hat; jede Zeile nennt den SHA-256 der vorigen",
        _columns(
            ("Nummer", COUNT), ("Zeitpunkt", TEXT, ISO), ("Vorgang", TEXT), ("Wer", TEXT),
            ("Wovon", TEXT), ("Einzelheiten", TEXT, "JSON"), ("Voriger_SHA256", TEXT),
            ("SHA256", TEXT),
        ),
        _log,
    ),
)  # fmt: skip


def rows_of(table: Table, first: dt.date, last: dt.date) -> Rows:
    """Yield the names of the columns, then the rows of these days."""
    yield table.head
    yield from table.rows(first, last)
