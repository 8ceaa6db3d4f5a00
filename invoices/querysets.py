"""Reads of invoices, and the refusal to change or delete issued ones."""

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from invoices.domain.lines import LineKind
from invoices.domain.period import Month

if TYPE_CHECKING:
    from customers.models import Customer
    from invoices.models import (
        Delivery,
        Export,
        Invoice,
        InvoiceLine,
        InvoiceRun,
        InvoiceRunItem,
        Item,
    )

ModelT = TypeVar("ModelT", bound=models.Model)


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

    def undelivered(self) -> "InvoiceQuerySet":
        """Return invoices with a file that went to nobody yet, and are not on their way."""
        return self.filter(archived_file__isnull=False).exclude(
            deliveries__state__in=("queued", "sending", "unclear", "sent")
        )

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


class InvoiceLineQuerySet(IssuedQuerySet["InvoiceLine"]):
    """Counts the customer's free minutes; a cancellation's lines take back what they undo."""

    def contract_seconds_used(self, customer: "Customer", month: Month) -> int:
        """Return what invoices took from the month's contract minutes."""
        found = self.filter(
            invoice__customer=customer,
            kind=LineKind.CONTRACT,
            service_date__range=(month.first_day, month.last_day),
        )
        return -int(found.aggregate(seconds=Sum("allowance_seconds", default=0))["seconds"])

    def prepaid_seconds_left(self, customer: "Customer") -> int:
        """Return the balance of prepaid time: packages on invoices less what was used."""
        found = self.filter(invoice__customer=customer, kind__in=(LineKind.ITEM, LineKind.PREPAID))
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


class InvoiceRunItemQuerySet(models.QuerySet["InvoiceRunItem"]):
    """Finds the work of a run."""

    def claimable(self, now: dt.datetime) -> "InvoiceRunItemQuerySet":
        """Return items that nobody works on: waiting, or left behind by a dead worker."""
        return self.filter(
            Q(state=self.model.State.WAITING)
            | Q(state=self.model.State.WORKING, leased_until__lt=now)
        )

    def unfinished(self) -> "InvoiceRunItemQuerySet":
        """Return items that still wait or are being worked on."""
        return self.filter(state__in=(self.model.State.WAITING, self.model.State.WORKING))


class ExportQuerySet(models.QuerySet["Export"]):
    """Finds exports."""

    def claimable(self, now: dt.datetime) -> "ExportQuerySet":
        """Return exports that nobody works on."""
        return self.filter(
            Q(state=self.model.State.WAITING)
            | Q(state=self.model.State.WORKING, leased_until__lt=now)
        )

    def latest_of(self, month: Month) -> "Export | None":
        """Return the month's newest export."""
        return self.filter(period=month.first_day).order_by("-pk").first()


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Finds deliveries by what is to be done with them."""

    def due(self, now: dt.datetime) -> "DeliveryQuerySet":
        """Return mails that wait and whose time has come."""
        return self.filter(channel="mail", state="queued", next_attempt_at__lte=now)

    def abandoned(self, now: dt.datetime) -> "DeliveryQuerySet":
        """Return mails whose worker is dead."""
        return self.filter(channel="mail", state="sending", leased_until__lt=now)

    def open(self) -> "DeliveryQuerySet":
        """Return what is still on its way, or unclear."""
        return self.filter(state__in=("queued", "sending", "unclear"))
