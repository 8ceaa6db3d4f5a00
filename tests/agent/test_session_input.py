"""The technician's hands through a whole session, as they arrive at programs on a real screen."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from agent.inject.held import BELIEVE
from agent.inject.layout_x11 import Layout
from agent.protocol import control, messages
from agent.xlib import Connection
from tests.agent.conftest import Screen, until
from tests.agent.customer import connected, running
from tests.agent.server import Caller, Server

CONTROL = 4


def modifiers(screen: Screen) -> int:
    """Return the modifiers that are down on the screen, as bits."""
    connection = Connection(screen.display)
    try:
        return int(Layout(connection).state().base_mods)
    finally:
        connection.close()


async def wait(condition: Callable[[], object]) -> None:
    await asyncio.to_thread(until, condition)


def terminal(screen: Screen, output: Path) -> None:
    screen.start("xterm", "-u8", "-e", f"sh -c 'cat > {output}'")
    screen.run("xdotool", "windowfocus", "--sync", screen.window("--class", "xterm"))
    until(output.exists)


async def test_a_long_text_is_acknowledged_piece_by_piece(
    screen: Screen, server: Server, tmp_path: Path
) -> None:
    output = tmp_path / "typed"
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await asyncio.to_thread(terminal, screen, output)
        lines = [f"Zeile {number}: Grüße ж\n" for number in range(20)]
        for number, line in enumerate(lines):
            await caller.control(control.Piece(number, line))
        await wait(lambda: control.Typed(19, "") in caller.controls)
        typed = [m for m in caller.controls if isinstance(m, control.Typed)]
        assert typed == [control.Typed(number, "") for number in range(20)]
        await wait(lambda: output.read_text(encoding="utf-8") == "".join(lines))


async def test_the_customers_locks_are_told_at_once(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        off = control.Locks(caps=False, num=False, scroll=False)
        await wait(lambda: off in caller.controls)
        for down in (True, False):
            await caller.control(control.Key("CapsLock", down=down))
        await wait(lambda: control.Locks(caps=True, num=False, scroll=False) in caller.controls)


async def test_keys_of_which_nobody_speaks_any_more_are_let_go_and_come_back(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.control(control.Key("ControlLeft", down=True))
        await wait(lambda: modifiers(screen) == CONTROL)
        began = asyncio.get_running_loop().time()
        for _ in range(8):
            await asyncio.sleep(BELIEVE / 4)
            await caller.control(control.Hold(("ControlLeft",)))
        assert modifiers(screen) == CONTROL
        assert asyncio.get_running_loop().time() - began > BELIEVE
        # Now the line stands still.
        await wait(lambda: modifiers(screen) == 0)
        await caller.control(control.Hold(("ControlLeft",)))
        await wait(lambda: modifiers(screen) == CONTROL)


async def pause(caller: Caller) -> None:
    await caller.say(messages.Paused())


async def choose_monitor(caller: Caller) -> None:
    await caller.control(control.Monitor(None))


async def lose_the_technician(caller: Caller) -> None:
    await caller.say(messages.Unpaired("technician-gone"))


async def let_go(caller: Caller) -> None:
    await caller.control(control.Release())


@pytest.mark.parametrize(
    "happen", [pause, choose_monitor, lose_the_technician, let_go], ids=lambda way: way.__name__
)
async def test_nothing_stays_pressed(
    screen: Screen, server: Server, happen: Callable[[Caller], Awaitable[None]]
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.control(control.Key("ControlLeft", down=True))
        await wait(lambda: modifiers(screen) == CONTROL)
        await happen(caller)
        await wait(lambda: modifiers(screen) == 0)


async def test_hostile_input_types_nothing_and_ends_nothing(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        for code in ("NoSuchKey", "a", "9" * 24, "Unidentified"):
            await caller.control(control.Key(code, down=True))
            await caller.control(control.Shortcut(code, "\U0001f600"))
            await caller.control(control.Hold((code,) * 30))
        await caller.control(control.Wheel(120000, -120000, 16383, 16383))
        await caller.control(control.Text("\u202e\ufffe\U0010ffff\u0000".rstrip("\0")))
        await caller.control(control.Piece(5, "x" * 1000))
        await wait(lambda: any(isinstance(m, control.Typed) for m in caller.controls))
        assert modifiers(screen) == 0
