"""`script/bench line`: how long people wait for the key exchange, and for a line that is back."""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import expect, sync_playwright

from bench.ending import end_cleanly
from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import chromium
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.place import Place, between_lines
from tests.integration.rig.portal import TECHNICIAN
from tests.integration.rig.waiting import until
from tests.integration.rig.wire import Wire

# Seconds for which a line is gone: long enough for both ends to have noticed and called in vain.
GONE: Final = (1.0, 5.0)
PATIENCE: Final = 30.0  # seconds before a wait counts as lost
LOOK_EVERY: Final = 0.001  # seconds
# Playwright's own wait looks only every 100 ms.
UNTIL_CONNECTED: Final = """() => new Promise((done) => {
    const look = () => document.body.dataset.state === "connected" ? done() : setTimeout(look, 1);
    look();
})"""
GOALS_MS: Final = {"key exchange": 300, "customer's line": 1000, "shop's line": 1000}


@dataclass(frozen=True)
class Wait:
    """What was waited for, how often, and how long: the median and the longest, milliseconds."""

    what: str
    times: int
    ms_p50: float
    ms_max: float
    goal_ms: int


@dataclass(frozen=True)
class Bench:
    """A session between two ends whose lines can be broken."""

    place: Place
    agent: Agent
    desk: Desk

    def waits(self, times: int) -> Iterator[Wait]:
        """Measure everything so many times."""
        lines = {"customer's line": self.place.customers, "shop's line": self.place.shops}
        yield summary("key exchange", [self._exchange() for _ in range(times)])
        rng = random.Random(1)  # noqa: S311 - spreads the moments, guards nothing
        for what, wire in lines.items():
            yield summary(what, [self._line(wire, rng.uniform(*GONE)) for _ in range(times)])

    def _exchange(self) -> float:
        """Load the page anew; from the password's Enter key to the customer's question."""
        passwords = len(self.agent.events("ready"))
        self.desk.page.reload()
        self.agent.wait_for_event("ready", count=passwords + 1, within=PATIENCE)
        expect(self.desk.page.locator("#password")).to_be_enabled()
        self.desk.page.locator("#password").fill(self.agent.password)
        questions = len(self.agent.events("consent_request"))
        began = time.monotonic()
        self.desk.page.locator("#password").press("Enter")
        self._wait(lambda: len(self.agent.events("consent_request")) > questions, "the question")
        seconds = time.monotonic() - began
        self.agent.answer(yes=True)
        self.desk.page.evaluate(UNTIL_CONNECTED)
        return seconds

    def _line(self, wire: Wire, gone: float) -> float:
        """Let a line be gone for so many seconds; from its return until both ends go on."""
        back = len(self.agent.events("line_back"))
        wire.go_down()
        expect(self.desk.page.locator("body")).to_have_attribute("data-state", "lost")
        time.sleep(gone)
        began = time.monotonic()
        wire.come_up()
        self._wait(lambda: len(self.agent.events("line_back")) > back, "the agent's line")
        self.desk.page.evaluate(UNTIL_CONNECTED)
        return time.monotonic() - began

    @staticmethod
    def _wait(condition: Callable[[], bool], what: str) -> None:
        until(condition, within=PATIENCE, what=what, pause=LOOK_EVERY)


def summary(what: str, seconds: Sequence[float]) -> Wait:
    """Return the median and the longest of these waits."""
    milliseconds = [each * 1000 for each in seconds]
    median, longest = statistics.median(milliseconds), max(milliseconds)
    return Wait(what, len(seconds), round(median, 1), round(longest, 1), GOALS_MS[what])


def measured(folder: Path, times: int) -> Iterator[Wait]:
    """Connect an agent and a technician, and measure what they wait for."""
    with (
        sync_playwright() as playwright,
        between_lines(folder / "place") as place,
        Computer(folder / "computer") as computer,
        chromium(playwright) as browser,
    ):
        computer.open_editor()
        desk = Desk(browser.new_page(), place.portal)
        desk.log_in(TECHNICIAN)
        log = folder / "agent.log"
        with Agent.without_window(place.agents_server, log=log, env=computer.env) as agent:
            desk.connect(agent)
            yield from Bench(place, agent, desk).waits(times)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench line", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--times", type=int, default=20, help="each is waited for")
    options = parser.parse_args(arguments)
    end_cleanly()
    done: list[Wait] = []
    with tempfile.TemporaryDirectory(prefix="dibuc-bench-") as folder:
        for wait in measured(Path(folder), options.times):
            verdict = "ok" if wait.ms_max < wait.goal_ms else "MISS"
            figures = f"{wait.ms_p50:8.1f} ms, at most {wait.ms_max:8.1f} (goal {wait.goal_ms})"
            print(f"{wait.what:16} {wait.times:3} times {figures} {verdict}", flush=True)
            done.append(wait)
    if options.json:
        print(json.dumps({"bench": "line", "rows": [asdict(wait) for wait in done]}))


if __name__ == "__main__":
    main()
