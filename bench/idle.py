"""`script/bench idle`: what the agent costs while nothing happens, in each of its states."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import sync_playwright

from bench.ending import end_cleanly
from bench.processor import processor_seconds
from tests.integration.rig.agent import FROM_SOURCE, Agent
from tests.integration.rig.chromium import chromium
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.rig.processes import Program
from tests.integration.rig.wire import LINKS, Wire

ROOT: Final = Path(__file__).resolve().parents[1]
# What fills the agent's memory: full screens of text and photographs, then a film.
BUSY: Final = ("W4", "W5")
BUSY_FOR: Final = 6.0  # seconds of each
START: Final = 90.0  # seconds at most until one is ready
# Seconds until everything is as good as it gets; the first look at the resting picture included.
SETTLES: Final = 8.0


@dataclass(frozen=True)
class State:
    """What a state cost: core-seconds a second, and resident memory in 2**20 bytes at its end."""

    state: str
    cpu: float
    rss_mb: float


def states(folder: Path, size: tuple[int, int], seconds: float) -> Iterator[State]:
    """Bring an agent with its window through its states and watch each for `seconds`."""
    with (
        sync_playwright() as playwright,
        Portal(folder / "portal") as portal,
        Wire(portal.port, LINKS["loopback"]) as wire,
        Computer(folder / "computer", width=size[0], height=size[1]) as computer,
        chromium(playwright) as browser,
    ):
        command = [*FROM_SOURCE, "--server", f"http://127.0.0.1:{wire.port}"]
        log = folder / "agent.log"
        with Agent(command, log=log, env=computer.env | {"PYTHONPATH": str(ROOT)}) as agent:
            process = psutil.Process(agent.pid)

            def watched(state: str) -> State:
                time.sleep(SETTLES)
                before = processor_seconds(process.pid)
                time.sleep(seconds)
                used = processor_seconds(process.pid) - before
                memory = process.memory_info().rss / 2**20
                return State(state, round(used / seconds, 5), round(memory, 1))

            desk = Desk(browser.new_page(), portal)
            desk.log_in(TECHNICIAN)
            agent.wait_for_event("ready")
            yield watched("waits for a technician")
            desk.order(agent.support_id, agent.password)
            agent.wait_for_event("consent_request")
            time.sleep(1.0)  # the window takes no answer sooner
            computer.screen.xdotool("key", "alt+z")
            desk.wait_until_connected()
            for workload in BUSY:
                show(workload, computer, folder)
            yield watched("connected, the clock runs")
            desk.page.locator("#pause").click()
            agent.wait_for_event("paused")
            yield watched("connected, paused")
            wire.go_down()
            agent.wait_for_event("unreachable")
            yield watched("the line is lost")
            wire.come_up()
            agent.wait_for_event("line_back")
            computer.screen.xdotool("key", "ctrl+alt+shift+e")
            agent.wait_for_event("ended")
            yield watched("ended, the window is open")


def show(workload: str, computer: Computer, folder: Path) -> None:
    """Let a workload happen on the screen, and take it away again."""
    command = [sys.executable, "-m", "bench.streaming.program", workload]
    log = folder / f"{workload}.log"
    with Program(command, log=log, env=computer.env, cwd=ROOT) as stage:
        stage.wait_for('"ready"', within=START)
        stage.write(f"run {BUSY_FOR}")
        stage.wait_for('"rests"', within=BUSY_FOR + START)
        stage.write("end")
        stage.wait(within=START)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench idle", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each state")
    parser.add_argument("--size", default="1920x1080", help="of the customer's screen, in pixels")
    options = parser.parse_args(arguments)
    width, height = map(int, options.size.split("x"))
    end_cleanly()
    done: list[State] = []
    with tempfile.TemporaryDirectory(prefix="dibuc-bench-") as folder:
        for state in states(Path(folder), (width, height), options.seconds):
            print(f"{state.state:28} {state.cpu:8.5f} cores {state.rss_mb:7.1f} MB", flush=True)
            done.append(state)
    if options.json:
        print(json.dumps({"bench": "idle", "rows": [asdict(state) for state in done]}))


if __name__ == "__main__":
    main()
