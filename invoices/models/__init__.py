"""Everything the app stores."""

from invoices.models.claims import BilledItem, BilledSession, Item
from invoices.models.delivery import Delivery, PrintBatch
from invoices.models.documents import (
    ArchivedFile,
    Invoice,
    InvoiceLine,
    InvoiceVat,
    WrittenOnce,
)
from invoices.models.numbers import NumberRange
from invoices.models.payments import Allocation, Payment, WriteOff
from invoices.models.runs import Export, InvoiceRun, InvoiceRunItem

__all__ = [
    "Allocation",
    "ArchivedFile",
    "BilledItem",
    "BilledSession",
    "Delivery",
    "Export",
    "Invoice",
    "InvoiceLine",
    "InvoiceRun",
    "InvoiceRunItem",
    "InvoiceVat",
    "Item",
    "NumberRange",
    "Payment",
    "PrintBatch",
    "WriteOff",
    "WrittenOnce",
]
