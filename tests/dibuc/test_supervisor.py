"""The supervisor: what ends is started again, what must not be waited for is killed."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dibuc import settings, supervisor
from dibuc.supervisor import RESTARTS, Program, StartError, Supervisor

FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]
# Says that it is there, then ignores SIGTERM.
STUBBORN = (
    "import signal, sys, time, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "pathlib.Path(sys.argv[1]).write_text('here'); time.sleep(600)"
)
# A parent and a child of its own, whose number it writes down.
FAMILY = (
    "import subprocess, sys, time, pathlib; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid)); time.sleep(600)"
)


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    handle = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    yield handle
    os.close(handle)


@pytest.fixture
def started(lock: int) -> Iterator[list[Program]]:
    """Collect programs that are killed after the test, whatever happened in it."""
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.send(signal.SIGKILL)
        if program.process:
            program.process.wait()


def until_written(path: Path) -> None:
    """Wait for a program to write its line."""
    while not path.exists() or path.stat().st_size == 0:
        time.sleep(0.01)


def ended(program: Program) -> int:
    """Wait until the program has ended; return its exit code."""
    assert program.process is not None
    return program.process.wait()


def test_what_ended_is_started_again_but_not_for_ever(lock: int, started: list[Program]) -> None:
    brief = Program("brief", [sys.executable, "-c", "raise SystemExit(3)"])
    started.append(brief)
    brief.start(lock)
    one = Supervisor(None, [brief], lock)
    for _ in range(RESTARTS):
        assert ended(brief) == 3
        one.revive()
    assert ended(brief) == 3
    with pytest.raises(StartError, match=f"brief ended {RESTARTS} times"):
        one.revive()


def test_what_runs_is_left_alone(lock: int, started: list[Program]) -> None:
    program = Program("forever", FOREVER)
    started.append(program)
    program.start(lock)
    Supervisor(None, [program], lock).revive()
    assert len(program.starts) == 1
    assert program.is_running


def test_a_program_that_ends_at_the_start_stops_the_start(
    lock: int, started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "is_healthy", lambda: False)
    broken = Program("web", [sys.executable, "-c", "raise SystemExit(1)"])
    started.append(broken)
    with pytest.raises(StartError, match="web ended at once with code 1"):
        Supervisor(None, [broken], lock).start()


def test_who_ignores_the_end_is_killed(
    lock: int, started: list[Program], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.2)
    stubborn = Program("stubborn", [sys.executable, "-c", STUBBORN, str(tmp_path / "there")])
    started.append(stubborn)
    stubborn.start(lock)
    until_written(tmp_path / "there")
    Supervisor(None, [stubborn], lock).end([stubborn])
    assert stubborn.code == -signal.SIGKILL


def test_children_do_not_outlive_their_program(
    lock: int, started: list[Program], tmp_path: Path
) -> None:
    family = Program("family", [sys.executable, "-c", FAMILY, str(tmp_path / "pid")])
    started.append(family)
    family.start(lock)
    until_written(tmp_path / "pid")
    child = psutil.Process(int((tmp_path / "pid").read_text()))
    Supervisor(None, [family], lock).end([family])
    assert family.code == -signal.SIGTERM
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def test_valkey_goes_last(lock: int, started: list[Program]) -> None:
    valkey, worker = Program("valkey", FOREVER), Program("worker", FOREVER)
    started.extend((valkey, worker))
    order: list[str] = []
    for program in started:
        program.start(lock)
    both = Supervisor(valkey, [worker], lock)
    end = both.end

    def note(group: list[Program]) -> None:
        order.extend(program.name for program in group)
        end(group)

    both.end = note  # type: ignore[method-assign, assignment]
    both.stop()
    assert order == ["worker", "valkey"]
    assert not valkey.is_running
    assert not worker.is_running


def test_a_redis_of_ones_own_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_EMBEDDED", False)
    valkey, others = supervisor.programs()
    assert valkey is None
    assert [program.name for program in others] == ["web", "worker", "beat"]


def test_each_server_process_knows_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEB_PROCESSES", 3)
    numbers = [each.variables["WEB_NUMBER"] for each in supervisor.web_programs()]
    assert numbers == ["1", "2", "3"]
    assert [each.name for each in supervisor.web_programs()] == ["web 1", "web 2", "web 3"]


def test_variables_of_a_program_are_on_top_of_the_supervisor_s_own(
    lock: int, started: list[Program], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARED", "s")
    tell = "import os, sys; open(sys.argv[1], 'w').write(os.environ['SHARED'] + os.environ['OWN'])"
    program = Program("p", [sys.executable, "-c", tell, str(tmp_path / "told")], {"OWN": "o"})
    started.append(program)
    program.start(lock)
    assert ended(program) == 0
    assert (tmp_path / "told").read_text() == "so"
