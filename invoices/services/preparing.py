"""From what is unbilled to an issued invoice, or to the reason why there is none."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction

from company import audit
from company.models import Company, VatRate
from customers.models import Customer
from invoices.domain.billing import LedgerMismatchError
from invoices.domain.lines import NetPriceMissingError
from invoices.domain.period import Month
from invoices.models import Invoice, Item
from invoices.problems import Problem
from invoices.review import company_missing, unbilled
from invoices.services.drafting import Draft, NothingDueError, draft_of, shop_of
from invoices.services.issuing import (
    RulesBrokenError,
    SessionsChangedError,
    draft_check,
    draft_issue,
)
from sessions.models import Session
from technicians.models import User

# Each time somebody else was quicker.
ATTEMPTS = 3


class NotInvoiceableError(Exception):
    """The customer cannot be invoiced as things are."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


def unbilled_issue(
    *,
    customer: Customer,
    month: Month,
    session_id: UUID | None = None,
    note: Callable[[Invoice], None] | None = None,
) -> Invoice | None:
    """Issue one invoice of what a customer was not billed for; None where nothing is left.

    That is a month's sessions and all items up to it, or only the one session. `note` is called
    in the same transaction. Raises NotInvoiceableError.
    """
    for _attempt in range(ATTEMPTS):
        draft = _draft(customer, month, session_id)
        if draft is None:
            return None
        try:
            with transaction.atomic():
                invoice = draft_issue(draft)
                if note is not None:
                    note(invoice)
        except (SessionsChangedError, IntegrityError):
            continue  # another worker billed them, or somebody moved one: look again
        return invoice
    raise NotInvoiceableError(Problem.UNEXPECTED, "sessions kept changing")


def session_invoice(*, session: Session, by: User | None) -> Invoice | None:
    """Issue the invoice of a single session at once; None where nothing of it is left to bill.

    Its file is not written yet. Raises NotInvoiceableError.
    """
    if session.customer_id is None or session.started_at is None:
        return None

    def note(invoice: Invoice) -> None:
        audit.record(
            "invoice.single",
            actor=by,
            subject=f"invoice {invoice.number}",
            details={"session": str(session)},
        )

    return unbilled_issue(
        customer=Customer.objects.get(pk=session.customer_id),
        month=Month.of(session.started_at),
        session_id=session.pk,
        note=note,
    )


def _draft(customer: Customer, month: Month, session_id: UUID | None) -> Draft | None:
    """Prepare and check an invoice; None when nothing is unbilled."""
    sessions = unbilled(month).filter(customer=customer).prefetch_related("segments")
    # Whose they are is known: no copy of the customer with each.
    sessions = sessions.select_related(None).select_related("technician")
    items = Item.objects.unbilled().until(month).filter(customer=customer)
    if session_id is not None:
        sessions, items = sessions.filter(pk=session_id), items.none()
    if not sessions and not items:
        return None
    company = Company.objects.current()
    _check_addresses(customer, company)
    try:
        draft = draft_of(
            shop=shop_of(company),
            customer=customer,
            month=month,
            sessions=list(sessions),
            items=list(items),
        )
        if draft is not None:
            draft.invoice.is_single = session_id is not None
            draft_check(draft)
    except LedgerMismatchError as error:
        raise NotInvoiceableError(Problem.LEDGER, str(error)) from error
    except NetPriceMissingError as error:
        raise NotInvoiceableError(Problem.NET_PRICE) from error
    except VatRate.DoesNotExist as error:
        raise NotInvoiceableError(Problem.VAT_RATE) from error
    except NothingDueError as error:
        raise NotInvoiceableError(Problem.NEGATIVE) from error
    except RulesBrokenError as error:
        raise NotInvoiceableError(Problem.RULES, str(error)) from error
    return draft


def _check_addresses(customer: Customer, company: Company) -> None:
    if missing := customer.missing_for_invoice:
        raise NotInvoiceableError(Problem.ADDRESS, ", ".join(missing))
    if missing := company_missing(company):
        raise NotInvoiceableError(Problem.COMPANY, ", ".join(missing))
