"""A session on a screen whose monitors come, go and change while it runs."""

import asyncio
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from agent.protocol import control
from agent.protocol.monitors import Monitors as Message
from tests.agent.conftest import Screen, until
from tests.agent.customer import connected, running
from tests.agent.monitors import Monitors
from tests.agent.resize import resize
from tests.agent.server import Caller, Server

SIZES = [(1280, 800), (800, 1280), (1024, 600), (1920, 1080), (640, 480), (1366, 768), (641, 481)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Monitors]:
    """Return an X server with a monitor, a window manager and some text on it."""
    made = Monitors(tmp_path)
    made.manager()
    made.start("xterm", "-geometry", "80x24+30+40", "-e", "ls -l /usr/bin; sleep 1000")
    made.window("--class", "xterm")
    yield made
    made.stop()


def told(caller: Caller) -> Message:
    """Return the newest list of monitors."""
    return [said for said in caller.controls if isinstance(said, Message)][-1]


def shown(screen: Screen, message: Message) -> Image.Image:
    """Return what the technician has to see."""
    picture = screen.picture()
    for m in message.monitors:
        if m.id == message.shown:
            return picture.crop((m.x, m.y, m.x + m.w, m.y + m.h))
    return picture


async def exact(screen: Screen, caller: Caller) -> None:
    """Wait until the technician sees it, pixel for pixel."""

    def same(image: Image.Image) -> bool:
        wanted = shown(screen, told(caller))
        return image.size == wanted.size and image.tobytes() == wanted.tobytes()

    await caller.see(same)


def points_at(screen: Screen, x: int, y: int) -> bool:
    """Tell whether the customer's pointer is there."""
    return f"x:{x} y:{y} " in screen.run("xdotool", "getmouselocation")


async def said(caller: Caller, message: control.AgentControl) -> None:
    """Wait until the technician was told this."""
    await asyncio.to_thread(until, lambda: message in caller.controls)


async def names(caller: Caller, *expected: str) -> Message:
    """Wait until the technician was told of these monitors."""
    await asyncio.to_thread(until, lambda: {m.name for m in told(caller).monitors} == set(expected))
    return told(caller)


async def test_the_only_monitor_is_the_whole_screen(desk: Monitors, server: Server) -> None:
    async with running(desk, server.url) as customer:
        caller = await connected(customer, server)
        message = told(caller)
        assert message.shown is None
        assert [(m.name, m.w, m.h, m.scale) for m in message.monitors] == [
            ("DUMMY0", 1280, 800, 100)
        ]
        await exact(desk, caller)


async def test_of_two_monitors_the_primary_one_is_shown_until_the_technician_chooses(
    desk: Monitors, server: Server
) -> None:
    desk.turn_on("DUMMY1", (800, 600), "--right-of", "DUMMY0", "--primary")
    async with running(desk, server.url) as customer:
        caller = await connected(customer, server)
        ids = {m.name: m.id for m in told(caller).monitors}
        assert told(caller).shown == ids["DUMMY1"]
        await exact(desk, caller)
        assert caller.painter.image.size == (800, 600)
        for wish, size in ((ids["DUMMY0"], (1280, 800)), (None, (2080, 800)), (4711, (800, 600))):
            await caller.control(control.Monitor(wish))
            await caller.see(lambda image, size=size: image.size == size)  # type: ignore[misc]
            await exact(desk, caller)


async def test_places_are_those_of_the_whole_screen_whatever_is_shown(
    desk: Monitors, server: Server
) -> None:
    desk.turn_on("DUMMY1", (800, 600), "--right-of", "DUMMY0", "--primary")
    async with running(desk, server.url) as customer:
        caller = await connected(customer, server)
        for x, y in ((1300, 20), (200, 700)):
            await caller.control(control.Move(x, y))
            await asyncio.to_thread(until, partial(points_at, desk, x, y))
        # The customer's own hand, on the monitor that is not shown.
        desk.run("xdotool", "mousemove", "33", "44")
        await said(caller, control.Pointer(33, 44))


async def test_a_monitor_that_is_unplugged_gives_way_to_the_primary_one(
    desk: Monitors, server: Server
) -> None:
    desk.turn_on("DUMMY1", (800, 600), "--right-of", "DUMMY0")
    async with running(desk, server.url) as customer:
        caller = await connected(customer, server)
        ids = {m.name: m.id for m in told(caller).monitors}
        await caller.control(control.Monitor(ids["DUMMY1"]))
        await caller.see(lambda image: image.size == (800, 600))
        desk.turn_off("DUMMY1")
        message = await names(caller, "DUMMY0")
        assert message.shown is None
        await exact(desk, caller)
        desk.turn_on("DUMMY1", (640, 480), "--left-of", "DUMMY0")
        await caller.see(lambda image: image.size == (640, 480))
        await exact(desk, caller)


async def test_refresh_tells_the_monitors_again(desk: Monitors, server: Server) -> None:
    async with running(desk, server.url) as customer:
        caller = await connected(customer, server)
        before = told(caller)
        caller.controls.clear()
        await caller.control(control.Refresh())
        await said(caller, before)


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_each_of_20_changes_every_pixel_is_right(
    desk: Monitors, server: Server, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (no secret)
    async with running(desk, server.url) as customer:
        caller = await connected(customer, server)
        second = False
        for number in range(20):
            change = chance.choice(["size", "size", "second", "place", "primary", "wish", "burst"])
            if change == "size":
                desk.turn_on("DUMMY0", chance.choice(SIZES))
            elif change == "second" and second:
                desk.turn_off("DUMMY1")
                second = False
            elif change == "second" or (change in {"place", "primary"} and not second):
                side = chance.choice(["--right-of", "--left-of", "--below", "--above"])
                desk.turn_on("DUMMY1", chance.choice(SIZES), side, "DUMMY0")
                second = True
            elif change == "place":
                place = f"{chance.randrange(1400)}x{chance.randrange(900)}"
                desk.run("xrandr", "--output", "DUMMY1", "--pos", place)
            elif change == "primary":
                desk.run("xrandr", "--output", chance.choice(["DUMMY0", "DUMMY1"]), "--primary")
            elif change == "wish":
                ids = [m.id for m in told(caller).monitors]
                await caller.control(control.Monitor(chance.choice([None, *ids])))
            else:
                for size in chance.sample(SIZES, 4):
                    desk.turn_on("DUMMY0", size)
            # Something to see where nothing was before.
            desk.paint(chance.randrange(1 << 24))
            if number % 5 == 0:
                place = f"40x8+{chance.randrange(600)}+{chance.randrange(400)}"
                desk.start("xterm", "-geometry", place, "-e", "ls /etc; sleep 1000")
            await asyncio.sleep(0.3)
            await exact(desk, caller)


async def test_a_screen_that_never_comes_to_rest_does_not_end_the_session(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        for number in range(60):
            resize(screen.display, 1280 - 7 * number, 800 - 5 * number)
            screen.paint(number * 1000)
        await asyncio.sleep(0.3)
        await exact(screen, caller)
