"""Real worker processes for tests: forked, with database connections of their own."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable

from django.db import connections

PATIENCE = 60


def start(work: Callable[[], None]) -> int:
    """Run `work` in a process of its own; return its process ID."""
    connections.close_all()  # what was opened here must not be shared
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        connections.close_all()
    except BaseException:  # noqa: BLE001 - a forked test must never run on into pytest
        traceback.print_exc(file=sys.stderr)
        os._exit(1)
    os._exit(0)


def wait_for(pid: int) -> int:
    """Wait for a process and return its exit code, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill(pid: int) -> int:
    """End a process as a power cut would, and return its exit code."""
    os.kill(pid, signal.SIGKILL)
    return wait_for(pid)


def kill_after(pid: int, seconds: float) -> int:
    """End a process after a while, unless it has ended by itself; return its exit code."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    return kill(pid)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
