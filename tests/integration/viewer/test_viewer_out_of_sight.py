"""A tab that nobody sees: browsers slow it down, and the session must not suffer."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.protocol import control
from agent.protocol.picture import Frame
from tests.integration.rig.bare_chromium import bare_chromium
from tests.integration.rig.display import Screen
from tests.integration.rig.firefox import firefox
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.tab import Tab, expect_pixels, open_viewer
from tests.integration.viewer.test_viewer_picture import noise

pytestmark = pytest.mark.integration

WIDTH, HEIGHT = 300, 200
FRAMES = 120


@pytest.fixture(params=["chromium", "firefox"])
def tab(request: pytest.FixtureRequest, tmp_path: Path, technician_state: Path) -> Iterator[Tab]:
    """Return a tab in which the technician is logged in."""
    cookies = json.loads(technician_state.read_text())["cookies"]
    if request.param == "firefox":
        with firefox(tmp_path / "firefox") as page:
            page.set_cookies(cookies)
            yield page
    else:
        display = Screen(tmp_path / "display", 1280, 900)
        with display as screen, bare_chromium(tmp_path / "chromium", screen) as bare:
            bare.set_cookies(cookies)
            yield bare


def presses(agent: ScriptedAgent) -> int:
    return sum(isinstance(told, control.Button) and told.down for told in agent.told)


def test_the_hands_are_let_go_and_the_picture_goes_on(
    tab: Tab, portal: Portal, agent: ScriptedAgent
) -> None:
    open_viewer(tab, portal, agent.support_id, agent.password)
    agent.wait_until_granted()
    picture = noise(WIDTH, HEIGHT).copy()
    agent.show(picture)
    expect_pixels(tab, picture)
    box = tab.evaluate("document.querySelector('#screen').getBoundingClientRect().toJSON()")
    tab.press_button(round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2))
    agent.wait_for(lambda: presses(agent) == 1, "the button")
    with tab.out_of_sight():
        until(lambda: tab.evaluate("document.hidden"), within=10, what="the hidden tab")
        agent.wait_for(lambda: control.Release() in agent.told, "the release")
        for number in range(FRAMES):
            dot = noise(5, 5, seed=number)
            picture[number : number + 5, number : number + 5] = dot
            agent.send_frame(Frame(WIDTH, HEIGHT, (agent.zstd(dot, number, number),)))
            agent.wait_for_credit(2 + number)
    until(lambda: not tab.evaluate("document.hidden"), within=10, what="the tab in sight")
    expect_pixels(tab, picture)
    assert tab.evaluate("document.body.dataset.state") == "connected"
