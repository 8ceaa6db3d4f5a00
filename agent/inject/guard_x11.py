"""Lets go what a killed agent had pressed: `python -m agent.inject.guard_x11`.

An X server keeps a key of XTEST pressed after the program that pressed it is dead; with
Control stuck like that, the customer could not even type any more. So a small process of its own
is told of every press and every lent keycode, and cleans up when the agent's end of the pipe
closes, however that came about.
"""

import contextlib
import enum
import os
import subprocess
import sys
from collections.abc import Iterable
from ctypes import CDLL, c_int, c_uint, c_ulong, c_void_p
from pathlib import Path

from agent.inject.layout_x11 import Layout
from agent.xlib import Connection, DisplayLostError, load

# The file handed out has no `-m`; its start knows this word (agent/packaging/build.py).
FROZEN_WORD = "--keyboard-guard"


class Sign(enum.IntEnum):
    """What is told: one byte for this, one for the number of the key or button."""

    KEY_DOWN = 1
    KEY_UP = 2
    BUTTON_DOWN = 3
    BUTTON_UP = 4
    LENT = 5
    GIVEN_BACK = 6


class Guard:
    """The agent's end: starts the process and tells it what is pressed."""

    def __init__(self, display_name: str | None) -> None:
        """Start; without it everything works, but for what a kill leaves behind."""
        frozen = getattr(sys, "frozen", False)
        own = [FROZEN_WORD] if frozen else ["-m", "agent.inject.guard_x11"]
        environment = dict(os.environ)
        if display_name is not None:
            environment["DISPLAY"] = display_name
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            # In a session of its own: Ctrl+C in the terminal would reach it before its work.
            self._process = subprocess.Popen(  # noqa: S603 (this very program)
                [sys.executable, *own],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=environment,
                cwd=None if frozen else Path(__file__).resolve().parents[2],
                start_new_session=True,
            )
            assert self._process.stdin is not None  # noqa: S101 (it was asked for)
            os.set_blocking(self._process.stdin.fileno(), False)

    def tell(self, sign: Sign, number: int) -> None:
        """Tell of one key, button or keycode."""
        if self._process is not None and self._process.stdin is not None:
            # Full or broken: the guard is gone, and the input goes on without it.
            with contextlib.suppress(OSError):
                os.write(self._process.stdin.fileno(), bytes((sign, number)))

    def tell_lent(self, before: frozenset[int], now: frozenset[int]) -> None:
        """Tell which keycodes were lent and given back."""
        for keycode in now - before:
            self.tell(Sign.LENT, keycode)
        for keycode in before - now:
            self.tell(Sign.GIVEN_BACK, keycode)

    def close(self) -> None:
        """End it: everything has been let go."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def left_behind(signs: Iterable[tuple[int, int]]) -> dict[Sign, set[int]]:
    """Return keys still down, buttons still down and keycodes still lent."""
    left: dict[Sign, set[int]] = {Sign.KEY_DOWN: set(), Sign.BUTTON_DOWN: set(), Sign.LENT: set()}
    begins = {Sign.KEY_UP: Sign.KEY_DOWN, Sign.BUTTON_UP: Sign.BUTTON_DOWN}
    begins[Sign.GIVEN_BACK] = Sign.LENT
    for sign, number in signs:
        if sign in left:
            left[Sign(sign)].add(number)
        elif sign in begins:
            left[begins[Sign(sign)]].discard(number)
    return left


def clean_up(connection: Connection, xtest: CDLL, left: dict[Sign, set[int]]) -> None:
    """Let the keys and buttons go and empty the keycodes."""
    xtest.XTestFakeKeyEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
    xtest.XTestFakeButtonEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
    for keycode in left[Sign.KEY_DOWN]:
        xtest.XTestFakeKeyEvent(connection.handle, keycode, 0, 0)
    for button in left[Sign.BUTTON_DOWN]:
        xtest.XTestFakeButtonEvent(connection.handle, button, 0, 0)
    layout = Layout(connection)
    for keycode in left[Sign.LENT]:
        layout.put(keycode, (0, 0))
    connection.sync()


def main() -> int:
    """Listen until the agent ends, then let go what it left behind."""
    try:
        # Now: where the program came as one file, it takes its libraries along when it ends.
        connection, xtest = Connection(), load("libXtst.so.6")
    except DisplayLostError:
        return 1
    left = _listen()
    if any(left.values()):
        with contextlib.suppress(DisplayLostError):
            clean_up(connection, xtest, left)
    return 0


def _listen() -> dict[Sign, set[int]]:
    """Return what is down once the agent's end is closed; pairs of bytes are read as they come."""
    left = left_behind([])
    pending = b""
    while data := os.read(sys.stdin.fileno(), 4096):
        pending += data
        whole = len(pending) // 2 * 2
        kept = [(sign, number) for sign, numbers in left.items() for number in numbers]
        told = list(zip(pending[:whole:2], pending[1:whole:2], strict=True))
        left = left_behind([*kept, *told])
        pending = pending[whole:]
    return left


if __name__ == "__main__":
    sys.exit(main())
