"""Payments: read from the bank's file or entered, matched, undone, written off.

Nothing is changed or deleted: a wrong allocation is followed by its opposite.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from company import audit
from company.models import Company
from invoices.domain.camt import LeftOut, StatementError, Transaction, read_statement
from invoices.domain.matching import Matcher, OpenInvoice, Suggestion
from invoices.domain.owed import CHARGES, Order, Owed, Part, shares_of
from invoices.models import Allocation, Invoice, Payment, Reminder, WriteOff
from invoices.querysets import IssuedQuerySet
from technicians.models import User


class AmountError(ValueError):
    """More than is open on the invoice and of its charges, or left of the payment.

    `most_cents` would do.
    """

    def __init__(self, most_cents: int) -> None:
        super().__init__(f"at most {most_cents} cents")
        self.most_cents = most_cents


@dataclass(frozen=True, slots=True)
class Imported:
    """What a bank file held: bookings that are new, known ones from files before, and others.

    Those `left_out` are no payments of customers, or not in euros: a person looks at them.
    """

    new: int
    known: int
    left_out: tuple[LeftOut, ...] = ()


def payment_record(*, cents: int, received_on: dt.date, text: str, by: User | None) -> Payment:
    """Enter a payment by hand (cash, a transfer seen elsewhere)."""
    with transaction.atomic():
        payment = Payment.objects.create(
            source=Payment.Source.HAND,
            received_on=received_on,
            cents=cents,
            text=text,
            created_by=by,
        )
        audit.record(
            "payment.entered", actor=by, subject=f"payment {payment.pk}", details={"cents": cents}
        )
    return payment


def statement_import(*, content: bytes, by: User | None, is_any_account: bool = False) -> Imported:
    """Take in an account statement, all of it or nothing; bookings known before are left out.

    Only the shop's own account counts, unless somebody says that any does. Raises
    StatementError (invoices.domain.camt).
    """
    statement = read_statement(content)
    own = "".join(Company.objects.current().iban.split())
    if own and statement.accounts and not is_any_account:
        if own not in statement.accounts:
            raise StatementError(
                StatementError.OTHER_ACCOUNT, ", ".join(sorted(statement.accounts))
            )
        statement = statement.of_account(own)
    found = statement.transactions
    with transaction.atomic():
        references = [item.reference for item in found]
        known = set(
            Payment.objects.filter(reference__in=references).values_list("reference", flat=True)
        )
        new = [_payment_of(item, by) for item in found if item.reference not in known]
        # Two people with the same file at once: the constraint leaves one of each.
        Payment.objects.bulk_create(new, ignore_conflicts=True)
        audit.record(
            "statement.imported",
            actor=by,
            subject="bank statement",
            details={
                "new": len(new),
                "known": len(known),
                "left_out": len(statement.left_out),
            },
        )
    return Imported(len(new), len(known), tuple(statement.left_out))


def _payment_of(item: Transaction, by: User | None) -> Payment:
    return Payment(
        source=Payment.Source.BANK,
        received_on=item.booked_on,
        cents=item.cents,
        payer_name=item.payer_name,
        payer_iban=item.payer_iban,
        text=item.text,
        reference=item.reference,
        created_by=by,
    )


def suggestions() -> dict[Payment, list[Suggestion]]:
    """Return for each payment with something left what it may be for."""
    matcher = Matcher(
        (
            OpenInvoice(
                invoice_id=invoice.pk,
                number=invoice.number,
                owed=invoice.owed,
                customer_id=invoice.customer_id,
                name=invoice.buyer_party.name,
            )
            for invoice in Invoice.objects.owing()
        ),
        _known_accounts(),
    )
    return {
        payment: matcher.suggest(_left_of(payment)) for payment in Payment.objects.unallocated()
    }


def _left_of(payment: Payment) -> Transaction:
    return Transaction(
        account="",
        reference=payment.reference,
        booked_on=payment.received_on,
        cents=payment.rest_cents,
        payer_name=payment.payer_name,
        payer_iban=payment.payer_iban,
        text=payment.text,
    )


def _known_accounts() -> Mapping[str, int]:
    """Return which customer's invoices an account has paid; the newest payment counts."""
    pairs = (
        Allocation.objects.filter(cents__gt=0)
        .exclude(payment__payer_iban="")
        .order_by("pk")
        .values_list("payment__payer_iban", "invoice__customer_id")
    )
    return dict(pairs)


