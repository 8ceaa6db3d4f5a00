"""Triggers with which the database itself keeps issued invoices as they are.

The model and the queryset refuse first, with a friendlier message; these hold against
bulk queries, the admin, other programs and a mistake of our own.

A migration that alters one of these tables begins with `remove` and ends with `install`:
SQLite rebuilds a table to alter it, drops its triggers with it, and refuses the rebuilt one
its name while a trigger elsewhere speaks of it. A test compares what is installed with what
`names` lists.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

# Rows of these tables are inserted and then never touched.
FINAL_TABLES = (
    "invoices_invoice",
    "invoices_invoiceline",
    "invoices_invoicevat",
    "invoices_archivedfile",
    "invoices_reminder",
    "invoices_servicerecord",
)
# The claims of an invoice: deleted when it is cancelled, not before.
CLAIM_TABLES = ("invoices_billedsession", "invoices_billeditem")
# name: (table, event, condition under which the database refuses, what it says)
GUARDS = {
    "invoices_no_line_added": (
        "invoices_invoiceline",
        "INSERT",
        "NEW.position > (SELECT line_count FROM invoices_invoice WHERE id = NEW.invoice_id)",
        "no line can be added to an issued invoice",
    ),
    "invoices_no_rate_added": (
        "invoices_invoicevat",
        "INSERT",
        "NEW.position > (SELECT rate_count FROM invoices_invoice WHERE id = NEW.invoice_id)",
        "no VAT rate can be added to an issued invoice",
    ),
    "invoices_no_record_added": (
        "invoices_servicerecord",
        "INSERT",
        "EXISTS (SELECT 1 FROM invoices_archivedfile WHERE invoice_id = NEW.invoice_id)",
        "no service record can be added to an invoice that has its file",
    ),
    "invoices_number_from_range": (
        "invoices_invoice",
        "INSERT",
        "NEW.sequence <> "
        "(SELECT last_number FROM invoices_numberrange WHERE id = NEW.number_range_id)",
        "an invoice takes the number that its range has just counted",
    ),
    "invoices_range_by_one": (
        "invoices_numberrange",
        "UPDATE",
        "NEW.last_number NOT IN (OLD.last_number, OLD.last_number + 1) AND EXISTS "
        "(SELECT 1 FROM invoices_invoice WHERE number_range_id = OLD.id)",
        "a number range in use counts on by one, without holes",
    ),
}
NOT_CANCELLED = "NOT EXISTS (SELECT 1 FROM invoices_invoice WHERE cancels_id = OLD.invoice_id)"
CLAIM_MESSAGE = "only a cancellation gives free what an invoice has billed"
FINAL_MESSAGE = "an issued invoice is never changed or deleted"


def _triggers() -> dict[str, tuple[str, str, str, str]]:
    """Return every trigger by its name."""
    events = ("UPDATE", "DELETE")
    return {
        **{
            f"{table}_no_{event.lower()}": (table, event, "", FINAL_MESSAGE)
            for table in FINAL_TABLES
            for event in events
        },
        **{f"{table}_no_update": (table, "UPDATE", "", CLAIM_MESSAGE) for table in CLAIM_TABLES},
        **{
            f"{table}_no_delete": (table, "DELETE", NOT_CANCELLED, CLAIM_MESSAGE)
            for table in CLAIM_TABLES
        },
        **GUARDS,
    }


def names() -> set[str]:
    """Return the names of all triggers, as both databases know them."""
    return set(_triggers())


def _create_sqlite(name: str, table: str, event: str, condition: str, message: str) -> str:
    when = f"WHEN {condition} " if condition else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}"
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _create_postgresql(name: str, table: str, event: str, condition: str, message: str) -> str:
    # A WHEN clause may hold no subquery there, so the condition is in the function.
    refusal = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {condition} THEN {refusal} END IF;" if condition else refusal
    row = "OLD" if event == "DELETE" else "NEW"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN {row}; END $$; "
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def install(connection: BaseDatabaseWrapper) -> None:
    """Create anew the trigger of every table that there is (older migrations have fewer)."""
    remove(connection)
    create = _create_postgresql if connection.vendor == "postgresql" else _create_sqlite
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for name, (table, event, condition, message) in _triggers().items():
            if table in tables:
                cursor.execute(create(name, table, event, condition, message))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger; missing ones are no error."""
    with connection.cursor() as cursor:
        for name in sorted(names()):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Return which of our triggers the database has at present."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()} & names()
