"""Lines that are lost: nobody types a password again, and nobody pays for the time between."""

import datetime as dt
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import chromium
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.held_keys import held_keys
from tests.integration.rig.place import Place, between_lines
from tests.integration.rig.portal import TECHNICIAN
from tests.integration.rig.waiting import until
from tests.integration.rig.wire import Wire

SILENCE = 30.0
AGENT_SLEEPS = 40.0
BROWSER_SLEEPS = 15.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return a portal between two lines that a test can break."""
    with between_lines(tmp_path_factory.mktemp("lines")) as place:
        yield place


@dataclass
class Story:
    """A connected session, and what has happened to it."""

    place: Place
    agent: Agent
    desk: Desk
    computer: Computer

    def lose(self, fault: Callable[[], None]) -> None:
        """Break something while a key is held; wait until both ends say that they wait."""
        self.desk.page.keyboard.down("F9")
        until(lambda: held_keys(self.computer.screen.name), within=10, what="the key")
        fault()

    def is_said_at_both_ends(self) -> None:
        """Wait until the customer and the technician read that the line is lost."""
        self.agent.wait_for_event("unreachable", where=lambda event: event["resumes"])
        expect(self.desk.page.locator("body")).to_have_attribute("data-state", "lost")

    def goes_on(self, times: int = 1) -> None:
        """Wait until the picture is back; nothing was asked, and no key is down."""
        self.agent.wait_for_event("line_back", count=times, within=30)
        body = self.desk.page.locator("body")
        expect(body).to_have_attribute("data-state", "connected")
        self.desk.wait_until_same(self.computer)
        until(lambda: not held_keys(self.computer.screen.name), within=10, what="all keys let go")
        assert len(self.agent.events("consent_request")) == 1
        assert self.desk.faults == []

    def ends(self, segments: int) -> None:
        """End it, and look into the ledger: one session, one block, only connected time."""
        seconds = self.agent.events("clock")[-1]["seconds"]
        self.agent.wait_for_clock(seconds + 2)
        support_id = self.agent.support_id
        self.agent.end()
        session = self.place.portal.wait_for_end(support_id)
        found = self.place.portal.segments(support_id)
        assert len(found) == segments
        assert session["seconds"] == int(seconds_of(found))
        assert (session["state"], session["blocks"], session["amount_cents"]) == ("ended", 1, 850)
        since = "SELECT count(*) AS n FROM support_sessions_session WHERE opened_at > ?"
        assert self.place.portal.rows(since, session["opened_at"]) == [{"n": 0}]


def seconds_of(segments: list[dict[str, str]]) -> float:
    """Return the connected time of segments that have all ended."""
    return sum(length_of(each).total_seconds() for each in segments)


def length_of(segment: dict[str, str]) -> dt.timedelta:
    """Return how long a segment lasted."""
    end = dt.datetime.fromisoformat(segment["ended_at"])
    return end - dt.datetime.fromisoformat(segment["started_at"])


def between(segments: list[dict[str, str]]) -> float:
    """Return the seconds between two segments, which nobody pays for."""
    first, second = segments
    start = dt.datetime.fromisoformat(second["started_at"])
    return (start - dt.datetime.fromisoformat(first["ended_at"])).total_seconds()


def move(wire: Wire, address: str) -> None:
    """Go to another network, where nothing goes until `speak_again`."""
    wire.fall_silent()
    wire.address = address


def callers(place: Place) -> set[str]:
    """Return the addresses of those who are connected to the server now."""
    (server,) = place.portal.processes("dibuc.server")
    return {line.raddr.ip for line in server.net_connections("tcp") if line.raddr}


@pytest.fixture
def story(place: Place, browser: Browser, computer: Computer) -> Iterator[Story]:
    """Return a session with a picture and a running clock."""
    with browser.new_context(locale="de-DE") as context:
        yield from told(place, Desk(context.new_page(), place.portal), computer)


def told(place: Place, desk: Desk, computer: Computer) -> Iterator[Story]:
    """Connect, and leave nothing behind."""
    desk.log_in(TECHNICIAN)
    computer.open_editor()
    log = computer.folder / "agent.log"
    with Agent.without_window(place.agents_server, log=log, env=computer.env) as agent:
        desk.connect(agent)
        agent.wait_for_clock(2)
        yield Story(place, agent, desk, computer)


@pytest.mark.parametrize("where", ["customers", "shops", "both"])
def test_a_line_that_is_cut_for_a_moment(story: Story, where: str) -> None:
    place = story.place
    wires = [place.customers, place.shops] if where == "both" else [getattr(place, where)]

    def go_down() -> None:
        for wire in wires:
            wire.go_down()

    story.lose(go_down)
    if where == "both":
        story.is_said_at_both_ends()
    else:
        expect(story.desk.page.locator("body")).to_have_attribute("data-state", "lost")
    # What is typed now goes nowhere, now or later.
    story.desk.page.keyboard.up("F9")
    story.desk.page.keyboard.type("niemals")
    for wire in wires:
        wire.come_up()
    story.goes_on()
    story.ends(segments=2)


def test_a_line_that_says_nothing_for_half_a_minute(story: Story) -> None:
    place = story.place
    story.lose(lambda: place.both(Wire.fall_silent))
    lost_at = time.monotonic()
    story.is_said_at_both_ends()
    time.sleep(max(0.0, lost_at + SILENCE - time.monotonic()))
    place.both(Wire.speak_again)
    story.goes_on()
    support_id = story.agent.support_id
    story.ends(segments=2)
    # Nothing of the silence is billed.
    assert between(place.portal.segments(support_id)) > SILENCE - 5


def test_a_customer_with_a_new_address_while_the_server_still_believes_in_the_old(
    story: Story,
) -> None:
    story.lose(story.place.customers.leave_half_open)
    story.goes_on()
    story.ends(segments=2)


@pytest.mark.parametrize(("where", "address"), [("customers", "127.0.0.2"), ("shops", "127.0.0.3")])
def test_an_end_in_another_network_whose_old_line_says_nothing_any_more(
    story: Story, where: str, address: str
) -> None:
    wire: Wire = getattr(story.place, where)
    story.lose(lambda: move(wire, address))
    expect(story.desk.page.locator("body")).to_have_attribute("data-state", "lost")
    wire.speak_again()
    story.goes_on()
    assert address in callers(story.place)
    story.ends(segments=2)


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_server_that_is_started_anew(story: Story, how: str) -> None:
    portal = story.place.portal
    try:
        story.lose(portal.kill if how == "killed" else portal.stop)
        story.is_said_at_both_ends()
    finally:
        portal.start()
    story.goes_on()
    story.ends(segments=2)


def test_a_customer_s_computer_that_slept(story: Story) -> None:
    pid = story.agent.pid
    story.lose(lambda: os.kill(pid, signal.SIGSTOP))
    expect(story.desk.page.locator("body")).to_have_attribute("data-state", "lost")
    time.sleep(AGENT_SLEEPS - 15)
    os.kill(pid, signal.SIGCONT)
    story.goes_on()
    story.ends(segments=2)


def test_a_customer_s_laptop_that_slept_and_woke_up_in_another_network(story: Story) -> None:
    pid = story.agent.pid
    story.lose(lambda: os.kill(pid, signal.SIGSTOP))
    # Its old line is open at both ends, and dead.
    move(story.place.customers, "127.0.0.4")
    expect(story.desk.page.locator("body")).to_have_attribute("data-state", "lost")
    time.sleep(AGENT_SLEEPS - 15)
    story.place.customers.speak_again()
    os.kill(pid, signal.SIGCONT)
    story.goes_on()
    assert "127.0.0.4" in callers(story.place)
    story.ends(segments=2)


def sleep_over_it(story: Story, before: set[psutil.Process]) -> None:
    """Stop every process of the browser that was started after `before`, for a while."""
    family = [
        each
        for each in set(psutil.Process().children(recursive=True)) - before
        if "chrom" in each.name()
    ]
    assert family
    story.lose(lambda: None)
    for each in family:
        each.suspend()
    story.agent.wait_for_event("technician_gone", where=lambda event: bool(event["resumes"]))
    time.sleep(BROWSER_SLEEPS)
    for each in family:
        each.resume()
    story.goes_on()
    story.ends(segments=2)


def test_a_technician_s_computer_that_slept(
    place: Place, playwright: Playwright, computer: Computer
) -> None:
    before = set(psutil.Process().children(recursive=True))
    with chromium(playwright) as browser, browser.new_context(locale="de-DE") as context:
        desk = Desk(context.new_page(), place.portal)
        with contextmanager(told)(place, desk, computer) as story:
            sleep_over_it(story, before)


def test_line_after_line_after_line(story: Story) -> None:
    for number in range(1, 6):
        story.place.both(Wire.cut)
        story.goes_on(number)
    story.ends(segments=6)


def test_a_pause_is_still_a_pause_when_the_line_is_back(story: Story) -> None:
    page = story.desk.page
    page.locator("#pause").click()
    story.agent.wait_for_event("paused")
    story.place.both(Wire.cut)
    story.agent.wait_for_event("line_back")
    story.agent.wait_for_event("paused", count=2)
    expect(page.locator("body")).to_have_attribute("data-state", "paused")
    page.locator("#resume").click()
    expect(page.locator("body")).to_have_attribute("data-state", "connected")
    story.desk.wait_until_same(story.computer)
    story.ends(segments=2)


def test_a_page_that_was_loaded_anew_needs_the_password_and_a_new_yes(story: Story) -> None:
    page = story.desk.page
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    # Nothing that could open a session is left in the browser: no 32 bytes in hex or base64.
    assert not re.search(r"[A-Za-z0-9+/_-]{43}", stored)
    page.reload()
    story.agent.wait_for_event("ready", count=2, within=30)
    expect(page.locator("#password")).to_be_enabled()
    story.desk.type_password(story.agent.password)
    story.agent.answer(yes=True)
    expect(page.locator("body")).to_have_attribute("data-state", "connected")
    story.ends(segments=2)
