"""Reads of invoices, and the refusal to change or delete issued ones."""

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from invoices.domain.lines import LineKind
from invoices.domain.period import Month

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    from customers.models import Customer
    from invoices.models import (
        Delivery,
        Export,
        Invoice,
        InvoiceLine,
        InvoiceRun,
        InvoiceRunItem,
        Item,
        Payment,
        PrintBatch,
        Reminder,
        ReminderRunItem,
    )

ModelT = TypeVar("ModelT", bound=models.Model)
# Lines that add to prepaid time, or take from it.
BALANCE_KINDS = (LineKind.ITEM, LineKind.PREPAID)
ON_BALANCE = Q(kind__in=BALANCE_KINDS)


def _cents(rows: "models.QuerySet[Any]") -> Coalesce:
    """Return a subquery's one figure, 0 where it has none."""
    return Coalesce(Subquery(rows), 0, output_field=BigIntegerField())


def _settled(part: str) -> "Combinable":
    """Return what payments and write-offs have settled of a part of what an invoice claims."""
    settled: Combinable = Value(0, output_field=BigIntegerField())
    for table in ("Allocation", "WriteOff"):
        rows = apps.get_model("invoices", table).objects.filter(invoice=OuterRef("pk"), part=part)
        totals = rows.order_by().values("invoice").annotate(total=Sum("cents")).values("total")
        settled = settled + _cents(totals)
    return settled


def _unless_cancelled(cents: "Combinable") -> Case:
    """Return an amount; nothing for a cancellation and for what it cancels."""
    return Case(
        When(Q(kind="cancellation") | Q(cancellation__isnull=False), then=Value(0)),
        default=cents,
        output_field=BigIntegerField(),
    )


class IssuedIsFinalError(Exception):
    """Somebody tried to change or delete an issued document.

    Sec. 14 UStG with the GoBD: corrected only by cancellation. The database refuses it
    as well (invoices.immutability); this error is the friendlier one.
    """

    def __init__(self) -> None:
        super().__init__(_("An issued invoice can be neither changed nor deleted, only cancelled."))


class IssuedQuerySet(models.QuerySet[ModelT]):
    """Rows that are written once."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise IssuedIsFinalError

    def delete(self) -> NoReturn:
        """Refuse."""
        raise IssuedIsFinalError

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise IssuedIsFinalError


class InvoiceQuerySet(IssuedQuerySet["Invoice"]):
    """Finds invoices as the office looks for them."""

    def of_month(self, month: Month) -> "InvoiceQuerySet":
        """Return the invoices for a month's services, in the order of their numbers."""
        return self.filter(period=month.first_day).order_by("number_range", "sequence")

    def with_open(self) -> "InvoiceQuerySet":
        """Annotate `open_cents`: what is still to be paid; nothing for what was cancelled."""
        return self.annotate(  # type: ignore[no-redef] # declared on the model for readers
            open_cents=_unless_cancelled(F("gross_cents") - _settled("invoice"))
        )

    def with_charges(self) -> "InvoiceQuerySet":
        """Annotate `interest_open_cents` and `costs_open_cents`: open of what letters charged.

        Each letter reckons interest from the first day anew, so the last one's counts.
        """
        letters = apps.get_model("invoices", "Reminder").objects.filter(invoice=OuterRef("pk"))
        letters = letters.order_by()
        interest = letters.order_by("-level").values("interest_cents")[:1]
        costs = letters.values("invoice").annotate(total=Sum(F("fee_cents") + F("flat_cents")))
        return self.annotate(  # type: ignore[no-redef] # as for with_open
            interest_open_cents=_unless_cancelled(_cents(interest) - _settled("interest")),
            costs_open_cents=_unless_cancelled(_cents(costs.values("total")) - _settled("costs")),
        )

    def owing(self) -> "InvoiceQuerySet":
        """Return invoices of which something is open, or of what their letters charged.

        The oldest first; see `with_open` and `with_charges`.
        """
        found = self.with_open().with_charges()
        letters = apps.get_model("invoices", "Reminder").objects.filter(invoice=OuterRef("pk"))
        # Asked first: of most invoices nobody was ever reminded.
        is_charged = Exists(letters) & (Q(interest_open_cents__gt=0) | Q(costs_open_cents__gt=0))
        return found.filter(Q(open_cents__gt=0) | is_charged).order_by("due_on", "pk")

    def unpaid(self) -> "InvoiceQuerySet":
        """Return invoices with something open, the oldest first; see `with_open`."""
        found = self.with_open().filter(open_cents__gt=0)  # type: ignore[misc] # annotated
        return found.order_by("due_on", "pk")

    def overdue(self, today: dt.date) -> "InvoiceQuerySet":
        """Return unpaid invoices whose due date has passed, the oldest first."""
        return self.unpaid().filter(due_on__lt=today)

    def undelivered(self) -> "InvoiceQuerySet":
        """Return invoices with a file that went to nobody yet, and are not on their way."""
        deliveries = apps.get_model("invoices", "Delivery").objects
        own = deliveries.invoices().filter(state__in=("queued", "sending", "unclear", "sent"))
        return self.filter(archived_file__isnull=False).exclude(pk__in=own.values("invoice"))

    def unarchived(self, *, issued_before: dt.datetime | None = None) -> "InvoiceQuerySet":
        """Return issued invoices whose file is still missing, oldest first."""
        found = self.filter(archived_file__isnull=True)
        if issued_before is not None:
            found = found.filter(issued_at__lt=issued_before)
        return found.order_by("issued_at", "pk")

    def totals(self) -> dict[str, int]:
        """Return the sums in cents, cancellations taken off: `net`, `vat`, `rounding`, `gross`."""
        sums = self.aggregate(
            net=Sum("net_cents", default=0),
            vat=Sum("vat_cents", default=0),
            rounding=Sum("rounding_cents", default=0),
            gross=Sum("gross_cents", default=0),
        )
        return {name: int(value) for name, value in sums.items()}


