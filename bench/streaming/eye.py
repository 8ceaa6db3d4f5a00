"""Watches the technician's picture where it is painted, and presses keys there."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import psutil
from playwright.sync_api import Page, Worker

from bench.streaming import drawn
from bench.streaming.scene import BITS, CELL, PROBE, SIGNAL_X, SIGNAL_Y, Numbered
from tests.integration.rig.waiting import until
from tests.integration.rig.wire import Wire

SCRIPT: Final = Path(__file__).with_name("eye.js")
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
PATIENCE: Final = 20.0  # seconds for a key's answer before it counts as lost


class Noted(TypedDict):
    """What the eye noted: when each frame appeared, and when the probe changed its colour."""

    frames: list[tuple[int, float]]
    flips: list[float]


@dataclass(frozen=True)
class Setup:
    """A viewer that stands.

    `canvas` and `keys` are selectors of the picture and of what takes keys; `painter` is the
    thread that paints and `context` a script for its canvas's context. `ever_silent` is False
    for a viewer that sends also when nothing changes.
    """

    who: str
    page: Page
    canvas: str
    keys: str
    painter: Page | Worker
    context: str
    agent: psutil.Process
    wire: Wire
    ever_silent: bool = True


def open_eye(setup: Setup, numbered: Numbered) -> None:
    """Watch beacon and probe, or the cells where those are what numbers the frames."""
    watch: dict[str, object] = {
        "x": SIGNAL_X,
        "y": SIGNAL_Y,
        "w": BITS * CELL + PROBE,
        "h": PROBE,
        "bits": BITS,
        "cell": CELL,
        "cells": None,
    }
    if numbered is Numbered.BY_CELLS:
        watch["cells"] = {
            "x": drawn.GLYPH_X,
            "y": drawn.GLYPH_Y,
            "w": drawn.GLYPH_WIDTH,
            "h": drawn.GLYPH_HEIGHT,
            "columns": drawn.GLYPH_COLUMNS,
        }
    setup.painter.evaluate(SCRIPT.read_text().replace("CONTEXT;", f"{setup.context};"), watch)


def close_eye(setup: Setup) -> Noted:
    """Look no more and return what was seen."""
    noted: Noted = setup.painter.evaluate("(dibucEye.watching = false, dibucEye)")
    return noted


def press_keys(setup: Setup, seconds: float) -> list[float]:
    """Press the probe's key again and again for `seconds`; seconds from key to pixel."""
    rng = random.Random(1)  # noqa: S311 - spreads the keys over the frames, guards nothing
    open_eye(setup, Numbered.NOT)
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
    answered = close_eye(setup)["flips"][1:]
    return [pixel - key for key, pixel in zip(pressed, answered, strict=True)]


def _flips(setup: Setup) -> int:
    count: int = setup.painter.evaluate("dibucEye.flips.length")
    return count
