"""A customer's unbilled work as an invoice without number: all of it but the number itself."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from company.domain.tariff import cheaper_terms, due_blocks
from company.models import Company, VatRate
from customers.models import Agreement, Customer
from invoices.archive import keep_logo
from invoices.domain import lines as domain
from invoices.domain.billing import Allowances, bill
from invoices.domain.characters import writable
from invoices.domain.parties import Buyer, Seller, snapshot_of
from invoices.domain.period import SHOP_ZONE, Month
from invoices.domain.record import SessionRecord, Stretch
from invoices.domain.tax import Tax, Treatment, treatment_of
from invoices.domain.vat import VatSplit, share_net, split_gross
from invoices.models import Invoice, InvoiceLine, InvoiceVat, Item
from invoices.texts import document_texts, line_description, tax_reason
from sessions.models import Session

if TYPE_CHECKING:
    from uuid import UUID


class NothingDueError(ValueError):
    """The credits are higher than the work: such an invoice would ask for less than nothing."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What all invoices of a run have in common."""

    seller: Seller
    payment_days: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice without number: what would be issued, and what it claims.

    `allowances` are the free seconds that it was made from, by the `agreements`, and `courtesies`
    what is waived for each session and why; whoever issues it sees to it that free seconds and
    courtesies are still as they were.
    """

    invoice: Invoice
    lines: list[InvoiceLine]
    rates: list[InvoiceVat]
    session_ids: "list[UUID]"
    item_ids: list[int]
    allowances: Allowances
    courtesies: "dict[UUID, tuple[int, str]]"
    agreements: Sequence[Agreement] = ()
    # For the annex, where the customer wishes for one.
    record: list[SessionRecord] | None = None


def shop_of(company: Company) -> Shop:
    """Copy the shop's data; the logo's file goes into the archive."""
    seller = Seller(
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
        is_small_business=company.is_small_business,
    )
    return Shop(seller, company.payment_days)


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
        leitweg_id=customer.leitweg_id,
    )


def treatment_for(shop: Shop, customer: Customer) -> Treatment:
    """Return how the customer's invoices are taxed."""
    return treatment_of(
        is_small_business=shop.seller.is_small_business,
        is_business=customer.kind == Customer.Kind.BUSINESS,
        country=customer.country,
        home=shop.seller.country,
        vat_id_checked=bool(customer.vat_id and customer.vat_id_checked_on),
    )


def allowances_of(customer: Customer, month: Month, agreements: Sequence[Agreement]) -> Allowances:
    """Return the customer's free seconds: of the contract in that month, and prepaid.

    The month's minutes are those of the agreement that holds when it ends.
    """
    agreement = Agreement.holding(agreements, month.last_day)
    included = agreement.included_minutes * 60 if agreement else 0
    used, prepaid = InvoiceLine.objects.free_seconds(customer, month)
    return Allowances(included - used, prepaid)


def draft_of(
    *,
    shop: Shop,
    customer: Customer,
    month: Month,
    sessions: Sequence[Session],
    items: Sequence[Item] = (),
) -> Draft | None:
    """Prepare the invoice of a customer's sessions and items; None where no line comes of them.

    Sessions have segments and technician loaded. Raises LedgerMismatchError and
    NetPriceMissingError (invoices.domain), VatRate.DoesNotExist and NothingDueError.
    """
    treatment = treatment_for(shop, customer)
    agreements = list(customer.agreements.all())
    allowances = allowances_of(customer, month, agreements)
    lines = bill(
        [_work_of(session, agreements) for session in sessions],
        [_item_of(item) for item in items],
        treatment=treatment,
        allowances=Allowances(allowances.contract, allowances.prepaid),
    )
    if not lines:
        return None
    if sum(line.gross_cents for line in lines) < 0:
        raise NothingDueError
    return Draft(
        *_rows(shop, customer, month, lines),
        session_ids=[session.pk for session in sessions],
        item_ids=[item.pk for item in items],
        allowances=allowances,
        courtesies=courtesies_of(sessions),
        agreements=agreements,
        record=_record_of(customer, sessions, agreements),
    )


def _record_of(
    customer: Customer, sessions: Sequence[Session], agreements: Sequence[Agreement]
) -> list[SessionRecord] | None:
    """Return the sessions in every detail, in their order; None where nobody wants them."""
    if not customer.wants_service_record or not sessions:
        return None
    records = [_session_record(session, _work_of(session, agreements)) for session in sessions]
    return sorted(records, key=lambda record: record.started_at)


def _session_record(session: Session, work: domain.Work) -> SessionRecord:
    segments = sorted(session.segments.all(), key=lambda segment: segment.started_at)
    charged = cheaper_terms(work.seconds, work.terms, work.agreement.terms)
    whole = Stretch(work.started_at, work.ended_at)
    parts = tuple(Stretch(part.started_at, part.last_seen_at) for part in segments)
    return SessionRecord(
        support_id=session.support_id,
        technician=work.technician,
        connected=parts or (whole,),
        seconds=work.seconds,
        blocks=due_blocks(work.seconds, charged),
        promised=work.terms,
        charged=charged,
        courtesy_blocks=session.courtesy_blocks,
        courtesy_reason=session.courtesy_reason,
        ordered_at=session.ordered_at,
        consented_at=session.consented_at,
        consent_text_version=session.consent_text_version,
        shown=session.shown_terms,
        ended_by=session.end_reason,
    )


