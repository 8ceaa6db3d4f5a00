"""Finalising: from a customer's sessions to an issued invoice with its number.

Everything that takes time is prepared first; the transaction that draws the number only
inserts rows. The number range's row is locked last and for a few milliseconds.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from company.models import Company
from customers.models import Customer
from invoices.archive import keep_logo
from invoices.domain import numbering
from invoices.domain.billing import bill
from invoices.domain.lines import Line, Work
from invoices.domain.parties import Buyer, Seller, snapshot_of
from invoices.domain.period import SHOP_ZONE, Month
from invoices.domain.vat import VatSplit, share_net, split_gross
from invoices.models import BilledSession, Invoice, InvoiceLine, InvoiceVat, NumberRange
from invoices.texts import document_texts, line_description
from sessions.models import Session

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID


class SessionsChangedError(Exception):
    """The sessions were billed or given to another customer meanwhile: look again."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice without number: what would be issued, and from which sessions."""

    invoice: Invoice
    lines: list[InvoiceLine]
    rates: list[InvoiceVat]
    session_ids: "list[UUID]"


def work_of(session: Session) -> Work:
    """Return what an invoice needs of an ended session with its segments prefetched.

    The end is the last proof of life, not the moment when a lost line was given up.
    """
    seen = [segment.last_seen_at for segment in session.segments.all()]
    started_at, ended_at = session.started_at, max(seen, default=session.ended_at)
    if started_at is None or ended_at is None:  # 'billable' sessions have both
        raise ValueError(f"Session {session.pk} was never connected.")
    return Work(
        session_id=session.pk,
        started_at=started_at,
        ended_at=ended_at,
        seconds=session.seconds or 0,
        blocks=session.blocks or 0,
        amount_cents=session.amount_cents or 0,
        technician=session.technician.name if session.technician else "",
        terms=session.terms,
    )


def seller_of(company: Company) -> Seller:
    """Copy the shop's data; the logo's file goes into the archive."""
    return Seller(
        name=company.name,
        owner=company.owner,
        claim=company.claim,
        street=company.street,
        postcode=company.postcode,
        city=company.city,
        country=company.country,
        phone=company.phone,
        email=company.email,
        website=company.website,
        tax_number=company.tax_number,
        vat_id=company.vat_id,
        bank_name=company.bank_name,
        iban=company.iban,
        bic=company.bic,
        logo=keep_logo(company.logo),
    )


def buyer_of(customer: Customer) -> Buyer:
    """Copy the customer's data."""
    return Buyer(
        number=customer.number,
        kind=customer.kind,
        name=customer.name,
        salutation=customer.salutation,
        person=customer.person,
        last_name=customer.last_name,
        address_lines=tuple(customer.address_lines),
        street=customer.street,
        postcode=customer.postcode,
        city=customer.city,
        country=customer.country,
        email=customer.email,
        vat_id=customer.vat_id,
    )


def split_lines(lines: Sequence[Line]) -> tuple[list[VatSplit], list[int]]:
    """Return the VAT breakdown, highest rate first, and the net cents of each line."""
    by_rate: dict[Decimal, list[int]] = {}
    for index, line in enumerate(lines):
        by_rate.setdefault(line.tax.percent, []).append(index)
    splits = []
    nets = [0] * len(lines)
    for percent in sorted(by_rate, reverse=True):
        indexes = by_rate[percent]
        grosses = [lines[index].gross_cents for index in indexes]
        split = split_gross(sum(grosses), percent)
        splits.append(split)
        for index, net in zip(indexes, share_net(split, grosses), strict=True):
            nets[index] = net
    return splits, nets


