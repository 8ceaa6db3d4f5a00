"""Invoices a minute, six pages apart, and a big archive: script/bench invoices."""

import argparse
import json
import os
from typing import Any

from bench.invoices.installation import installation

MONTH = "2026-10"
LONG_MONTH = "2026-09"
# So many rows take six pages.
LONG_SESSIONS = 118


def measure(customers: int, sessions: int, processes: int) -> dict[str, Any]:
    """Invoice a month; return the row of contract.md and what people want to know."""
    from django.utils import timezone  # noqa: PLC0415 - after set-up

    from bench.invoices.month import invoice_month  # noqa: PLC0415 - after set-up

    month = MONTH if sessions < LONG_SESSIONS else LONG_MONTH
    ours, bare = invoice_month(month, customers, sessions, processes)
    return {
        "bench": "invoices",
        "invoices_per_minute": ours.per_minute,
        "bare_per_minute": bare.per_minute,
        "rss_mb_first": ours.first_mb,
        "rss_mb_last": ours.last_mb,
        "count": ours.count,
        "cpu_ms_per_invoice": ours.cpu_ms,
        "cpu_ms_bare": bare.cpu_ms,
        "rss_mb_course": ours.course(),
        "sessions": sessions,
        "processes": processes,
        "measured_at": timezone.now().isoformat(timespec="seconds"),
    }


def show(row: dict[str, Any]) -> None:
    """Print a row for people."""
    print(f"{row['count']} invoices, {row['sessions']} sessions each, {row['processes']} workers")
    for who, rate, cpu in (
        ("ours", row["invoices_per_minute"], row["cpu_ms_per_invoice"]),
        ("bare WeasyPrint", row["bare_per_minute"], row["cpu_ms_bare"]),
    ):
        print(f"{who:<16}{rate:>6} a minute{cpu:>8} ms of processor time each")
    for course in row["rss_mb_course"]:
        print("a worker's MB over the run:", *(f"{size:>4}" for size in course))


def check() -> None:
    """Stop where the archive is not whole."""
    from invoices.verification import verify  # noqa: PLC0415 - after set-up

    if faults := list(verify()):
        raise SystemExit(f"The run went wrong: {faults[:3]}")


def measure_export(count: int) -> dict[str, Any]:
    """Pack a month of `count` invoices."""
    from bench.invoices.export import multiply, pack  # noqa: PLC0415 - after set-up
    from bench.invoices.month import invoice_month  # noqa: PLC0415 - after set-up

    invoice_month(MONTH, 1, 4, 1)
    multiply(count)
    packed = pack(MONTH)
    return {
        "bench": "export",
        "count": count,
        "seconds": round(packed.seconds, 1),
        "rss_mb_first": packed.first_mb,
        "rss_mb_highest": packed.highest_mb,
        "zip_mb": packed.zip_mb,
        "progress_steps_seen": packed.steps,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench invoices", description=__doc__)
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--sessions", type=int, default=4, help="per customer")
    parser.add_argument("--long", type=int, default=100, help="invoices of six pages (0: none)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--export", type=int, metavar="COUNT", help="only pack so many invoices")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    options = parser.parse_args()
    with installation():
        if options.export:
            row = measure_export(options.export)
            print(*(f"{name}: {value}" for name, value in row.items()), sep="\n")
        else:
            row = measure(options.customers, options.sessions, options.processes)
            show(row)
            if options.long:
                row["long"] = measure(options.long, LONG_SESSIONS, options.processes)
                show(row["long"])
            check()
    if options.json:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