class ReminderQuerySet(IssuedQuerySet["Reminder"]):
    """Finds letters."""

    def of_month(self, month: Month) -> "ReminderQuerySet":
        """Return the letters that were written in a month, in their order."""
        return self.of_days(month.first_day, month.last_day)

    def of_days(self, first: dt.date, last: dt.date) -> "ReminderQuerySet":
        """Return the letters of these days, both included."""
        return self.filter(issued_on__range=(first, last)).order_by("issued_on", "pk")


class InvoiceLineQuerySet(IssuedQuerySet["InvoiceLine"]):
    """Counts the customer's free minutes; a cancellation's lines take back what they undo."""

    def free_seconds(self, customer: "Customer", month: Month) -> tuple[int, int]:
        """Return what invoices took from the month's contract minutes, and the prepaid balance."""
        days = (month.first_day, month.last_day)
        contract = Q(kind=LineKind.CONTRACT, service_date__range=days)
        found = self.filter(contract | ON_BALANCE, invoice__customer=customer).order_by()
        sums = dict(found.values_list("kind").annotate(Sum("allowance_seconds")))
        prepaid = sum(sums.get(kind, 0) for kind in BALANCE_KINDS)
        return -sums.get(LineKind.CONTRACT, 0), prepaid

    def prepaid_seconds_left(self, customer: "Customer") -> int:
        """Return the balance of prepaid time: packages on invoices less what was used."""
        found = self.filter(ON_BALANCE, invoice__customer=customer)
        return int(found.aggregate(seconds=Sum("allowance_seconds", default=0))["seconds"])


class ItemQuerySet(models.QuerySet["Item"]):
    """Finds items."""

    def unbilled(self) -> "ItemQuerySet":
        """Return items that are on no invoice yet, oldest first."""
        return self.filter(billed__isnull=True).order_by("service_date", "pk")

    def until(self, month: Month) -> "ItemQuerySet":
        """Return items of a month and of those before it."""
        return self.filter(service_date__lte=month.last_day)


class InvoiceRunQuerySet(models.QuerySet["InvoiceRun"]):
    """Finds runs."""

    def of_month(self, month: Month) -> "InvoiceRun | None":
        """Return the month's run, or None before the first start."""
        return self.filter(period=month.first_day).first()


class LeasedQuerySet(models.QuerySet[ModelT]):
    """Finds work that is leased while somebody does it."""

    def claimable(self, now: dt.datetime) -> Self:
        """Return what nobody works on: waiting, or left behind by a dead worker."""
        return self.filter(Q(state="waiting") | Q(state="working", leased_until__lt=now))

    def lease(self, key: int, now: dt.datetime, until: dt.datetime) -> bool:
        """Take a piece of work; return False where somebody else has it, or it is done."""
        claimed = self.claimable(now).filter(pk=key).update(state="working", leased_until=until)
        return bool(claimed)


