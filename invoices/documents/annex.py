"""The service record as pages after the invoice: what templates/pdf/_annex.html prints."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from company.domain.tariff import Terms
from invoices.domain.lines import format_duration
from invoices.domain.money import format_euros, format_percent
from invoices.domain.period import SHOP_ZONE, exact_time
from invoices.domain.record import SessionRecord, Stretch, restored
from invoices.models import Invoice
from invoices.texts import block_name
from sessions.domain.credentials import grouped
from sessions.domain.lifecycle import EndReason

ENDED_BY = {
    EndReason.CUSTOMER: gettext_lazy("ended by the customer"),
    EndReason.TECHNICIAN: gettext_lazy("ended by the technician"),
    EndReason.OFFICE: gettext_lazy("ended by the office"),
    EndReason.LINE_LOST: gettext_lazy("ended since the line was lost"),
    EndReason.PROTOCOL: gettext_lazy("ended by a fault"),
}


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One session, each column as lines of text."""

    session: list[str]
    time: list[str]
    price: list[str]
    consent: list[str]


def annex_of(invoice: Invoice) -> list[AnnexRow]:
    """Return the annex's rows in the active language; none where nobody wished for one."""
    if invoice.rows.record is None:
        return []
    return [_row(each, invoice.language) for each in restored(invoice.rows.record.sessions)]


def _row(record: SessionRecord, language: str) -> AnnexRow:
    session = [
        date_format(record.started_at.astimezone(SHOP_ZONE).date(), "SHORT_DATE_FORMAT"),
        _span(record.started_at, record.ended_at, language),
        record.technician,
    ]
    if record.ended_by in ENDED_BY:
        session.append(str(ENDED_BY[EndReason(record.ended_by)]))
    return AnnexRow(
        session=session,
        time=_time(record, language),
        price=_price(record, language),
        consent=_consent(record, language),
    )


def _time(record: SessionRecord, language: str) -> list[str]:
    lines = [_("%(time)s min connected") % {"time": format_duration(record.seconds)}]
    pauses = record.interruptions
    if not pauses:
        return [*lines, _("without interruption")]
    text = ngettext("%(count)d interruption:", "%(count)d interruptions:", len(pauses))
    lines.append(text % {"count": len(pauses)})
    return [*lines, *(_pause(pause, language) for pause in pauses)]


def _pause(pause: Stretch, language: str) -> str:
    return f"{_span(pause.start, pause.end, language)} ({format_duration(pause.seconds)})"


def _span(start: dt.datetime, end: dt.datetime, language: str) -> str:
    return f"{exact_time(start, language)} – {exact_time(end, language)}"


def _price(record: SessionRecord, language: str) -> list[str]:
    lines = [_terms(record.promised, language)]
    if record.charged != record.promised:
        values = {"price": _terms(record.charged, language)}
        lines.append(_("by your agreement: %(price)s") % values)
    blocks = ngettext("%(count)d block begun", "%(count)d blocks begun", record.blocks)
    lines.append(blocks % {"count": record.blocks})
    if record.courtesy_blocks:
        waived = min(record.courtesy_blocks, record.blocks)
        text = ngettext("%(count)d of them waived", "%(count)d of them waived", waived)
        text %= {"count": waived}
        lines.append(f"{text}: {record.courtesy_reason}" if record.courtesy_reason else text)
    return lines


def _terms(terms: Terms, language: str) -> str:
    values = {
        "first": format_euros(terms.first_block_cents, language),
        "further": format_euros(terms.further_block_cents, language),
        "block": block_name(terms.block_seconds),
        "percent": format_percent(terms.vat_percent, language),
    }
    if terms.first_block_cents == terms.further_block_cents:
        text = _("%(first)s per %(block)s begun, %(percent)s VAT included") % values
    else:
        text = (
            _("%(first)s for the first %(block)s begun, then %(further)s, %(percent)s VAT included")
            % values
        )
    if terms.minimum_blocks > 1:
        minimum = ngettext(
            "at least %(count)d block", "at least %(count)d blocks", terms.minimum_blocks
        )
        text = f"{text}; {minimum % {'count': terms.minimum_blocks}}"
    return text


def _consent(record: SessionRecord, language: str) -> list[str]:
    lines = [_("ID %(id)s") % {"id": grouped(record.support_id)}]
    if record.ordered_at is not None:
        lines.append(_("ordered %(time)s") % {"time": _moment(record.ordered_at, record, language)})
    if record.consented_at is not None:
        lines.append(
            _("price accepted %(time)s") % {"time": _moment(record.consented_at, record, language)}
        )
        if record.shown is not None:
            lines.append(_on_screen(record, record.shown, language))
        if record.consent_text_version:
            lines.append(_("text version %(version)s") % {"version": record.consent_text_version})
    return lines


def _on_screen(record: SessionRecord, shown: Terms, language: str) -> str:
    """Say which of the prices in this row stood in the question; any other one in full."""
    if shown == record.promised:
        return _("on your screen: the price of the tariff")
    if shown == record.charged:
        return _("on your screen: the price of your agreement")
    return _("on your screen: %(price)s") % {"price": _terms(shown, language)}


def _moment(moment: dt.datetime, record: SessionRecord, language: str) -> str:
    """Return the time, with its day where that is another than the session's."""
    day = moment.astimezone(SHOP_ZONE).date()
    if day == record.started_at.astimezone(SHOP_ZONE).date():
        return exact_time(moment, language)
    return f"{date_format(day, 'SHORT_DATE_FORMAT')} {exact_time(moment, language)}"
