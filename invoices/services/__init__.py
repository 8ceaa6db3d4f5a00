"""Everything that makes invoices and packs them.

Each function takes keywords only and may be called again after a crash: what is done stays
done, what is half done is completed.
"""

from invoices.services.cancelling import NotCancellableError, invoice_cancel
from invoices.services.delivering import (
    NotDeliverableError,
    Queued,
    deliveries_lost,
    deliveries_queue,
    delivery_process,
    delivery_queue,
    delivery_settle,
)
from invoices.services.dunning import (
    DAYS_TO_FRIENDLY,
    Demand,
    DueReminder,
    ReminderNotDueError,
    base_rate_is_current,
    reminder_demand,
    reminder_due,
    reminder_issue,
)
from invoices.services.exporting import export_create, export_process
from invoices.services.items import ItemBilledError, item_add, item_remove
from invoices.services.paying import (
    AmountError,
    Imported,
    allocations_undo,
    open_cents,
    payment_allocate,
    payment_record,
    payment_set_aside,
    statement_import,
    suggestion_accept,
    suggestions,
    write_off,
)
from invoices.services.printing import (
    print_batch_create,
    print_batch_process,
    print_batch_sent,
    print_batches_lost,
)
from invoices.services.runs import (
    CompanyIncompleteError,
    Progress,
    invoice_run_create,
    invoice_run_include,
    invoice_run_item_process,
    invoice_run_pause,
    invoice_run_progress,
    invoice_run_resume,
    invoice_run_start,
    items_queued,
)
from invoices.services.sweeping import (
    exports_lost,
    invoices_complete,
    items_lost,
    leftovers_remove,
)

__all__ = [
    "DAYS_TO_FRIENDLY",
    "AmountError",
    "CompanyIncompleteError",
    "Demand",
    "DueReminder",
    "Imported",
    "ItemBilledError",
    "NotCancellableError",
    "NotDeliverableError",
    "Progress",
    "Queued",
    "ReminderNotDueError",
    "allocations_undo",
    "base_rate_is_current",
    "deliveries_lost",
    "deliveries_queue",
    "delivery_process",
    "delivery_queue",
    "delivery_settle",
    "export_create",
    "export_process",
    "exports_lost",
    "invoice_cancel",
    "invoice_run_create",
    "invoice_run_include",
    "invoice_run_item_process",
    "invoice_run_pause",
    "invoice_run_progress",
    "invoice_run_resume",
    "invoice_run_start",
    "invoices_complete",
    "item_add",
    "item_remove",
    "items_lost",
    "items_queued",
    "leftovers_remove",
    "open_cents",
    "payment_allocate",
    "payment_record",
    "payment_set_aside",
    "print_batch_create",
    "print_batch_process",
    "print_batch_sent",
    "print_batches_lost",
    "reminder_demand",
    "reminder_due",
    "reminder_issue",
    "statement_import",
    "suggestion_accept",
    "suggestions",
    "write_off",
]