class InvoiceRunItemQuerySet(LeasedQuerySet["InvoiceRunItem"]):
    """Finds the work of a run."""

    def claimable(self, now: dt.datetime) -> Self:
        """Leave out what belongs to a paused run."""
        # No join: an update across one looks at the row's state before it has the row's lock, and
        # two workers could claim the same item.
        going = apps.get_model("invoices", "InvoiceRun").objects.filter(paused_at__isnull=True)
        return super().claimable(now).filter(run_id__in=going.order_by().values("pk"))

    def unfinished(self) -> "models.QuerySet[InvoiceRunItem]":
        """Return items that still wait or are being worked on."""
        return self.filter(state__in=(self.model.State.WAITING, self.model.State.WORKING))


class ReminderRunItemQuerySet(LeasedQuerySet["ReminderRunItem"]):
    """Finds letters that are being written."""

    def outcome(self) -> "models.QuerySet[ReminderRunItem]":
        """Return all with what a page says of them; those that need a look come first."""
        trouble = Case(When(state="failed", then=Value(0)), default=Value(1))
        found = self.select_related("invoice__customer", "reminder__invoice")
        return found.prefetch_related("reminder__deliveries").order_by(trouble, "pk")


class ExportQuerySet(LeasedQuerySet["Export"]):
    """Finds exports."""

    def latest_of(self, month: Month) -> "Export | None":
        """Return the month's newest export."""
        return self.filter(kind="month", period=month.first_day).order_by("-pk").first()

    def under_way(self) -> Self:
        """Return what waits or is being packed."""
        return self.filter(state__in=("waiting", "working"))

    def outdated(self, now: dt.datetime) -> Self:
        """Return finished ones whose file has been kept long enough."""
        return self.filter(state="done", finished_at__lt=now - self.model.KEPT)


class PrintBatchQuerySet(LeasedQuerySet["PrintBatch"]):
    """Finds print batches."""

    def unposted(self) -> "models.QuerySet[PrintBatch]":
        """Return batches with letters that nobody has posted yet, the oldest first."""
        return self.filter(deliveries__state="queued").distinct().order_by("pk")

    def outdated(self, created_before: dt.datetime) -> "models.QuerySet[PrintBatch]":
        """Return finished batches with a file, of which every letter was posted or given up."""
        found = self.filter(state="done", created_at__lt=created_before).exclude(path="")
        return found.exclude(deliveries__state__in=("queued", "sending", "unclear"))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Finds deliveries by what is to be done with them."""

    def invoices(self) -> "DeliveryQuerySet":
        """Return deliveries of invoices, not of letters about them."""
        return self.filter(reminder__isnull=True)

    def letters(self) -> "DeliveryQuerySet":
        """Return what waits to be printed and is in no batch yet."""
        return self.filter(channel="print", state="queued", batch__isnull=True)

    def due(self, now: dt.datetime) -> "DeliveryQuerySet":
        """Return mails that wait and whose time has come."""
        return self.filter(channel="mail", state="queued", next_attempt_at__lte=now)

    def abandoned(self, now: dt.datetime) -> "DeliveryQuerySet":
        """Return mails whose worker is dead."""
        return self.filter(channel="mail", state="sending", leased_until__lt=now)

    def open(self) -> "DeliveryQuerySet":
        """Return what is still on its way, or unclear."""
        return self.filter(state__in=("queued", "sending", "unclear"))


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Finds payments."""

    def with_rest(self) -> "PaymentQuerySet":
        """Annotate `rest_cents`: what no invoice has taken yet."""
        rest = F("cents") - Coalesce(Sum("allocations__cents"), 0)
        return self.annotate(rest_cents=rest)  # type: ignore[no-redef] # as for with_open

    def unallocated(self) -> "PaymentQuerySet":
        """Return payments of which something is left, the oldest first."""
        left = self.with_rest().filter(rest_cents__gt=0)  # type: ignore[misc] # annotated
        return left.filter(is_set_aside=False).order_by("received_on", "pk")
