"""The customer's window on a real screen with a window manager."""

import asyncio
import subprocess

import pytest
from PIL import Image, ImageChops

from agent.protocol import control, messages
from tests.agent.conftest import Agent, Screen, running_agent, until
from tests.agent.server import Caller, Server

RED = (185, 58, 38)
BRAND = (23, 102, 96)
# Where the banner stands in the middle of the upper edge.
BANNER = (340, 0, 940, 60)


@pytest.fixture
def desk(screen: Screen) -> Screen:
    """Return a screen with a window manager."""
    screen.manager()
    return screen


async def ready(agent: Agent, server: Server) -> tuple[Caller, str]:
    """Bring the window to ID and password."""
    caller = await server.call()
    await caller.register("218123458")
    return caller, str((await agent.event("ready"))["password"])


async def question(agent: Agent, caller: Caller, password: str) -> None:
    """Bring the window to its question, and wait until that takes an answer."""
    await caller.say(messages.Paired())
    assert await caller.exchange(password) == ""
    await agent.event("consent_request")
    await asyncio.sleep(1.0)


async def connected(agent: Agent, server: Server, desk: Screen) -> Caller:
    caller, password = await ready(agent, server)
    await question(agent, caller, password)
    desk.run("xdotool", "key", "alt+z")
    assert await caller.text() == messages.Consent(True, "2026-11")
    await agent.event("connected")
    await caller.see(lambda image: image.size == (1280, 800))
    await asyncio.to_thread(until, lambda: where(desk.picture(), RED))
    return caller


def where(picture: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int] | None:
    """Return the middle of everything that has a colour, or None."""
    red, green, blue = ImageChops.difference(
        picture, Image.new("RGB", picture.size, colour)
    ).split()
    distance = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    exact = distance.point([255, *([0] * 255)])
    box = exact.getbbox()
    return ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2) if box else None


def click(desk: Screen, place: tuple[int, int] | None) -> None:
    assert place is not None
    desk.run("xdotool", "mousemove", *map(str, place), "click", "1")


async def goodbye(agent: Agent, caller: Caller) -> None:
    """Expect that the customer ended it, and let the window say what it cost."""
    assert await caller.text() == messages.End()
    await caller.say(messages.Ended("customer", 905, 2, 1700))
    assert (await agent.event("ended"))["amount"] == "17.00"


