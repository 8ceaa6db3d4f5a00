"""The program on the customer's screen, on a real X server."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.streaming.measure import ROOT
from bench.streaming.scene import BITS, CELL, PROBE, SIGNAL_X, SIGNAL_Y
from tests.integration.rig.display import Screen
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with Screen(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


@pytest.fixture(params=["W2", "W6"])
def stage(request: pytest.FixtureRequest, screen: Screen, tmp_path: Path) -> Iterator[Program]:
    command = [sys.executable, "-m", "bench.streaming.program", request.param]
    with Program(command, log=tmp_path / "stage.log", env=screen.env, cwd=ROOT) as stage:
        stage.wait_for('"ready"')
        yield stage
        stage.write("end")
        assert stage.wait() == 0


def probe(screen: Screen) -> int:
    x, y = SIGNAL_X + BITS * CELL + PROBE // 2, SIGNAL_Y + PROBE // 2
    return int(screen.pixels()[y, x, 1])


def test_another_key_while_the_probes_key_is_down_toggles_nothing(
    screen: Screen, stage: Program
) -> None:
    screen.xdotool("keydown", "F9", "key", "a", "key", "Down", "keyup", "F9")
    until(lambda: probe(screen) == 255, within=10, what="the probe to toggle once")


def test_the_probes_key_toggles_it_each_time(screen: Screen, stage: Program) -> None:
    for colour in (255, 0, 255):
        screen.xdotool("key", "F9")
        until(lambda: probe(screen) == colour, within=10, what="the probe")  # noqa: B023


def test_a_run_says_what_was_drawn_when_and_shows_its_number(
    screen: Screen, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "bench.streaming.program", "W3"]
    with Program(command, log=tmp_path / "stage.log", env=screen.env, cwd=ROOT) as stage:
        stage.wait_for('"ready"')
        stage.write("run 0.5")
        stage.wait_for('"rests"')
        said = json.loads(stage.output.strip().rpartition("\n")[2])
        numbers = [number for number, _ in said["drawn"]]
        moments = [moment for _, moment in said["drawn"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert moments == sorted(moments)
        assert said["rests"] >= moments[-1]
        picture = screen.pixels()
        shown = sum(
            1 << bit
            for bit in range(BITS)
            if picture[SIGNAL_Y + PROBE // 2, SIGNAL_X + bit * CELL + CELL // 2, 1] > 127
        )
        assert shown == numbers[-1]
        stage.write("end")
        assert stage.wait() == 0
