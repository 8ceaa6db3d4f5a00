"""`script/bench streaming`: what a screen costs, ours and the peer's, in the same run."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from bench.ending import end_cleanly
from bench.streaming.bars import judge
from bench.streaming.eye import Setup
from bench.streaming.measure import Row, measure
from bench.streaming.ours import LOOPBACK_IS_FINE, ours
from bench.streaming.program import SCENES
from bench.streaming.report import row_line, verdict_lines
from bench.streaming.selkies import selkies
from bench.streaming.tigervnc import tigervnc
from tests.integration.rig.chromium import chromium
from tests.integration.rig.display import Screen
from tests.integration.rig.wire import LINKS, Link

Viewer = Callable[[Browser, Screen, Link, Path], AbstractContextManager[Setup]]
VIEWERS: Final[dict[str, Viewer]] = {"ours": ours, "tigervnc": tigervnc, "selkies": selkies}


def rows(options: argparse.Namespace, folder: Path) -> Iterator[Row | str]:
    """Measure what the options ask for, row by row; a text for a row that was lost."""
    with sync_playwright() as playwright:
        for link in options.link:
            for who in options.who:
                # A fresh screen and browser each, so that nobody pays for the one before.
                with (
                    Screen(folder / f"{who}-{link}") as screen,
                    chromium(playwright, LOOPBACK_IS_FINE) as browser,
                    VIEWERS[who](browser, screen, LINKS[link], screen.folder) as setup,
                ):
                    for workload in options.workload:
                        try:
                            yield measure(setup, screen, workload, link, options.seconds)
                        except (OSError, RuntimeError) as error:
                            # One row is lost, which is said; the others are not.
                            yield f"{who} {link} {workload}: {error}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench streaming", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--who", nargs="+", choices=VIEWERS, default=list(VIEWERS))
    parser.add_argument("--link", nargs="+", choices=LINKS, default=list(LINKS))
    parser.add_argument("--workload", nargs="+", choices=SCENES, default=list(SCENES))
    parser.add_argument("--seconds", type=float, default=4.0, help="of each workload, twice")
    options = parser.parse_args(arguments)
    end_cleanly()
    done: list[Row] = []
    lost = False
    with tempfile.TemporaryDirectory(prefix="dibuc-bench-") as folder:
        print(row_line(None))
        for row in rows(options, Path(folder)):
            if isinstance(row, Row):
                print(row_line(row), flush=True)
                done.append(row)
            else:
                print(row, flush=True)
                lost = True
    print("", *verdict_lines(judge(done)), sep="\n")
    if options.json:
        print(json.dumps({"bench": "streaming", "rows": [asdict(row) for row in done]}))
    if lost:
        sys.exit(1)


if __name__ == "__main__":
    main()
