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

from bench.relay.load import Load
from bench.relay.pairs import Pair, Technician, bare_pair, close, our_pair
from tests.integration.rig.portal import ROOT, Portal, free_port
from tests.integration.rig.processes import Program

MakePair = Callable[[int], Awaitable[Pair]]

PAIRS: Final = 8
SIZES: Final = (1_000, 20_000, 200_000)
WARM_UP: Final = 0.5  # seconds


@dataclass(frozen=True)
class Row:
    """Messages of `size` bytes: how many a second over all pairs, and what each cost."""

    who: str
    size: int
    frames_s: int
    cpu_us_per_frame: int
    rss_mb: int


async def measure(
    who: str, pairs: Sequence[Pair], size: int, server: psutil.Process, seconds: float
) -> Row:
    """Load all pairs for `seconds` and compare the server's CPU time before and after."""
    loads = [Load(pair, size) for pair in pairs]
    tasks = [asyncio.create_task(load.run()) for load in loads]
    await asyncio.sleep(WARM_UP)
    frames, cpu, begin = sum(load.frames for load in loads), _cpu(server), time.monotonic()
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()  # a pair that ended early is a fault; this raises it
    passed = sum(load.frames for load in loads) - frames
    used, lasted = _cpu(server) - cpu, time.monotonic() - begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Row(
        who=who,
        size=size,
        frames_s=round(passed / lasted),
        cpu_us_per_frame=round(1_000_000 * used / passed),
        rss_mb=round(server.memory_info().rss / 2**20),
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def our_relay(folder: Path) -> Iterator[tuple[psutil.Process, MakePair]]:
    """Start the portal; pairs are made with log-in, key exchange and consent."""
    with Portal(folder / "portal") as portal:
        technician = Technician(portal)
        (server,) = portal.processes("dibuc.server")
        yield server, lambda _: our_pair(portal, technician)


@contextmanager
def bare_relay(folder: Path) -> Iterator[tuple[psutil.Process, MakePair]]:
    """Start the bare relay; pairs are made by nothing but the same address."""
    port = free_port()
    command = (sys.executable, "-m", "bench.relay.bare", port)
    with Program(command, log=folder / "bare.log", cwd=ROOT) as relay:
        relay.wait_for("ready")
        yield psutil.Process(relay.pid), lambda number: bare_pair(port, number)


RELAYS: Final = {"ours": our_relay, "websockets": bare_relay}


async def load_with(
    who: str, server: psutil.Process, make_pair: MakePair, seconds: float
) -> AsyncIterator[Row]:
    """Measure every size on new pairs, whose keys and credits begin anew."""
    for turn, size in enumerate(SIZES):
        pairs = [await make_pair(PAIRS * turn + number) for number in range(PAIRS)]
        yield await measure(who, pairs, size, server, seconds)
        await close(pairs)


async def run(folder: Path, seconds: float) -> list[Row]:
    """Measure both relays and print each row."""
    rows: list[Row] = []
    print("  ".join(f"{field.name:>16}" for field in fields(Row)))
    for who, start in RELAYS.items():
        with start(folder) as (server, make_pair):
            async for row in load_with(who, server, make_pair, seconds):
                print("  ".join(f"{value:>16}" for value in asdict(row).values()), flush=True)
                rows.append(row)
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench relay", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each size and relay")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dibuc-bench-") as folder:
        rows = asyncio.run(run(Path(folder), options.seconds))
    if options.json:
        print(json.dumps({"bench": "relay", "rows": [asdict(row) for row in rows]}))


if __name__ == "__main__":
    main()