def draft_of(
    *, seller: Seller, customer: Customer, sessions: Sequence[Session], language: str, days: int
) -> Draft:
    """Prepare the invoice of a customer's sessions (with segments and technician loaded).

    `days` is the time to pay. Raises LedgerMismatchError for a session whose price does
    not follow from its time.
    """
    lines = bill([work_of(session) for session in sessions], [])
    splits, nets = split_lines(lines)
    buyer = buyer_of(customer)
    now = timezone.now()
    issued_on = now.astimezone(SHOP_ZONE).date()
    due_on = issued_on + dt.timedelta(days=days)
    month = Month.of(sessions[0].started_at)
    net, vat = sum(nets), sum(split.vat_cents for split in splits)
    gross = sum(split.gross_cents for split in splits)
    invoice = Invoice(
        customer=customer,
        period=month.first_day,
        service_from=min(line.service_date for line in lines),
        service_to=max(line.service_date for line in lines),
        issued_at=now,
        issued_on=issued_on,
        due_on=due_on,
        language=language,
        seller=snapshot_of(seller),
        buyer=snapshot_of(buyer),
        texts=document_texts(buyer, month, lines, due_on=due_on, language=language),
        net_cents=net,
        vat_cents=vat,
        rounding_cents=gross - net - vat,
        gross_cents=gross,
        line_count=len(lines),
        rate_count=len(splits),
    )
    return Draft(
        invoice=invoice,
        lines=[
            _line_row(position, line, net_cents, language)
            for position, (line, net_cents) in enumerate(zip(lines, nets, strict=True), start=1)
        ],
        rates=[
            InvoiceVat(
                position=position,
                percent=split.percent,
                net_cents=split.net_cents,
                vat_cents=split.vat_cents,
                gross_cents=split.gross_cents,
            )
            for position, split in enumerate(splits, start=1)
        ],
        session_ids=[session.pk for session in sessions],
    )


def _line_row(position: int, line: Line, net_cents: int, language: str) -> InvoiceLine:
    return InvoiceLine(
        position=position,
        session_id=line.work.session_id,
        description=line_description(line, language),
        service_date=line.service_date,
        started_at=line.work.started_at,
        ended_at=line.work.ended_at,
        seconds=line.work.seconds,
        block_seconds=line.work.terms.block_seconds,
        technician=line.work.technician,
        opens=line.opens,
        quantity=line.quantity,
        unit_gross_cents=line.unit_cents,
        gross_cents=line.gross_cents,
        net_cents=net_cents,
        vat_percent=line.tax.percent,
    )


def range_of(issued_on: dt.date) -> NumberRange:
    """Return the number range for a day, making the new year's when it is the first of it."""
    latest = NumberRange.objects.filter(name=NumberRange.INVOICES).order_by("-year").first()
    pattern = latest.pattern if latest else numbering.DEFAULT_PATTERN
    year = issued_on.year if numbering.restarts_each_year(pattern) else 0
    if latest is not None and latest.year == year:
        return latest
    number_range, _created = NumberRange.objects.get_or_create(
        name=NumberRange.INVOICES, year=year, defaults={"pattern": pattern}
    )
    return number_range


def draft_issue(draft: Draft) -> Invoice:
    """Give the draft its number and write it down for good; return the invoice.

    To be called inside a transaction that ends right after. Raises SessionsChangedError,
    with nothing written, when one of the sessions is no longer this customer's to bill.
    """
    invoice = draft.invoice
    number_range = range_of(invoice.issued_on)
    with transaction.atomic():
        free = Session.objects.filter(
            pk__in=draft.session_ids, customer=invoice.customer, billed__isnull=True
        )
        # Locked in one order, so that two finalisers cannot wait for each other.
        if len(free.select_for_update(of=("self",)).order_by("pk")) != len(draft.session_ids):
            raise SessionsChangedError
        locked = NumberRange.objects.select_for_update().get(pk=number_range.pk)
        locked.last_number += 1
        locked.save(update_fields=["last_number"])
        invoice.number_range = locked
        invoice.sequence = locked.last_number
        invoice.number = numbering.format_number(
            locked.pattern, invoice.issued_on.year, locked.last_number
        )
        invoice.save()
        for line in draft.lines:
            line.invoice = invoice
        for rate in draft.rates:
            rate.invoice = invoice
        InvoiceLine.objects.bulk_create(draft.lines)
        InvoiceVat.objects.bulk_create(draft.rates)
        BilledSession.objects.bulk_create(
            BilledSession(session_id=pk, invoice=invoice) for pk in draft.session_ids
        )
    return invoice
