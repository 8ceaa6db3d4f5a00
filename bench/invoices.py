"""How many invoices a minute: the real services, beside nothing but WeasyPrint.

A month of demo customers is invoiced by worker processes as the portal's own ones do it:
number, rows, PDF, archive with fsync. Then as many processes render the same HTML again
and throw it away: that is the limit. With DATABASE_URL a test database beside that one is
used and removed; without, SQLite in a temporary folder.
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MONTH = "2026-10"
# A worker's memory counts as settled after so many documents.
WARM_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class Timed:
    """A pool's work: seconds by the clock and of the processors, each worker's memory in MB.

    On a machine that others use, too, the processors' time is the one to compare.
    """

    seconds: float
    cpu_seconds: float
    memory: dict[int, list[int]]

    def per_minute(self, count: int) -> int:
        """Return the rate for `count` documents."""
        return round(count / self.seconds * 60)

    @property
    def first_mb(self) -> int:
        """The largest worker's memory when it was warm."""
        return max(sizes[min(WARM_DOCUMENTS, len(sizes)) - 1] for sizes in self.memory.values())

    @property
    def last_mb(self) -> int:
        """The largest worker's memory at the end."""
        return max(sizes[-1] for sizes in self.memory.values())


def resident_mb() -> int:
    """Return this process's memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def cpu_of_ended_children() -> float:
    """Return the processor time in seconds of the child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def process_item(item_id: int) -> tuple[int, int]:
    """Make one invoice; return the worker and its memory."""
    from invoices.services import invoice_run_item_process  # noqa: PLC0415 - after set-up

    invoice_run_item_process(item_id=item_id)
    return os.getpid(), resident_mb()


def render_bare(html: str) -> tuple[int, int]:
    """Render one document and throw it away; return the worker and its memory."""
    from invoices.documents.pdf import html_to_pdf  # noqa: PLC0415 - after set-up

    html_to_pdf(html, b"bench")
    return os.getpid(), resident_mb()


def timed(work: Callable[[Any], tuple[int, int]], jobs: Sequence[Any], processes: int) -> Timed:
    """Let forked workers do the jobs, one at a time each."""
    from django.db import connections  # noqa: PLC0415 - after set-up

    connections.close_all()  # a connection must not be shared with a fork
    memory: dict[int, list[int]] = {}
    cpu = cpu_of_ended_children()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        start = time.monotonic()
        for worker, megabytes in pool.imap_unordered(work, jobs):
            memory.setdefault(worker, []).append(megabytes)
        seconds = time.monotonic() - start
        pool.close()
        pool.join()
    return Timed(seconds, cpu_of_ended_children() - cpu, memory)


@contextmanager
def installation() -> Iterator[None]:
    """Set a portal up in a temporary folder with an empty database, and remove it again."""
    folder = tempfile.mkdtemp(prefix="dibuc-bench-")
    os.environ["DIBUC_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")
    import django  # noqa: PLC0415 - the folder must be known first

    django.setup()
    from django.conf import settings  # noqa: PLC0415 - after set-up

    settings.CHANNEL_LAYERS = {}  # there are no sockets to tell anything
    from django.core.management import call_command  # noqa: PLC0415 - after set-up
    from django.db import connection  # noqa: PLC0415 - after set-up

    own_database = connection.vendor == "sqlite"
    name = connection.settings_dict["NAME"]
    try:
        if own_database:
            call_command("migrate", verbosity=0)
        else:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        yield
    finally:
        connection.close()
        if not own_database:
            connection.creation.destroy_test_db(name, verbosity=0)
        shutil.rmtree(folder)


def measure(customers: int, sessions: int, processes: int) -> dict[str, Any]:
    """Make and invoice a month; return the row of contract.md and what people want to know."""
    from django.core.management import call_command  # noqa: PLC0415 - after set-up
    from django.utils import timezone  # noqa: PLC0415 - after set-up

    from invoices import services  # noqa: PLC0415 - after set-up
    from invoices.documents import pdf  # noqa: PLC0415 - after set-up
    from invoices.domain.period import Month  # noqa: PLC0415 - after set-up
    from invoices.models import ArchivedFile, Invoice  # noqa: PLC0415 - after set-up
    from invoices.verification import verify  # noqa: PLC0415 - after set-up

    call_command(
        "demo_data",
        month=Month.parse(MONTH),
        customers=customers,
        sessions=sessions,
        verbosity=0,
    )
    run = services.invoice_run_create(month=Month.parse(MONTH))
    items = services.invoice_run_start(run=run, by=None)
    pdf.warm_up()
    ours = timed(process_item, items, processes)
    count = ArchivedFile.objects.count()
    faults = list(verify())
    if faults or count != Invoice.objects.count():
        raise SystemExit(f"The run went wrong: {faults[:3]}")
    documents = [pdf.invoice_html(invoice) for invoice in Invoice.objects.order_by("pk")]
    bare = timed(render_bare, documents, processes)
    return {
        "bench": "invoices",
        "invoices_per_minute": ours.per_minute(count),
        "bare_per_minute": bare.per_minute(count),
        "rss_mb_first": ours.first_mb,
        "rss_mb_last": ours.last_mb,
        "count": count,
        "cpu_ms_per_invoice": round(ours.cpu_seconds / count * 1000, 1),
        "cpu_ms_bare": round(bare.cpu_seconds / count * 1000, 1),
        "sessions": sessions,
        "processes": processes,
        "measured_at": timezone.now().isoformat(timespec="seconds"),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench invoices", description=__doc__)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--sessions", type=int, default=4, help="per customer")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    options = parser.parse_args()
    with installation():
        row = measure(options.customers, options.sessions, options.processes)
    print(f"{row['count']} invoices, {row['sessions']} sessions each, {row['processes']} workers")
    for who, rate, cpu in (
        ("ours", row["invoices_per_minute"], row["cpu_ms_per_invoice"]),
        ("bare WeasyPrint", row["bare_per_minute"], row["cpu_ms_bare"]),
    ):
        print(f"{who:<16}{rate:>6} a minute{cpu:>8} ms of processor time each")
    print(f"a worker takes {row['rss_mb_first']} MB warm, {row['rss_mb_last']} MB at the end")
    if options.json:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
