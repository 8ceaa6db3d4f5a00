"""Processor time of another process."""

import subprocess
import sys
import time

import pytest

from bench.processor import processor_seconds
from tests.integration.rig.waiting import until


def test_a_process_that_is_gone_has_none() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    with pytest.raises(OSError, match="Invalid argument"):
        processor_seconds(gone.pid)


def test_what_works_costs_and_what_sleeps_does_not() -> None:
    script = "import time; sum(range(10**6)); print(time.process_time_ns(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        said = int(process.stdout.readline()) / 1e9
        until(lambda: _is_asleep(process.pid), within=10, what="the process to wait")
        used = processor_seconds(process.pid)
        time.sleep(0.1)
        assert used >= said > 0
        assert processor_seconds(process.pid) == used
        process.communicate(b"\n")


def _is_asleep(pid: int) -> bool:
    before = processor_seconds(pid)
    time.sleep(0.1)
    return processor_seconds(pid) == before
