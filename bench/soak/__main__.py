"""`script/bench soak`: random real use, the picture compared at each rest, memory watched."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Final

import psutil
from playwright.sync_api import sync_playwright

from bench.data import data_folder
from bench.ending import end_cleanly
from bench.soak.habits import some
from bench.soak.rest import Box, rest
from bench.soak.world import World
from bench.streaming.ours import LOOPBACK_IS_FINE
from tests.integration.rig.chromium import chromium
from tests.integration.rig.wire import LINKS

SAY_EVERY: Final = 60.0  # seconds
THINKS: Final = (0.5, 3.0)  # seconds between a rest and what happens next, at least and at most
WARM: Final = 120.0  # seconds after which memory is looked at for the first time


@dataclass
class Memory:
    """Resident memory of a process in 2**20 bytes: warm, now, and the highest."""

    process: psutil.Process
    first: float = 0.0
    last: float = 0.0
    highest: float = 0.0

    def look(self, *, warm: bool) -> None:
        """Look at it."""
        self.last = round(self.process.memory_info().rss / 2**20, 1)
        self.highest = max(self.highest, self.last)
        if not warm or not self.first:
            self.first = self.last

    @property
    def figures(self) -> dict[str, float]:
        """What is reported."""
        return {"first": self.first, "last": self.last, "highest": self.highest}


@dataclass
class Result:
    """What came of it."""

    seed: int
    minutes: float = 0.0
    rests: int = 0
    habits: dict[str, int] = field(default_factory=dict)
    stale: list[tuple[str, Box, bool]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # of each rest, until all was right
    checksums: int = 0
    repaints: int = 0
    agent_mb: dict[str, float] = field(default_factory=dict)
    server_mb: dict[str, float] = field(default_factory=dict)
    failure: str | None = None

    @property
    def report(self) -> dict[str, object]:
        """What is reported: of the rests the middle and the slowest."""
        said = asdict(self)
        ordered = sorted(said.pop("seconds")) or [0.0]
        said["right_after_s_p50"], said["right_after_s_max"] = (
            ordered[len(ordered) // 2],
            ordered[-1],
        )
        return {"bench": "soak", **said}


def soak(world: World, result: Result, seconds: float, folder: Path) -> None:
    """Let things happen and look at each rest; `result` is filled as it goes."""
    rng = random.Random(result.seed)  # noqa: S311 - chooses what happens, guards nothing
    agent, server = Memory(world.agent_process), Memory(world.server_process)
    begin = said = time.monotonic()
    with (folder / "story.jsonl").open("w") as story:
        while (passed := time.monotonic() - begin) < seconds:
            for habit in some(rng):
                name = habit.__name__
                result.habits[name] = result.habits.get(name, 0) + 1
                _tell(story, time.monotonic() - begin, name, habit(world, rng))
            name = f"{result.rests:05d}"
            found = rest(world, folder, name)
            result.rests += 1
            result.seconds.append(found.seconds)
            if found.stale is not None:
                result.stale.append((name, found.stale, found.repaired))
            found_and_memory = asdict(found) | {"agent_mb": agent.last}
            _tell(story, time.monotonic() - begin, f"rest {name}", found_and_memory)
            for memory in (agent, server):
                memory.look(warm=passed > WARM)
            result.agent_mb, result.server_mb = agent.figures, server.figures
            counts = world.counts()
            result.checksums, result.repaints = counts["checksum"], counts["refresh"]
            result.minutes = round((time.monotonic() - begin) / 60, 1)
            world.page.wait_for_timeout(1000 * rng.uniform(*THINKS))
            if time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                print(json.dumps(result.report), flush=True)


def _tell(story: IO[str], passed: float, what: str, how: object) -> None:
    story.write(json.dumps([round(passed, 1), what, how]) + "\n")
    story.flush()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 1 where anything stayed wrong."""
    parser = argparse.ArgumentParser(prog="script/bench soak", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--link", choices=LINKS, default="loopback")
    options = parser.parse_args(arguments)
    end_cleanly()
    result = Result(options.seed)
    kept = data_folder() / "soak" / time.strftime("%Y%m%d-%H%M%S")
    kept.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="dibuc-soak-") as folder,
        sync_playwright() as playwright,
        chromium(playwright, LOOPBACK_IS_FINE) as browser,
        World(browser, Path(folder), LINKS[options.link]) as world,
    ):
        try:
            soak(world, result, 60 * options.minutes, kept)
        except (RuntimeError, TimeoutError) as error:
            result.failure = str(error)
            world.page.screenshot(path=kept / "failure.png")
        except KeyboardInterrupt:
            result.failure = "interrupted"
        (kept / "agent.log").write_text(world.agent.output)
        (kept / "portal.log").write_text(world.portal.log)
        (kept / "faults.txt").write_text("\n".join(world.desk.faults))
    for key, value in result.report.items():
        print(f"{key:>20}: {value}")
    print(f"{'story and pictures':>20}: {kept}")
    if options.json:
        print(json.dumps(result.report))
    sys.exit(bool(result.stale or result.failure))


if __name__ == "__main__":
    main()
