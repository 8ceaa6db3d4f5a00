"""kill -9 in the middle of a month's run: nobody is forgotten, nobody gets two invoices.

Worker, Redis (which then knows nothing any more) and database die one after the other under
the same run, each with work in hand. What had its number keeps it.
"""

from collections.abc import Iterator

import pytest

from tests.integration.rig.back_office import BackOffice

CUSTOMERS = 60
MONTH = "2026-10"
START = f"""
from invoices import services, tasks
from invoices.domain.period import Month
run = services.invoice_run_create(month=Month.parse("{MONTH}"))
tasks.queue_items(services.invoice_run_start(run=run, by=None))
"""
ISSUED = "SELECT count(*) FROM invoices_invoice"
ARCHIVED = "SELECT count(*) FROM invoices_archivedfile"
UNFINISHED = "SELECT count(*) FROM invoices_invoicerunitem WHERE state IN ('waiting', 'working')"
# The workers' connections: they outlive an invoice.
KEPT_OPEN = """
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
AND backend_start < (SELECT max(issued_at) FROM invoices_invoice)
"""
FORGOTTEN = """
SELECT count(*) FROM support_sessions_session session
JOIN invoices_invoicerunitem item ON item.customer_id = session.customer_id
LEFT JOIN invoices_billedsession billed ON billed.session_id = session.id
WHERE billed.session_id IS NULL AND item.state = 'done' AND session.state = 'ended'
AND session.seconds > 0 AND session.started_at BETWEEN '2026-10-01' AND '2026-10-31'
"""


@pytest.fixture
def back_office() -> Iterator[BackOffice]:
    """Return a database with a month of sessions, Redis, and nobody at work yet."""
    with BackOffice() as back_office:
        back_office.manage("migrate", "--verbosity", "0")
        back_office.manage(
            *("demo_data", "--month", MONTH, "--customers", str(CUSTOMERS), "--sessions", "2")
        )
        yield back_office


def wait_for_progress(back_office: BackOffice, more: int) -> dict[int, str]:
    """Wait until so many more invoices are issued; return who has which number."""
    goal = back_office.number(ISSUED) + more
    back_office.wait_until(lambda: back_office.number(ISSUED) >= goal)
    rows = back_office.rows("SELECT customer_id, number FROM invoices_invoice")
    return {row["customer_id"]: row["number"] for row in rows}


def test_a_month_survives_the_death_of_worker_redis_and_database(back_office: BackOffice) -> None:
    for name in ("worker", "beat"):
        back_office.start(name)
    back_office.manage("shell", "-c", START)
    given: dict[int, str] = {}
    for name in ("worker", "redis", "database"):
        given |= wait_for_progress(back_office, more=8)
        back_office.restart(name)
    back_office.wait_until(lambda: back_office.number(UNFINISHED) == 0)
    back_office.wait_until(lambda: back_office.number(ISSUED) == back_office.number(ARCHIVED))

    rows = back_office.rows("SELECT customer_id, number, sequence FROM invoices_invoice")
    # One of the demo's customers has no address, and is told so.
    failed = back_office.rows(
        "SELECT problem FROM invoices_invoicerunitem WHERE state NOT IN ('done')"
    )
    assert {row["problem"] for row in failed} <= {"address"}
    assert len(rows) == len({row["customer_id"] for row in rows}) == CUSTOMERS - len(failed)
    assert sorted(row["sequence"] for row in rows) == list(range(1, len(rows) + 1))
    now = {row["customer_id"]: row["number"] for row in rows}
    assert {customer: now[customer] for customer in given} == given
    assert back_office.number(KEPT_OPEN) > 0
    # A session can be billed once only; none was forgotten.
    assert back_office.number(FORGOTTEN) == 0
    back_office.manage("verify_archive")
