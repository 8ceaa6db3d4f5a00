"""What an agent leaves behind that was killed: nothing."""

import os
import signal
import subprocess
import sys
from ctypes import byref, c_int, c_uint, c_ulong

import pytest

from agent.inject.guard_x11 import Sign, left_behind
from agent.inject.layout_x11 import Layout
from agent.inject.x11 import X11Injector
from agent.xlib import Connection
from tests.agent.conftest import ROOT, Screen, until

# Presses and lends, tells so, and waits to be killed.
PROGRAM = """
import sys, time
from agent.inject.x11 import X11Injector
injector = X11Injector(None)
for code in ("ControlLeft", "ShiftLeft", "KeyA"):
    injector.key(code, down=True)
injector.button(0, down=True)
if sys.argv[1] == "closed":
    injector.close()
else:
    injector.text("ж")
    injector.locks()
print("pressed", flush=True)
time.sleep(60)
"""


def start(screen: Screen, how: str) -> "subprocess.Popen[bytes]":
    said = screen.home / "said"
    with said.open("wb") as output:
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, how],
            cwd=ROOT,
            env=screen.environment,
            stdout=output,
        )
    until(lambda: said.read_bytes() == b"pressed\n")
    return program


def guards_of(pid: int) -> list[int]:
    """Return the guards among the processes that a process has started, from whichever thread."""
    found = subprocess.run(
        ["pgrep", "-P", str(pid), "-f", "guard_x11"], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def buttons(connection: Connection) -> int:
    """Return the buttons that are down, as bits."""
    window, x, y, mask = c_ulong(), c_int(), c_int(), c_uint()
    some, other = byref(window), byref(x)
    connection.x11.XQueryPointer(
        connection.handle,
        connection.root,
        some,
        some,
        other,
        byref(y),
        other,
        byref(y),
        byref(mask),
    )
    return mask.value & 0x1F00


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_agent_leaves_no_key_no_button_and_no_lent_keycode(
    screen: Screen, how: signal.Signals
) -> None:
    before = screen.run("xkbcomp", "-xkb", screen.display, "-")
    program = start(screen, "killed")
    connection = Connection(screen.display)
    layout = Layout(connection)
    assert layout.state().mods
    assert buttons(connection)
    [guard] = guards_of(program.pid)
    program.send_signal(how)
    program.wait()
    until(lambda: not layout.state().mods and not buttons(connection))
    until(lambda: screen.run("xkbcomp", "-xkb", screen.display, "-") == before)
    until(lambda: gone(guard))
    connection.close()


def test_a_closed_injector_has_no_guard_any_more(screen: Screen) -> None:
    program = start(screen, "closed")
    assert guards_of(program.pid) == []
    program.kill()
    program.wait()


def test_without_its_guard_the_input_goes_on(screen: Screen) -> None:
    injector = X11Injector(screen.display)
    connection = Connection(screen.display)
    [guard] = guards_of(os.getpid())
    os.kill(guard, signal.SIGKILL)
    until(lambda: not guards_of(os.getpid()))
    injector.key("ControlLeft", down=True)
    until(lambda: Layout(connection).state().mods)
    injector.close()
    assert not Layout(connection).state().mods
    connection.close()


def test_only_what_is_still_down_is_left_behind() -> None:
    signs = [
        (Sign.KEY_DOWN, 38),
        (Sign.KEY_DOWN, 37),
        (Sign.KEY_UP, 38),
        (Sign.KEY_UP, 99),
        (Sign.BUTTON_DOWN, 1),
        (Sign.BUTTON_UP, 1),
        (Sign.LENT, 248),
        (Sign.LENT, 230),
        (Sign.GIVEN_BACK, 230),
        (77, 1),
    ]
    assert left_behind(signs) == {Sign.KEY_DOWN: {37}, Sign.BUTTON_DOWN: set(), Sign.LENT: {248}}
