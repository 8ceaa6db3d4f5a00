"""The invoice run: one item a customer, finished, failed with a reason, or left to the next.

An item is leased while somebody works on it. Whatever dies in between, the next one finds
either unbilled sessions (nothing was written) or an issued invoice without file (the number
is given): both can simply be gone on with.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from company import audit
from company.models import Company
from customers.models import Customer
from invoices.archive import invoice_archive
from invoices.documents.pdf import render_invoice
from invoices.models import Invoice, InvoiceRun, InvoiceRunItem, Item
from invoices.problems import Problem, problem_of
from invoices.review import company_missing, unbilled
from invoices.services.preparing import NotInvoiceableError, unbilled_issue

if TYPE_CHECKING:
    from invoices.domain.period import Month
    from technicians.models import User

logger = logging.getLogger(__name__)

# Longer than the slowest document takes (400 sessions: a few seconds), short enough that with
# the sweeper's next round, and the work anew, a killed worker costs less than a minute.
LEASE = dt.timedelta(seconds=30)
State = InvoiceRunItem.State


class CompanyIncompleteError(Exception):
    """The shop's own data lack what every invoice must show; `missing` names it."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is since its latest start: customers in all, finished, and of these failed.

    `working` are in work right now.
    """

    total: int
    finished: int
    failed: int
    working: int

    @property
    def running(self) -> bool:
        """Whether customers are still waiting or in work."""
        return self.finished < self.total


def invoice_run_create(*, month: "Month") -> InvoiceRun:
    """Return the month's run with an item for each customer who has unbilled sessions.

    May be called as often as one likes: customers who are done and have nothing new stay
    done; late sessions and failures wait again. Raises CompanyIncompleteError.
    """
    missing = company_missing(Company.objects.current())
    if missing:
        raise CompanyIncompleteError(missing)
    customers = set(
        unbilled(month).filter(customer__isnull=False).values_list("customer_id", flat=True)
    ) | set(Item.objects.unbilled().until(month).values_list("customer_id", flat=True))
    with transaction.atomic():
        run, _created = InvoiceRun.objects.get_or_create(period=month.first_day)
        run = InvoiceRun.objects.select_for_update().get(pk=run.pk)
        known = set(run.items.values_list("customer_id", flat=True))
        InvoiceRunItem.objects.bulk_create(
            InvoiceRunItem(run=run, customer_id=pk) for pk in sorted(customers - known)
        )
        again = Q(customer_id__in=customers, state__in=(State.DONE, State.FAILED))
        # A failure without sessions has been cleared up elsewhere (given to somebody else).
        again |= Q(state__in=(State.ISSUED, State.FAILED))
        run.items.filter(again).update(
            state=State.WAITING, problem="", detail="", queued_at=None, finished_at=None
        )
    return run


def invoice_run_include(*, month: "Month", customer: Customer, by: "User | None") -> list[int]:
    """Have one customer's invoice of a month made at once; return the item to be queued.

    The list is empty while it is in work already, and while the month's run is paused: then
    it waits with the others. Raises CompanyIncompleteError.
    """
    if missing := company_missing(Company.objects.current()):
        raise CompanyIncompleteError(missing)
    with transaction.atomic():
        run, _created = InvoiceRun.objects.get_or_create(period=month.first_day)
        run = InvoiceRun.objects.select_for_update().get(pk=run.pk)
        item, is_new = run.items.get_or_create(customer=customer)
        if not is_new and item.state == State.WORKING:
            return []
        item.state, item.problem, item.detail = State.WAITING, "", ""
        item.queued_at = item.finished_at = None
        item.save()
        if run.started_at is None:
            run.started_at, run.started_by = timezone.now(), by
            run.save(update_fields=["started_at", "started_by"])
        audit.record(
            "invoice_run.included",
            actor=by,
            subject=f"invoice run {run}",
            details={"customer": customer.number},
        )
    return [item.pk] if run.paused_at is None else []


def invoice_run_start(*, run: InvoiceRun, by: "User | None") -> list[int]:
    """Return the items that wait and are not queued yet; the caller queues them.

    Notes who started the run and when, unless it is still going on: then what is new joins
    it. A paused run goes on.
    """
    with transaction.atomic():
        run = InvoiceRun.objects.select_for_update().get(pk=run.pk)
        if run.paused_at is not None:
            _go_on(run)
        at_work = Q(state=State.WORKING) | Q(state=State.WAITING, queued_at__isnull=False)
        waiting = list(
            run.items.filter(state=State.WAITING, queued_at__isnull=True).values_list(
                "pk", flat=True
            )
        )
        if run.started_at is None or not run.items.filter(at_work).exists():
            run.started_at, run.started_by = timezone.now(), by
            run.save(update_fields=["started_at", "started_by"])
        audit.record(
            "invoice_run.started",
            actor=by,
            subject=f"invoice run {run}",
            details={"customers": len(waiting)},
        )
    return waiting


def invoice_run_pause(*, run: InvoiceRun, by: "User | None") -> bool:
    """Let no further customer be begun; who is in work is finished.

    Returns False where there is nothing to pause: it is paused already, or nobody waits.
    """
    with transaction.atomic():
        run = InvoiceRun.objects.select_for_update().get(pk=run.pk)
        waiting = run.items.filter(state=State.WAITING).count()
        if run.paused_at is not None or not waiting:
            return False
        run.paused_at = timezone.now()
        run.save(update_fields=["paused_at"])
        audit.record(
            "invoice_run.paused",
            actor=by,
            subject=f"invoice run {run}",
            details={"customers": waiting},
        )
    return True


def invoice_run_resume(*, run: InvoiceRun, by: "User | None") -> list[int]:
    """Let a paused run go on; return the items that wait, which the caller queues.

    The list is empty for a run that is not paused.
    """
    with transaction.atomic():
        run = InvoiceRun.objects.select_for_update().get(pk=run.pk)
        if run.paused_at is None:
            return []
        _go_on(run)
        waiting = list(run.items.filter(state=State.WAITING).values_list("pk", flat=True))
        audit.record(
            "invoice_run.resumed",
            actor=by,
            subject=f"invoice run {run}",
            details={"customers": len(waiting)},
        )
    return waiting


def _go_on(run: InvoiceRun) -> None:
    """End the pause of a locked run: what workers turned away meanwhile is to be queued anew."""
    run.items.filter(state=State.WAITING).update(queued_at=None)
    run.paused_at = None
    run.save(update_fields=["paused_at"])


def invoice_run_progress(*, run: InvoiceRun) -> Progress:
    """Count what the latest start has to do, and has done; earlier results do not count."""
    since_start = Q(finished_at__isnull=True)
    if run.started_at is not None:
        since_start |= Q(finished_at__gte=run.started_at)
    counts = run.items.filter(since_start).aggregate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=(State.WAITING, State.WORKING))),
        failed=Count("pk", filter=Q(state__in=(State.FAILED, State.ISSUED))),
        working=Count("pk", filter=Q(state=State.WORKING)),
    )
    return Progress(
        counts["total"], counts["total"] - counts["open"], counts["failed"], counts["working"]
    )


def invoice_run_item_process(*, item_id: int) -> InvoiceRunItem | None:
    """Make one customer's invoice and archive its file; return the item as it stands then.

    Returns None when somebody else works on it, or has finished it. Never raises for what
    is wrong with one customer: that is noted on the item, so that the others go on.
    """
    item = _claim(item_id)
    if item is None:
        return None
    try:
        if item.invoice_id is not None:
            _complete_files(item)  # of an earlier attempt
        invoice = _issue(item)
        if invoice is not None:
            invoice_archive(invoice, render_invoice)
    except (OperationalError, InterfaceError):
        raise  # the database is gone: the lease runs out, and somebody goes on from there
    except NotInvoiceableError as error:
        item.finish(State.FAILED, error.problem, error.detail)
    except OSError as error:
        logger.error("Run item %s: no file could be written: %s", item_id, error)  # noqa: TRY400
        state = State.ISSUED if files_missing(item) else State.FAILED
        item.finish(state, *problem_of(error))
    except Exception as error:  # one customer's trouble must not stop the month
        logger.exception("Run item %s failed", item_id)
        state = State.ISSUED if files_missing(item) else State.FAILED
        item.finish(state, Problem.UNEXPECTED, type(error).__name__)
    else:
        item.finish(State.DONE)
    return item


def _claim(item_id: int) -> InvoiceRunItem | None:
    """Lease the item to this worker, unless another one has it."""
    now = timezone.now()
    if not InvoiceRunItem.objects.lease(item_id, now, now + LEASE):
        return None
    return InvoiceRunItem.objects.select_related("run", "customer").get(pk=item_id)


def _pending(item: InvoiceRunItem) -> list[Invoice]:
    """Return the customer's invoices of this month that have a number and no file yet."""
    pending = Invoice.objects.of_month(item.run.month).unarchived()
    return list(pending.filter(customer=item.customer))


def files_missing(item: InvoiceRunItem) -> bool:
    """Whether an invoice of this customer and month has a number, but no file yet."""
    return bool(_pending(item))


def _complete_files(item: InvoiceRunItem) -> None:
    for invoice in _pending(item):
        invoice_archive(invoice, render_invoice)


def _issue(item: InvoiceRunItem) -> Invoice | None:
    """Issue the customer's invoice and note it on the item; None when nothing is unbilled."""

    def note(invoice: Invoice) -> None:
        item.invoice = invoice
        item.save(update_fields=["invoice"])

    return unbilled_issue(customer=item.customer, month=item.run.month, note=note)


def items_queued(*, item_ids: list[int]) -> None:
    """Note when items were given to the broker."""
    InvoiceRunItem.objects.filter(pk__in=item_ids).update(queued_at=timezone.now())
