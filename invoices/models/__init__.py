"""Everything the app stores."""

from invoices.models.claims import BilledItem, BilledSession, Item
from invoices.models.delivery import Delivery, PrintBatch
from invoices.models.documents import (
    ArchivedFile,
    Invoice,
    InvoiceLine,
    InvoiceVat,
    Rows,
    ServiceRecord,
    WrittenOnce,
)
from invoices.models.dunning import BaseRate, DunningFee, Level, Reminder
from invoices.models.numbers import NumberRange
from invoices.models.payments import Allocation, Payment, WriteOff
from invoices.models.reminder_runs import LeftOut, ReminderRun, ReminderRunItem
from invoices.models.runs import Export, InvoiceRun, InvoiceRunItem

__all__ = [
    "Allocation",
    "ArchivedFile",
    "BaseRate",
    "BilledItem",
    "BilledSession",
    "Delivery",
    "DunningFee",
    "Export",
    "Invoice",
    "InvoiceLine",
    "InvoiceRun",
    "InvoiceRunItem",
    "InvoiceVat",
    "Item",
    "LeftOut",
    "Level",
    "NumberRange",
    "Payment",
    "PrintBatch",
    "Reminder",
    "ReminderRun",
    "ReminderRunItem",
    "Rows",
    "ServiceRecord",
    "WriteOff",
    "WrittenOnce",
]
