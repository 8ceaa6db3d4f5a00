"""One workload, watched at both ends."""

import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import psutil
from playwright.sync_api import Page, Worker

from bench.streaming import program
from tests.integration.rig.chromium import canvas_pixels, share_identical
from tests.integration.rig.display import Screen
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until
from tests.integration.rig.wire import Wire

ROOT: Final = Path(__file__).resolve().parents[2]
EYE: Final = Path(__file__).with_name("eye.js")
# Sends F9 as the keyboard would and returns the moment; the program toggles the probe.
PRESS: Final = """target => {
    const at = (performance.timeOrigin + performance.now()) / 1000;
    for (const type of ["keydown", "keyup"]) {
        document.querySelector(target).dispatchEvent(new KeyboardEvent(type, {
            code: "F9", key: "F9", keyCode: 120, bubbles: true, cancelable: true,
        }));
    }
    return at;
}"""
REST: Final = 1.0  # seconds after the last drawing, when the pixels are compared
ENOUGH: Final = 0.5  # share of identical pixels from which on a scene counts as shown
PATIENCE: Final = 20.0  # seconds for a key's answer before it counts as lost


class Rested(TypedDict):
    """What the program says after a run: when it rests (wall clock), what it drew when."""

    rests: float
    drawn: list[tuple[int, float]]


class Noted(TypedDict):
    """What the eye noted: when each frame appeared, and when the probe changed its colour."""

    frames: list[tuple[int, float]]
    flips: list[float]


@dataclass(frozen=True)
class Setup:
    """A viewer that stands.

    `canvas` and `keys` are selectors of the picture and of what takes keys; `painter` is the
    thread that paints and `context` a script for its canvas's context.
    """

    who: str
    page: Page
    canvas: str
    keys: str
    painter: Page | Worker
    context: str
    agent: psutil.Process
    wire: Wire


@dataclass(frozen=True)
class Row:
    """What a workload cost. Times in milliseconds; None where it does not apply."""

    who: str
    link: str
    workload: str
    kb_s: float
    cpu: float
    key_ms_p50: float | None
    key_ms_p95: float | None
    frame_ms_p50: float | None
    fps: float | None
    identical: float


def measure(setup: Setup, screen: Screen, workload: str, link: str, seconds: float) -> Row:
    """Run a workload twice: undisturbed for bytes, CPU and frames, then for key latency."""
    log = screen.folder / f"{setup.who}-{workload}.log"
    command = [sys.executable, "-m", "bench.streaming.program", workload]
    with Program(command, log=log, env=screen.env, cwd=ROOT) as drawing:
        drawing.wait_for('"ready"', within=60)
        _wait_until_shown(setup, screen)
        _open_eye(setup, workload)
        bytes_before, cpu_before = setup.wire.bytes, _cpu(setup.agent)
        rested = _run(drawing, seconds)
        cpu = (_cpu(setup.agent) - cpu_before) / seconds
        kilobytes = (setup.wire.bytes - bytes_before) / 1024 / seconds
        time.sleep(max(0.0, rested["rests"] + REST - time.time()))  # the measure's own moment
        shown = canvas_pixels(setup.page.locator(setup.canvas))
        identical = share_identical(shown, screen.pixels())
        frames = _close_eye(setup)["frames"]
        keys = _time_keys(setup, drawing, seconds)
    drawn = dict(rested["drawn"])
    seen = {number: at for number, at in reversed(frames) if number in drawn}  # first sight wins
    delays = [at - drawn[number] for number, at in seen.items()]
    return Row(
        who=setup.who,
        link=link,
        workload=workload,
        kb_s=round(kilobytes, 1),
        cpu=round(cpu, 3),
        key_ms_p50=_percentile(keys, 50),
        key_ms_p95=_percentile(keys, 95),
        frame_ms_p50=_percentile(delays, 50),
        fps=round(len(seen) / seconds, 1) if drawn else None,
        identical=round(identical, 5),
    )


def _cpu(process: psutil.Process) -> float:
    """Core-seconds that the agent and its children have used."""
    times = [p.cpu_times() for p in (process, *process.children(recursive=True))]
    return float(sum(t.user + t.system for t in times))


def _wait_until_shown(setup: Setup, screen: Screen) -> None:
    """Wait until the new scene has arrived and nothing more comes (under 1 KB in 0.5 s)."""
    canvas, scene = setup.page.locator(setup.canvas), screen.pixels()
    until(
        # Far from all: a peer that shows photographs as JPEG never gets further.
        lambda: share_identical(canvas_pixels(canvas), scene) > ENOUGH,
        within=PATIENCE,
        what="the scene to be shown",
    )

    def silent() -> bool:
        before = setup.wire.bytes
        time.sleep(0.5)
        return setup.wire.bytes - before < 1024

    until(silent, within=PATIENCE, what="the line to be silent")


def _open_eye(setup: Setup, workload: str | None) -> None:
    """Watch beacon and probe, and with a workload that types also the cells of its letters."""
    watch: dict[str, object] = {
        "canvas": setup.canvas,
        "x": program.SIGNAL_X,
        "y": program.SIGNAL_Y,
        "w": program.BITS * program.CELL + program.PROBE,
        "h": program.PROBE,
        "bits": program.BITS,
        "cell": program.CELL,
        "cells": None,
    }
    if workload == "W1":
        watch["cells"] = {
            "x": program.GLYPH_X,
            "y": program.GLYPH_Y,
            "w": program.GLYPH_WIDTH,
            "h": program.GLYPH_HEIGHT,
            "columns": program.GLYPH_COLUMNS,
        }
    setup.painter.evaluate(EYE.read_text().replace("CONTEXT;", f"{setup.context};"), watch)


def _close_eye(setup: Setup) -> Noted:
    noted: Noted = setup.painter.evaluate("(dibucEye.watching = false, dibucEye)")
    return noted


def _run(drawing: Program, seconds: float) -> Rested:
    """Let the program draw for `seconds` and return what it says about it."""
    runs = drawing.output.count('"rests"')
    drawing.write(f"run {seconds}")
    until(lambda: drawing.output.count('"rests"') > runs, within=seconds + 30, what="the workload")
    said: Rested = json.loads(drawing.output.strip().rpartition("\n")[2])
    return said


def _time_keys(setup: Setup, drawing: Program, seconds: float) -> list[float]:
    """Press the probe's key again and again during a second run; seconds to the pixel."""
    rng = random.Random(1)  # noqa: S311 - spreads the keys over the frames, guards nothing
    _open_eye(setup, None)
    drawing.write(f"run {seconds}")
    end = time.monotonic() + seconds
    pressed: list[float] = []
    while time.monotonic() < end:
        flips = _flips(setup)
        pressed.append(setup.page.evaluate(PRESS, setup.keys))
        until(
            lambda: _flips(setup) > flips,  # noqa: B023 - called at once
            within=PATIENCE,
            what="a key's answer",
            pause=0.01,
        )
        time.sleep(rng.uniform(0.1, 0.3))
    # The first is the colour that the probe had when the eye opened.
    answered = _close_eye(setup)["flips"][1:]
    return [pixel - key for key, pixel in zip(pressed, answered, strict=True)]


def _flips(setup: Setup) -> int:
    count: int = setup.painter.evaluate("dibucEye.flips.length")
    return count


def _percentile(seconds: Sequence[float], percent: int) -> float | None:
    """Return a percentile in milliseconds, by nearest rank."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    rank = min(len(ordered) - 1, len(ordered) * percent // 100)
    return round(1000 * ordered[rank], 1)
