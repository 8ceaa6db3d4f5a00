"""A benchmark that is terminated closes what it has opened."""

import sys
from pathlib import Path

from bench.streaming.measure import ROOT
from tests.integration.rig.processes import Program

SCRIPT = """
import time
from contextlib import contextmanager
from bench.ending import end_cleanly
end_cleanly()

@contextmanager
def opened():
    print("open", flush=True)
    try:
        yield
    finally:
        print("closed", flush=True)

with opened():
    time.sleep(60)
"""


def test_what_is_open_is_closed_when_the_program_is_terminated(tmp_path: Path) -> None:
    with Program([sys.executable, "-c", SCRIPT], log=tmp_path / "log", cwd=ROOT) as program:
        program.wait_for("open")
        program.process.terminate()
        assert program.wait() == 143
        assert "closed" in program.output
