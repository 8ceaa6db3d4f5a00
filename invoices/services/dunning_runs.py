"""All letters that are due, in one go: what would be written, and the work on each of them.

An item is leased while somebody works on it. A letter is written once (the database says so)
and noted on its item in the same transaction, so whoever goes on after a crash only sends it.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from company import audit
from invoices.documents.pdf import RenderError
from invoices.domain.interest import BaseRate, BaseRateMissingError
from invoices.models import Delivery, Invoice, LeftOut, Level, Reminder
from invoices.models.reminder_runs import ReminderRun, ReminderRunItem
from invoices.problems import Problem, packing_problem_of
from invoices.services.delivering import NotDeliverableError, reminder_queue
from invoices.services.dunning import (
    DueReminder,
    ReminderNotDueError,
    interest_parts,
    known_rates,
    next_level,
    reminder_issue,
)
from invoices.services.runs import LEASE, Progress
from technicians.models import User

logger = logging.getLogger(__name__)
State = ReminderRunItem.State


@dataclass(frozen=True, slots=True)
class Plan:
    """Which letters would be written today, and which overdue invoices are left out, and why."""

    due: list[DueReminder]
    left_out: list[tuple[Invoice, LeftOut]]

    @property
    def counts(self) -> dict[tuple[Level, str], int]:
        """How many letters of which level go which way (`Delivery.Channel`)."""
        return Counter((each.level, way_of(each.invoice)) for each in self.due)

    @property
    def mark(self) -> str:
        """What tells this plan from another one: whoever agreed to it has seen just this."""
        return " ".join(f"{each.invoice.pk}:{each.level.value}" for each in self.due)


def way_of(invoice: Invoice) -> str:
    """Return the way of a letter: by mail where the customer has an address, else on paper."""
    return Delivery.Channel.MAIL if invoice.customer.email else Delivery.Channel.PRINT


def reminder_plan(today: dt.date) -> Plan:
    """Return what would be written today; the oldest invoice comes first."""
    found = Invoice.objects.overdue(today).with_charges().select_related("customer")
    rates = known_rates()
    plan = Plan([], [])
    for invoice in found.prefetch_related("reminders__deliveries"):
        former = list(invoice.reminders.all())
        level = next_level(invoice, former, today)
        if level is None:
            plan.left_out.append((invoice, _why_not_due(former, today)))
        elif reason := _hindrance(invoice, former, level, today, rates=rates):
            plan.left_out.append((invoice, reason))
        else:
            plan.due.append(DueReminder(invoice, level))
    return plan


def _why_not_due(former: Sequence[Reminder], today: dt.date) -> LeftOut:
    if not former:
        return LeftOut.SOON
    if any(each.level == Level.SECOND and today > each.pay_until for each in former):
        return LeftOut.LAST
    return LeftOut.RUNNING


def _hindrance(
    invoice: Invoice,
    former: Sequence[Reminder],
    level: Level,
    today: dt.date,
    *,
    rates: Sequence[BaseRate],
) -> LeftOut | None:
    """Return what stands in the way of a letter that is due, or None."""
    latest = max(former, key=lambda each: each.level, default=None)
    if latest is not None and not any(
        each.state == Delivery.State.SENT for each in latest.deliveries.all()
    ):
        # 'In spite of our letter of …' would not be true.
        return LeftOut.NOT_SENT
    if way_of(invoice) == Delivery.Channel.PRINT and invoice.customer.missing_for_invoice:
        return LeftOut.ADDRESS
    try:
        interest_parts(invoice, former, level, today, rates=rates)
    except BaseRateMissingError:
        return LeftOut.BASE_RATE
    return None


def reminder_run_create(*, today: dt.date, mark: str, by: User | None) -> ReminderRun | None:
    """Begin to write and send all that is due; None where it is not what `mark` stands for.

    The caller queues the run's items. What another run still works on is left to it.
    """
    plan = reminder_plan(today)
    if not plan.due or plan.mark != mark:
        return None
    with transaction.atomic():
        run = ReminderRun.objects.create(created_by=by)
        # Two people at once: the constraint leaves each letter to one of them.
        ReminderRunItem.objects.bulk_create(
            (ReminderRunItem(run=run, invoice=each.invoice, level=each.level) for each in plan.due),
            ignore_conflicts=True,
        )
        audit.record(
            "reminder_run.started",
            actor=by,
            subject=f"reminder run {run.pk}",
            details={"letters": run.items.count()},
        )
    return run


def reminder_run_progress(*, run: ReminderRun) -> Progress:
    """Count a run's letters: in all, finished, of these failed, and in work right now."""
    counts = run.items.aggregate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=(State.WAITING, State.WORKING))),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        working=Count("pk", filter=Q(state=State.WORKING)),
    )
    finished = counts["total"] - counts["open"]
    return Progress(counts["total"], finished, counts["failed"], counts["working"])


def reminder_run_item_process(*, item_id: int) -> ReminderRunItem | None:
    """Write one letter and queue its delivery; return the item as it stands then.

    None when somebody else works on it, or has finished it. Never raises for what is wrong
    with one letter: that is noted on the item, so that the others go on.
    """
    item = _claim(item_id)
    if item is None:
        return None
    try:
        _write_and_queue(item)
    except (OperationalError, InterfaceError):
        raise  # the database is gone: the lease runs out, and somebody goes on from there
    except (ReminderNotDueError, NotDeliverableError):
        item.finish(State.NOT_DUE)
    except BaseRateMissingError as error:
        item.finish(State.FAILED, Problem.BASE_RATE, error.day.isoformat())
    except RenderError:
        logger.exception("Letter %s could not be made", item)
        item.finish(State.FAILED, Problem.LETTER)
    except OSError as error:
        logger.error("Letter %s was not written: %s", item, error)  # noqa: TRY400
        item.finish(State.FAILED, *packing_problem_of(error))
    except Exception as error:  # one letter's trouble must not stop the others
        logger.exception("Letter %s failed", item)
        item.finish(State.FAILED, Problem.UNEXPECTED, type(error).__name__)
    else:
        item.finish(State.DONE)
    return item


def _claim(item_id: int) -> ReminderRunItem | None:
    now = timezone.now()
    if not ReminderRunItem.objects.lease(item_id, now, now + LEASE):
        return None
    found = ReminderRunItem.objects.select_related("run", "invoice__customer", "reminder__invoice")
    return found.get(pk=item_id)


def _write_and_queue(item: ReminderRunItem) -> None:
    if item.reminder is None:
        if item.invoice.reminders.filter(level__gte=item.level).exists():
            raise ReminderNotDueError  # somebody has written it meanwhile

        def note(reminder: Reminder) -> None:
            item.reminder = reminder
            item.save(update_fields=["reminder"])

        reminder_issue(
            invoice=item.invoice, today=timezone.localdate(), by=item.run.created_by, note=note
        )
    if item.reminder is not None and not item.reminder.deliveries.exists():
        address = item.invoice.customer.email
        reminder_queue(reminder=item.reminder, address=address, by=item.run.created_by)


def reminder_items_lost(*, now: dt.datetime) -> list[int]:
    """Return letters that should be queued again.

    Their worker is dead, or they wait in a run in which nothing has moved for half a minute.
    """
    quiet_since = now - LEASE
    moving = ReminderRunItem.objects.filter(finished_at__gte=quiet_since).values("run_id")
    lost = ReminderRunItem.objects.claimable(now).exclude(
        Q(state=State.WAITING) & (Q(run__created_at__gte=quiet_since) | Q(run_id__in=moving))
    )
    return list(lost.values_list("pk", flat=True))
