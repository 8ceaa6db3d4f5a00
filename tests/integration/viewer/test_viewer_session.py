"""The course of a session: clock, pause, lost lines, second windows, ends."""

import re

import pytest
from playwright.sync_api import Page, expect

from agent.protocol import control, messages
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.test_viewer_picture import noise

pytestmark = pytest.mark.integration


@pytest.fixture
def running(desk: Desk, agent: ScriptedAgent) -> Desk:
    """Return a desk whose clock runs."""
    agent.show(noise(640, 400))
    desk.expect_state("connected")
    # The ledger counts up to the last heartbeat that both ends answered, every 2 s.
    expect(desk.page.get_by_test_id("elapsed")).to_have_text(re.compile(r"0:00:(0[4-9]|[1-5]\d)"))
    return desk


def elapsed(desk: Desk) -> str:
    return desk.page.get_by_test_id("elapsed").text_content() or ""


def test_pause_stops_the_clock_and_the_picture_and_resume_goes_on(
    running: Desk, agent: ScriptedAgent
) -> None:
    page = running.page
    page.locator("#pause").click()
    running.expect_state("paused")
    agent.wait_for(lambda: agent.has(messages.Paused), "the pause")
    expect(page.locator("#elapsed")).not_to_have_class(re.compile("is-running"))
    stood = elapsed(running)
    expect(page.locator("[data-keys='MetaLeft']")).to_be_disabled()
    expect(page.locator("#resume")).to_be_focused()
    page.keyboard.press("Enter")
    running.expect_state("connected")
    agent.wait_for(lambda: agent.has(messages.Resumed), "the end of the pause")
    until(lambda: elapsed(running) > stood, within=10, what="the clock")
    expect(page.locator("#keyboard")).to_be_focused()


def test_a_lost_customer_keeps_the_last_picture_and_asks_for_the_new_password(
    running: Desk, agent: ScriptedAgent
) -> None:
    picture = running.pixels()
    agent.break_line()
    running.expect_state("lost")
    expect(running.page.locator("#elapsed")).not_to_have_class(re.compile("is-running"))
    assert (running.pixels() == picture).all()
    stood = elapsed(running)
    agent.come_back()
    running.expect_state("password")
    assert elapsed(running) == stood
    running.type_password(agent.password)
    agent.wait_until_granted()
    other = noise(640, 400, seed=2)
    agent.show(other)
    running.expect_state("connected")
    running.expect_pixels(other)
    until(lambda: elapsed(running) > stood, within=10, what="the clock")


def test_input_from_before_a_lost_line_never_arrives_after_it(
    running: Desk, agent: ScriptedAgent
) -> None:
    agent.break_line()
    running.expect_state("lost")
    running.page.keyboard.type("verloren")
    agent.told.clear()
    agent.come_back()
    running.expect_state("password")
    running.type_password(agent.password)
    agent.wait_until_granted()
    agent.show(noise(640, 400))
    running.expect_state("connected")
    running.page.keyboard.press("Enter")
    enter = [control.Key("Enter", down=True), control.Key("Enter", down=False)]
    agent.wait_for(lambda: agent.told[-2:] == enter, "Enter")
    assert not [each for each in agent.told[:-2] if isinstance(each, control.Key | control.Text)]


def test_the_customer_ends_it(running: Desk, agent: ScriptedAgent) -> None:
    agent.say(messages.End())
    running.expect_state("ended")
    expect(running.page.locator("#summary-cost")).to_have_text(re.compile(r"8[,.]50"))
    expect(running.page.locator("#to-session")).to_be_visible()
    # Notes and customer can still be written down.
    expect(running.page.locator("#notes")).to_be_editable()


def test_the_technician_is_asked_before_it_ends(running: Desk, agent: ScriptedAgent) -> None:
    page = running.page
    page.get_by_test_id("end-session").click()
    expect(page.locator("#end-dialog")).to_be_visible()
    # Enter must not end it by mistake.
    page.keyboard.press("Enter")
    expect(page.locator("#end-dialog")).to_be_hidden()
    running.expect_state("connected")
    page.get_by_test_id("end-session").click()
    page.locator("#end-confirm").click()
    running.expect_state("ended")
    agent.wait_for(lambda: agent.has(messages.Ended), "the end")


def test_a_second_window_takes_over_and_the_first_one_says_so(
    running: Desk, portal: Portal, agent: ScriptedAgent
) -> None:
    second = Desk(running.page.context.new_page(), portal.url)
    second.page.goto(running.page.url)
    second.expect_state("password")
    running.expect_state("failed")
    second.type_password(agent.password)
    agent.wait_until_granted()
    agent.show(noise(640, 400, seed=7))
    second.expect_state("connected")


def test_a_reloaded_page_goes_on_in_the_same_session(running: Desk, agent: ScriptedAgent) -> None:
    running.page.reload()
    running.expect_state("password")
    until(lambda: elapsed(running) >= "0:00:02", within=5, what="the time so far")
    running.type_password(agent.password)
    agent.wait_until_granted()
    agent.show(noise(640, 400))
    running.expect_state("connected")


def test_an_agent_that_left_before_the_page_came_is_lost(page: Page, portal: Portal) -> None:
    with ScriptedAgent(portal.url) as agent:
        desk = Desk(page, portal.url)
        support_id, password = agent.support_id, agent.password
        page.goto(f"{portal.url}/portal/")
        page.get_by_test_id("support-id").fill(support_id)
        page.get_by_test_id("password").fill(password)
        agent.break_line()
        page.get_by_test_id("connect").click()
        page.wait_for_url(re.compile("/ansicht/$"))
        desk.expect_state("lost")
        agent.come_back()
        # Nobody has tried the password, so it is good for this connection.
        desk.expect_state("opening")


def test_full_screen_and_back(running: Desk) -> None:
    page = running.page
    page.locator("#full").click()
    until(lambda: page.evaluate("!!document.fullscreenElement"), within=5, what="full screen")
    expect(page.locator("#keyboard")).to_be_focused()
    page.locator("#full").click()
    until(lambda: not page.evaluate("!!document.fullscreenElement"), within=5, what="the way back")
