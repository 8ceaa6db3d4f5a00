"""`script/bench relay`: CPU of the server for a frame and its credit, ours and the floor."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import psutil

from bench.ending import end_cleanly
from bench.processor import processor_seconds
from bench.relay.load import Load
from bench.relay.pairs import Pair, bare_pair, close, our_pair
from tests.integration.rig.portal import ROOT, Portal
from tests.integration.rig.processes import Program
from tests.integration.rig.technician import Technician
from tests.services import free_port

MakePair = Callable[[int], Awaitable[Pair]]

PAIRS: Final = 8
SIZES: Final = (1_000, 20_000, 200_000)
# Each frame costs the technician one message, and the relay allows 500 in a second.
FRAMES_PER_SECOND: Final = 400
# As in use: many sessions, each with few frames, heartbeat and clock included.
USUAL_PAIRS: Final = 40
USUAL_SIZE: Final = 20_000
USUAL_FRAMES: Final = 20  # a second and session
GOAL: Final = 2.5  # times the floor's CPU for a frame of the usual size
WARM_UP: Final = 0.5  # seconds


@dataclass(frozen=True)
class Row:
    """Messages of `size` bytes: how many a second over all pairs, and what each cost."""

    who: str
    size: int
    frames_s: int
    cpu_us_per_frame: int
    rss_mb: int


@dataclass(frozen=True)
class Relay:
    """A relay that runs: its name, its process, and how pairs are made."""

    who: str
    server: psutil.Process
    make_pair: MakePair


async def measure(relay: Relay, pairs: Sequence[Pair], size: int, pace: int, seconds: float) -> Row:
    """Load all pairs with `pace` frames a second each, and compare the server's CPU time."""
    server = relay.server
    loads = [Load(pair, size, pace) for pair in pairs]
    tasks = [asyncio.create_task(load.run()) for load in loads]
    await asyncio.sleep(WARM_UP)
    frames = sum(load.frames for load in loads)
    cpu, begin = processor_seconds(server.pid), time.monotonic()
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()  # a pair that ended early is a fault; this raises it
    passed = sum(load.frames for load in loads) - frames
    used, lasted = processor_seconds(server.pid) - cpu, time.monotonic() - begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Row(
        who=relay.who,
        size=size,
        frames_s=round(passed / lasted),
        cpu_us_per_frame=round(1_000_000 * used / passed),
        rss_mb=round(server.memory_info().rss / 2**20),
    )


@contextmanager
def our_relay(folder: Path) -> Iterator[Relay]:
    """Start the portal; pairs are made with log-in, key exchange and consent."""
    with Portal(folder / "portal") as portal:
        technician = Technician(portal)
        (server,) = portal.processes("dibuc.server")
        yield Relay("ours", server, lambda _: our_pair(portal, technician))


@contextmanager
def bare_relay(folder: Path) -> Iterator[Relay]:
    """Start the bare relay; pairs are made by nothing but the same address."""
    port = free_port()
    command = (sys.executable, "-m", "bench.relay.bare", port)
    with Program(command, log=folder / "bare.log", cwd=ROOT) as relay:
        relay.wait_for("ready")
        server = psutil.Process(relay.pid)
        yield Relay("websockets", server, lambda number: bare_pair(port, number))


RELAYS: Final = (our_relay, bare_relay)


async def load_with(relay: Relay, seconds: float) -> AsyncIterator[Row]:
    """Measure every size on new pairs, whose keys and credits begin anew."""
    for turn, size in enumerate(SIZES):
        pairs = [await relay.make_pair(PAIRS * turn + number) for number in range(PAIRS)]
        yield await measure(relay, pairs, size, FRAMES_PER_SECOND, seconds)
        await close(pairs)


async def sessions_per_core(relay: Relay, seconds: float) -> int:
    """Return how many sessions of usual use one core carries."""
    first = PAIRS * len(SIZES)
    pairs = [await relay.make_pair(first + number) for number in range(USUAL_PAIRS)]
    row = await measure(relay, pairs, USUAL_SIZE, USUAL_FRAMES, seconds)
    await close(pairs)
    return round(1_000_000 / (USUAL_FRAMES * row.cpu_us_per_frame))


async def run(folder: Path, seconds: float) -> tuple[list[Row], dict[str, int]]:
    """Measure both relays and print each row; the rows, and the sessions per core."""
    rows: list[Row] = []
    sessions: dict[str, int] = {}
    print("  ".join(f"{field.name:>16}" for field in fields(Row)))
    for start in RELAYS:
        with start(folder) as relay:
            async for row in load_with(relay, seconds):
                print("  ".join(f"{value:>16}" for value in asdict(row).values()), flush=True)
                rows.append(row)
            sessions[relay.who] = await sessions_per_core(relay, seconds)
            print(
                f"{relay.who:>16}  {sessions[relay.who]} sessions per core, "
                f"each with {USUAL_FRAMES} frames a second of {USUAL_SIZE} bytes",
                flush=True,
            )
    return rows, sessions


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench relay", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each size and relay")
    options = parser.parse_args(arguments)
    end_cleanly()
    with tempfile.TemporaryDirectory(prefix="dibuc-bench-") as folder:
        rows, sessions = asyncio.run(run(Path(folder), options.seconds))
    cost = {row.who: row.cpu_us_per_frame for row in rows if row.size == USUAL_SIZE}
    ratio = cost["ours"] / cost["websockets"]
    print(f"{USUAL_SIZE} bytes: {ratio:.2f} times the floor's CPU; at most {GOAL} is the goal.")
    if options.json:
        print(
            json.dumps(
                {
                    "bench": "relay",
                    "rows": [asdict(row) for row in rows],
                    "sessions_per_core": sessions,
                }
            )
        )


if __name__ == "__main__":
    main()
