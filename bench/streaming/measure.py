"""One workload, watched at both ends."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
import psutil

from bench.processor import processor_seconds
from bench.streaming.eye import Setup, close_eye, open_eye, press_keys
from bench.streaming.program import SCENES
from bench.streaming.real import REAL
from bench.streaming.scene import Frames
from tests.integration.rig.chromium import canvas_pixels, share_identical
from tests.integration.rig.display import Pixels, Screen
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until

ROOT: Final = Path(__file__).resolve().parents[2]
REST: Final = 1.0  # seconds after the last drawing, when the pixels are compared
# A scene counts as shown when so many pixels are about right: a peer that sends everything as
# video never gets most of them exactly.
ENOUGH: Final = 0.9
ABOUT: Final = 32  # of 255
PATIENCE: Final = 20.0
START: Final = 90.0  # seconds for the programs on the screen


class Rested(TypedDict):
    """What the program says after a run: when it rests (wall clock), what it drew when."""

    rests: float
    drawn: Frames


@dataclass(frozen=True)
class Row:
    """What a workload cost.

    Bytes both ways in 1024 a second; CPU in core-seconds a second and memory in 2**20 bytes of
    the process that serves the screen; times in milliseconds; `fps` numbered frames seen a
    second, `shown` their share of those drawn, `identical` the share of pixels that are right
    after a second of rest. None where it does not apply.
    """

    who: str
    link: str
    workload: str
    kb_s: float
    cpu: float
    key_ms_p50: float | None
    key_ms_p95: float | None
    frame_ms_p50: float | None
    fps: float | None
    shown: float | None
    identical: float
    rss_mb: float


def measure(setup: Setup, screen: Screen, workload: str, link: str, seconds: float) -> Row:
    """Run a workload twice: undisturbed for bytes, CPU and frames, then for key latency."""
    log = screen.folder / f"{setup.who}-{workload}.log"
    scene = SCENES[workload]
    with _stage(workload, screen, log) as stage:
        _wait_until_shown(setup, screen)
        open_eye(setup, scene.numbered)
        bytes_before, cpu_before = setup.wire.bytes, _cpu(setup.agent)
        rested = _run(stage, seconds)
        cpu = (_cpu(setup.agent) - cpu_before) / seconds
        kilobytes = (setup.wire.bytes - bytes_before) / 1024 / seconds
        time.sleep(max(0.0, rested["rests"] + REST - time.time()))  # the measure's own moment
        shown = canvas_pixels(setup.page.locator(setup.canvas))
        identical = share_identical(shown, screen.pixels())
        seen = first_sights(close_eye(setup)["frames"], rested["drawn"])
        keys: list[float] = []
        if scene.answers_keys:
            stage.write(f"run {seconds}")
            keys = press_keys(setup, seconds)
    frames = len(rested["drawn"])
    return Row(
        who=setup.who,
        link=link,
        workload=workload,
        kb_s=round(kilobytes, 1),
        cpu=round(cpu, 4),
        key_ms_p50=percentile(keys, 50),
        key_ms_p95=percentile(keys, 95),
        frame_ms_p50=percentile(seen, 50),
        fps=round(len(seen) / seconds, 1) if frames else None,
        shown=round(len(seen) / frames, 3) if frames else None,
        identical=round(identical, 5),
        rss_mb=round(sum(p.memory_info().rss for p in _family(setup.agent)) / 2**20, 1),
    )


@contextmanager
def _stage(workload: str, screen: Screen, log: Path) -> Iterator[Program]:
    """Start the workload's program; at the end it closes what it has started."""
    session = ["dbus-run-session", "--"] if workload in REAL else []
    command = [*session, sys.executable, "-m", "bench.streaming.program", workload]
    with Program(command, log=log, env=screen.env, cwd=ROOT) as stage:
        stage.wait_for('"ready"', within=START)
        try:
            yield stage
        finally:
            stage.write("end")
            stage.wait(within=START)


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    """Core-seconds that the agent and its children have used."""
    return sum(processor_seconds(each.pid) for each in _family(process))


def _wait_until_shown(setup: Setup, screen: Screen) -> None:
    """Wait until the new scene has arrived and nothing more comes (under 1 KB in 0.5 s)."""
    canvas, scene = setup.page.locator(setup.canvas), screen.pixels()
    until(
        lambda: share_alike(canvas_pixels(canvas), scene) > ENOUGH,
        within=PATIENCE,
        what="the scene to be shown",
    )

    def silent() -> bool:
        before = setup.wire.bytes
        time.sleep(0.5)
        return setup.wire.bytes - before < 1024

    try:
        until(silent, within=PATIENCE, what="the line to be silent")
    except TimeoutError:
        if setup.ever_silent:
            raise


def _run(stage: Program, seconds: float) -> Rested:
    """Let the scene happen for `seconds` and return what the stage says about it."""
    runs = stage.output.count('"rests"')
    stage.write(f"run {seconds}")
    until(lambda: stage.output.count('"rests"') > runs, within=seconds + 30, what="the workload")
    said: Rested = json.loads(stage.output.strip().rpartition("\n")[2])
    return said


def first_sights(seen: Frames, drawn: Frames) -> list[float]:
    """Return, for each frame drawn that was seen, the seconds from drawing to first sight."""
    moments = dict(drawn)
    first: dict[int, float] = {}
    for number, at in seen:
        if number in moments:
            first.setdefault(number, at)
    return [at - moments[number] for number, at in first.items()]


def share_alike(one: Pixels, other: Pixels) -> float:
    """Return the share (0 to 1) of pixels that are about equal; 0 where the sizes differ."""
    if one.shape != other.shape:
        return 0.0
    apart = np.abs(one.astype(np.int16) - other).max(axis=2)
    return float((apart <= ABOUT).mean())


def percentile(seconds: Sequence[float], percent: int) -> float | None:
    """Return a percentile in milliseconds, by nearest rank."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    rank = min(len(ordered) - 1, len(ordered) * percent // 100)
    return round(1000 * ordered[rank], 1)