async def test_the_window_has_the_companys_name_and_is_wholly_on_the_screen(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        await ready(agent, server)
        window = desk.window("--name", "DIBUC.*Fernwartung")
        geometry = desk.run("xdotool", "getwindowgeometry", "--shell", window)
        values = dict(line.split("=") for line in geometry.split())
        assert int(values["X"]) >= 0
        assert int(values["X"]) + int(values["WIDTH"]) <= 1280
        assert int(values["Y"]) + int(values["HEIGHT"]) <= 800


async def test_by_keyboard_alt_z_lets_in_and_the_banner_appears(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        await caller.see(lambda image: where(image, RED) is not None)
        # The big window is out of the way.
        with pytest.raises(subprocess.CalledProcessError):
            desk.run("xdotool", "search", "--onlyvisible", "--name", "DIBUC.*Fernwartung")


async def test_a_click_on_allow_lets_in(desk: Screen, server: Server) -> None:
    async with running_agent(desk, server.url) as agent:
        caller, password = await ready(agent, server)
        await question(agent, caller, password)
        click(desk, where(desk.picture(), BRAND))
        assert await caller.text() == messages.Consent(True, "2026-11")


@pytest.mark.parametrize("key", ["Escape", "alt+a", "Return"])
async def test_escape_alt_a_and_a_blind_return_refuse(
    desk: Screen, server: Server, key: str
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller, password = await ready(agent, server)
        await question(agent, caller, password)
        desk.run("xdotool", "key", key)
        assert await caller.text() == messages.Consent(False, "2026-11")


async def test_what_was_being_typed_when_the_question_came_is_no_answer(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller, password = await ready(agent, server)
        await caller.say(messages.Paired())
        assert await caller.exchange(password) == ""
        await agent.event("consent_request")
        desk.run("xdotool", "key", "alt+z", "Return", "space")
        await asyncio.sleep(0.2)
        assert caller.texts.empty()


async def test_the_red_button_ends_it(desk: Screen, server: Server) -> None:
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        click(desk, where(desk.picture(), RED))
        await goodbye(agent, caller)


async def test_the_hot_key_ends_it_while_another_window_has_the_focus(
    desk: Screen, server: Server
) -> None:
    desk.start("xterm", "-geometry", "80x24+300+300", "-e", "cat")
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        window = desk.window("--class", "xterm")
        desk.run("xdotool", "windowactivate", "--sync", window)
        desk.run("xdotool", "key", "ctrl+alt+shift+e")
        await goodbye(agent, caller)


async def test_the_hot_key_works_with_num_lock_and_caps_lock_on(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        desk.run("xdotool", "key", "Caps_Lock", "Num_Lock")
        desk.run("xdotool", "key", "ctrl+alt+shift+e")
        await goodbye(agent, caller)


async def test_a_taken_hot_key_gives_way_to_another(desk: Screen, server: Server) -> None:
    async with running_agent(desk, server.url) as first:
        caller = await connected(first, server, desk)
        async with running_agent(desk, server.url) as second:
            other, password = await ready(second, server)
            await question(second, other, password)
            desk.run("xdotool", "key", "alt+z")
            await other.text()
            await second.event("connected")
            await other.see(lambda image: image.size == (1280, 800))
            desk.run("xdotool", "key", "ctrl+alt+shift+x")
            await goodbye(second, other)
            assert caller.texts.empty() or isinstance(await caller.text(), messages.Pong)


@pytest.mark.parametrize("way", [("windowactivate", "--sync"), ("windowclose",)])
async def test_closing_the_window_tells_the_server_and_ends_the_program(
    desk: Screen, server: Server, way: tuple[str, ...]
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller, _password = await ready(agent, server)
        window = desk.window("--name", "DIBUC.*Fernwartung")
        desk.run("xdotool", *way, window)
        if way != ("windowclose",):
            desk.run("xdotool", "key", "alt+F4")
        async with asyncio.timeout(60):
            while not isinstance(await caller.texts.get(), messages.End):
                pass
        await caller.say(messages.Ended("customer", 0, 0, 0))
        assert await agent.exit_code() == 0


async def test_the_technician_cannot_answer_the_question(desk: Screen, server: Server) -> None:
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        await caller.say(messages.Unpaired("technician-gone"))
        # What the old pairing still sends finds nobody.
        await caller.control(control.Move(77, 88))
        await caller.say(messages.Paired())
        password = str((await agent.event("ready"))["password"])
        await question(agent, caller, password)
        assert "x:77 y:88" not in desk.run("xdotool", "getmouselocation")
        allow = where(desk.picture(), BRAND)
        assert allow is not None
        # Input before consent ends the session instead of being done.
        await caller.control(control.Button(0, down=True, x=allow[0], y=allow[1]))
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 0, 0, 0))
        assert (await agent.event("failed"))["code"] == "too-early"


async def test_after_the_end_a_new_session_begins_with_another_id(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller, _password = await ready(agent, server)
        await caller.say(messages.Ended("abandoned", 0, 0, 0))
        await agent.event("ended")
        await asyncio.sleep(0.5)
        desk.run("xdotool", "key", "Tab", "Tab", "Return")
        again = await server.call()
        hello = await again.register("000000000")
        assert hello.resume_token is None
        assert (await agent.event("ready"))["support_id"] == "000000000"


async def test_locked_waits_for_a_click(desk: Screen, server: Server) -> None:
    async with running_agent(desk, server.url) as agent:
        caller, _password = await ready(agent, server)
        await caller.say(messages.Paired())
        for _ in range(6):
            await caller.exchange("00000000")
        await agent.event("locked")
        await asyncio.sleep(0.7)
        click(desk, where(desk.picture(), BRAND))
        password = str((await agent.event("ready"))["password"])
        assert await caller.exchange(password) == ""


async def test_a_lost_line_is_said_on_the_banner_which_goes_on_with_the_line(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        await caller.say(messages.Clock(65, 1, 850, 535, running=True))
        await asyncio.sleep(0.5)
        banner = desk.picture().crop(BANNER).tobytes()
        caller.socket.transport.abort()
        assert (await agent.event("unreachable"))["resumes"] is True
        again = await server.call()
        await again.register(caller.support_id)
        await asyncio.to_thread(until, lambda: desk.picture().crop(BANNER).tobytes() != banner)
        # The clock stands: nothing moves on the banner, which can still end it.
        await asyncio.sleep(0.5)
        interrupted = desk.picture().crop(BANNER).tobytes()
        await asyncio.sleep(1.5)
        assert desk.picture().crop(BANNER).tobytes() == interrupted
        assert where(desk.picture(), RED) is not None
        await again.say(messages.Paired())
        assert await again.resume(caller.secret) == ""
        await agent.event("line_back")
        await asyncio.to_thread(until, lambda: desk.picture().crop(BANNER).tobytes() != interrupted)


async def test_a_page_without_keys_takes_the_banner_away_and_shows_the_password(
    desk: Screen, server: Server
) -> None:
    async with running_agent(desk, server.url) as agent:
        caller = await connected(agent, server, desk)
        caller.socket.transport.abort()
        again = await server.call()
        await again.register(caller.support_id)
        await again.say(messages.Paired())
        await agent.event("ready")
        await asyncio.to_thread(until, lambda: where(desk.picture(), RED) is None)


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_state_draws_something_of_its_own(
    desk: Screen, server: Server, language: str
) -> None:
    seen: set[bytes] = set()

    async def look() -> None:
        await asyncio.sleep(0.8)
        seen.add(desk.picture().tobytes())

    async with running_agent(desk, server.url, f"--language={language}") as agent:
        await look()
        caller, password = await ready(agent, server)
        await look()
        await caller.say(messages.Paired())
        await caller.exchange("00000000")
        await look()
        await question(agent, caller, password)
        await look()
        desk.run("xdotool", "key", "alt+z" if language == "de" else "alt+a")
        await caller.text()
        await look()
        await caller.say(messages.Clock(61, 1, 850, 539, running=True))
        await look()
        await caller.say(messages.Paused())
        await look()
        await caller.say(messages.Ended("technician", 905, 2, 1700))
        await look()
    assert len(seen) == 8