def courtesies_of(sessions: Iterable[Session]) -> "dict[UUID, tuple[int, str]]":
    """Return how many blocks of each session are waived, and why."""
    return {session.pk: (session.courtesy_blocks, session.courtesy_reason) for session in sessions}


def _rows(
    shop: Shop, customer: Customer, month: Month, lines: list[domain.Line]
) -> tuple[Invoice, list[InvoiceLine], list[InvoiceVat]]:
    splits, nets = split_lines(lines)
    buyer = buyer_of(customer)
    now = timezone.now()
    issued_on = now.astimezone(SHOP_ZONE).date()
    due_on = issued_on + dt.timedelta(days=shop.payment_days)
    net, vat = sum(nets), sum(split.vat_cents for _tax, split in splits)
    gross = sum(split.gross_cents for _tax, split in splits)
    invoice = Invoice(
        customer=customer,
        period=month.first_day,
        service_from=min(line.service_date for line in lines),
        service_to=max(line.service_date for line in lines),
        issued_at=now,
        issued_on=issued_on,
        due_on=due_on,
        language=customer.language,
        seller=snapshot_of(shop.seller),
        buyer=snapshot_of(buyer),
        texts=document_texts(buyer, month, lines, due_on=due_on, language=customer.language),
        net_cents=net,
        vat_cents=vat,
        rounding_cents=gross - net - vat,
        gross_cents=gross,
        line_count=len(lines),
        rate_count=len(splits),
    )
    rows = [
        _line_row(position, line, net_cents, customer.language)
        for position, (line, net_cents) in enumerate(zip(lines, nets, strict=True), start=1)
    ]
    rates = [
        InvoiceVat(
            position=position,
            percent=tax.percent,
            category=tax.category,
            reason=writable(tax_reason(tax, customer.language)),
            net_cents=split.net_cents,
            vat_cents=split.vat_cents,
            gross_cents=split.gross_cents,
        )
        for position, (tax, split) in enumerate(splits, start=1)
    ]
    return invoice, rows, rates


def split_lines(lines: Sequence[domain.Line]) -> tuple[list[tuple[Tax, VatSplit]], list[int]]:
    """Return the VAT breakdown, highest rate first, and the net cents of each line."""
    by_tax: dict[Tax, list[int]] = {}
    for index, line in enumerate(lines):
        by_tax.setdefault(line.tax, []).append(index)
    splits = []
    nets = [0] * len(lines)
    for tax in sorted(by_tax, reverse=True):
        indexes = by_tax[tax]
        grosses = [lines[index].gross_cents for index in indexes]
        split = split_gross(sum(grosses), tax.percent)
        splits.append((tax, split))
        for index, net in zip(indexes, share_net(split, grosses), strict=True):
            nets[index] = net
    return splits, nets


def _line_row(position: int, line: domain.Line, net_cents: int, language: str) -> InvoiceLine:
    work, item = line.work, line.item
    return InvoiceLine(
        position=position,
        kind=line.kind,
        session_id=work.session_id if work else None,
        item_id=item.item_id if item else None,
        description=writable(line_description(line, language)),
        service_date=line.service_date,
        started_at=work.started_at if work else None,
        ended_at=work.ended_at if work else None,
        seconds=work.seconds if work else None,
        block_seconds=line.block_seconds or None,
        technician=writable(work.technician) if work else "",
        opens=line.opens,
        quantity=line.quantity,
        unit=item.unit if item else domain.UNIT_ONE,
        unit_gross_cents=line.unit_cents,
        gross_cents=line.gross_cents,
        net_cents=net_cents,
        vat_percent=line.tax.percent,
        vat_category=line.tax.category,
        allowance_seconds=line.allowance_seconds,
    )


def _work_of(session: Session, agreements: Sequence[Agreement]) -> domain.Work:
    """Return what an invoice needs of an ended session with its segments prefetched.

    The end is the last proof of life, not the moment when a lost line was given up.
    """
    seen = [segment.last_seen_at for segment in session.segments.all()]
    started_at, ended_at = session.started_at, max(seen, default=session.ended_at)
    if started_at is None or ended_at is None:  # 'billable' sessions have both
        raise ValueError(f"Session {session.pk} was never connected.")
    agreement = Agreement.holding(agreements, started_at.astimezone(SHOP_ZONE).date())
    return domain.Work(
        session_id=session.pk,
        started_at=started_at,
        ended_at=ended_at,
        seconds=session.seconds or 0,
        blocks=session.blocks or 0,
        amount_cents=session.amount_cents or 0,
        technician=session.technician.name if session.technician else "",
        terms=session.terms,
        agreement=domain.Agreement(
            terms=agreement.terms,
            discount_percent=agreement.discount_percent,
        )
        if agreement
        else domain.Agreement(),
        courtesy_blocks=session.courtesy_blocks,
        courtesy_reason=session.courtesy_reason,
    )


def _item_of(item: Item) -> domain.Item:
    rate = VatRate.objects.valid_on(item.vat_kind, item.service_date)
    return domain.Item(
        item_id=item.pk,
        service_date=item.service_date,
        description=item.description,
        quantity=item.quantity,
        unit_cents=item.unit_gross_cents,
        vat_percent=rate.percent,
        zero_reason=rate.reason,
        unit_net_cents=item.unit_net_cents,
        unit=item.unit,
        prepaid_seconds=item.prepaid_minutes * 60,
    )