def payment_allocate(
    *,
    payment: Payment,
    parts: Sequence[tuple[Invoice, int]],
    by: User | None,
    order: Order | None = None,
) -> list[Allocation]:
    """Let parts of a payment, in cents, settle invoices and what their letters charged.

    `order` says what comes first; see `invoices.domain.owed.order_of` where nobody says it.
    Raises AmountError, nothing done then. No part at all is an error as well.
    """
    if not parts:
        raise AmountError(0)
    with transaction.atomic():
        Payment.objects.select_for_update().get(pk=payment.pk)
        keys = [invoice.pk for invoice, _cents in parts]
        list(Invoice.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
        done = [
            row
            for invoice, cents in parts
            for row in _allocate(payment, invoice, cents, order=order, by=by)
        ]
        audit.record(
            "payment.allocated",
            actor=by,
            subject=f"payment {payment.pk}",
            details={"invoices": ", ".join(invoice.number for invoice, _cents in parts)},
        )
    return done


def suggestion_accept(
    *, payment: Payment, suggested: Sequence[Suggestion], by: User | None
) -> list[Allocation]:
    """Let a payment settle what was suggested. Raises AmountError, nothing done then."""
    invoices = Invoice.objects.in_bulk([part.invoice_id for part in suggested])
    parts = [(invoices[part.invoice_id], part.cents) for part in suggested]
    return payment_allocate(payment=payment, parts=parts, by=by)


def _allocate(
    payment: Payment, invoice: Invoice, cents: int, *, order: Order | None, by: User | None
) -> list[Allocation]:
    left = Payment.objects.with_rest().get(pk=payment.pk).rest_cents
    owed = owed_of(invoice)
    most = min(left, owed.total_cents)
    if not 0 < cents <= most:
        raise AmountError(most)
    return [
        Allocation.objects.create(payment=payment, invoice=invoice, part=part, cents=share, by=by)
        for part, share in shares_of(cents, owed, order)
    ]


def owed_of(invoice: Invoice) -> Owed:
    """Return what is still to be paid of an invoice, and of what its letters charged."""
    return Invoice.objects.with_open().with_charges().get(pk=invoice.pk).owed


def open_cents(invoice: Invoice) -> int:
    """Return what is still to be paid of an invoice."""
    return int(Invoice.objects.with_open().get(pk=invoice.pk).open_cents)


def allocations_undo(*, payment: Payment, invoice: Invoice, by: User | None) -> int:
    """Take back what a payment settled of an invoice and of its charges.

    Return the cents, 0 where nothing was settled.
    """
    with transaction.atomic():
        Payment.objects.select_for_update().get(pk=payment.pk)
        settled = _sums(Allocation.objects.filter(payment=payment, invoice=invoice))
        for part, cents in settled:
            Allocation.objects.create(
                payment=payment, invoice=invoice, part=part, cents=-cents, by=by
            )
        if settled:
            audit.record(
                "payment.taken_back",
                actor=by,
                subject=f"payment {payment.pk}",
                details={"invoice": invoice.number},
            )
    return sum(cents for _part, cents in settled)


def _sums(rows: IssuedQuerySet[Allocation] | IssuedQuerySet[WriteOff]) -> list[tuple[str, int]]:
    """Return what was settled of each part, where it is not nothing."""
    sums = rows.order_by().values_list("part").annotate(total=Sum("cents")).order_by("part")
    return [(part, int(total)) for part, total in sums if total]


def settlements_undo(*, invoice: Invoice, by: User | None) -> None:
    """Take back all that settled an invoice: it is being cancelled, the money is free again."""
    payments = Payment.objects.filter(allocations__invoice=invoice).distinct()
    for payment in payments:
        allocations_undo(payment=payment, invoice=invoice, by=by)
    for part, cents in _sums(WriteOff.objects.filter(invoice=invoice)):
        WriteOff.objects.create(invoice=invoice, part=part, cents=-cents, reason="", by=by)


def write_off(*, invoice: Invoice, reason: str, by: User | None) -> int:
    """Give up what is open of an invoice and of what its letters charged; return the cents.

    Raises AmountError where nothing is.
    """
    limits = dict.fromkeys(Part, None)
    return _give_up(invoice, limits, reason, by=by, action="invoice.written_off")


def charges_waive(*, invoice: Invoice, reason: str, by: User | None) -> int:
    """Give up what is open of an invoice's charges, not of itself; as `write_off`."""
    limits = dict.fromkeys(CHARGES, None)
    return _give_up(invoice, limits, reason, by=by, action="charges.waived")


def letter_waive(*, reminder: Reminder, reason: str) -> int:
    """Give up what a letter charged, as far as it is open; return the cents, 0 for none."""
    former = reminder.invoice.reminders.filter(level__lt=reminder.level).order_by("level").last()
    limits = {
        Part.COSTS: reminder.fee_cents + reminder.flat_cents,
        Part.INTEREST: reminder.interest_cents - (former.interest_cents if former else 0),
    }
    try:
        return _give_up(reminder.invoice, limits, reason, by=None, action="charges.waived")
    except AmountError:
        return 0


def _give_up(
    invoice: Invoice,
    limits: Mapping[Part, int | None],
    reason: str,
    *,
    by: User | None,
    action: str,
) -> int:
    """Give up what is open of these parts, up to a limit where there is one."""
    with transaction.atomic():
        Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
        owed = owed_of(invoice)
        given_up = 0
        for part, limit in limits.items():
            cents = owed.of(part) if limit is None else min(owed.of(part), limit)
            if cents > 0:
                WriteOff.objects.create(
                    invoice=invoice, part=part, cents=cents, reason=reason, by=by
                )
                given_up += cents
        if not given_up:
            raise AmountError(0)
        audit.record(
            action,
            actor=by,
            subject=f"invoice {invoice.number}",
            details={"cents": given_up},
        )
    return given_up


def payment_set_aside(*, payment: Payment, is_set_aside: bool, by: User | None) -> None:
    """Note that a payment has nothing to do with invoices, or that it has after all."""
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        locked.is_set_aside = is_set_aside
        locked.save(update_fields=["is_set_aside"])
        audit.record(
            "payment.set_aside" if is_set_aside else "payment.taken_up",
            actor=by,
            subject=f"payment {payment.pk}",
            details={},
        )
