"""`python -m tests.everything`: every check and test, what script/test runs after the set-up.

Each part runs even if one before it failed. A skipped test counts as failed: what cannot
be tested here must be said, not passed over.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from dibuc.lifeline import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("chromium", "Xvfb", "redis-server", "pdftotext", "msgfmt", "shellcheck")
# A part that hangs must not hold up the rest.
PART_SECONDS = 30 * 60
# What touches the database or Redis runs on the other kind of each as well.
ON_SERVERS = ("company", "customers", "dibuc", "invoices", "portal", "sessions", "technicians")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one part: tests that passed, those that did not, and its seconds."""

    name: str
    passed: int
    failed: int
    seconds: float


def run(command: list[str]) -> int:
    """Run a command of this checkout; return its exit code, 124 after PART_SECONDS."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread has been started here
    )
    try:
        return process.wait(PART_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
        return 124


def part(name: str, command: list[str], *, folder: Path) -> Result:
    """Run one part; pytest's are counted by their report, others are one test each."""
    print(f"\n=== {name}", flush=True)  # noqa: T201 - this is the command's output
    began = time.monotonic()
    report = folder / f"{len(list(folder.iterdir()))}.xml"
    counted = "pytest" in command
    code = run([*command, f"--junit-xml={report}"] if counted else command)
    seconds = time.monotonic() - began
    if not counted:
        return Result(name, int(code == 0), int(code != 0), seconds)
    if not report.exists():
        return Result(name, 0, 1, seconds)
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - written by pytest
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in suites:
        for key in totals:
            totals[key] += int(suite.get(key, 0))
    bad = totals["failures"] + totals["errors"] + totals["skipped"]
    # Whatever else pytest complains about is a failure, too: no tests, an interruption.
    return Result(name, max(totals["tests"] - bad, 0), bad or int(code != 0), seconds)


def main() -> int:
    """Run everything, print a summary, and return 0 only if nothing failed."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        sys.exit(f"Missing: {', '.join(missing)}. Run script/bootstrap --tests.")
    os.environ["PATH"] = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    python = [sys.executable, "-m"]
    pytest = [*python, "pytest", "-q"]
    unit = [*pytest, "-n", "2", "-m", "not integration"]
    # Each process has a portal and a browser for all tests of its files. In the order of their
    # names those that wait most come first, so that none of them is left alone at the end.
    by_file = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    servers = [str(Path("tests", name)) for name in ON_SERVERS if (ROOT / "tests" / name).is_dir()]
    with tempfile.TemporaryDirectory(prefix="dibuc-reports-") as name:
        folder = Path(name)
        results = [
            part("checks", ["script/lint"], folder=folder),
            part("tests on SQLite and Valkey", unit, folder=folder),
            part(
                "tests on PostgreSQL and Redis",
                [*python, "tests.services", *unit, *servers],
                folder=folder,
            ),
            part("integration", [*pytest, *by_file, "-m", "integration"], folder=folder),
        ]
    print("\n=== Summary")  # noqa: T201
    for result in results:
        line = f"{result.passed:5} passed {result.failed:3} failed {result.seconds:7.0f} s"
        print(f"{line}  {result.name}")  # noqa: T201
    failed = sum(result.failed for result in results)
    print(f"{sum(result.seconds for result in results):.0f} s in all")  # noqa: T201
    print(f"{sum(result.passed for result in results)} passed, {failed} failed")  # noqa: T201
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
