"""Debian's Firefox as it is: the same picture, pixel by pixel, keyboard and mouse."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from agent.protocol import control
from tests.integration.rig.agent import Agent
from tests.integration.rig.computer import Computer
from tests.integration.rig.firefox import FirefoxPage, firefox
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.mixed import show_mixed
from tests.integration.viewer.tab import expect_pixels, open_viewer, pixels

pytestmark = pytest.mark.integration

IN_THE_PAGE = "delete HTMLCanvasElement.prototype.transferControlToOffscreen"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory, technician_state: Path) -> Iterator[FirefoxPage]:
    """Return a tab of Firefox in which the technician is logged in."""
    with firefox(tmp_path_factory.mktemp("firefox")) as page:
        page.set_cookies(json.loads(technician_state.read_text())["cookies"])
        yield page


@pytest.fixture
def quiet_tab(tab: FirefoxPage) -> Iterator[FirefoxPage]:
    """Return the tab; nothing may be complained about in the end."""
    tab.complaints.clear()
    yield tab
    assert tab.complaints == []


def expect_state(tab: FirefoxPage, state: str) -> None:
    tab.wait_for(f"document.body.dataset.state === {json.dumps(state)}", f"the state {state}")


@pytest.mark.parametrize("engine", ["worker", "page"])
def test_the_picture_is_the_same_and_the_hands_arrive(
    quiet_tab: FirefoxPage, portal: Portal, agent: ScriptedAgent, engine: str
) -> None:
    tab = quiet_tab
    with tab.before_every_page(IN_THE_PAGE if engine == "page" else ""):
        open_viewer(tab, portal, agent.support_id, agent.password)
    agent.wait_until_granted()
    picture = show_mixed(agent)
    expect_state(tab, "connected")
    assert tab.evaluate("document.body.dataset.engine") == engine
    expect_pixels(tab, picture)
    box = tab.evaluate("document.querySelector('#screen').getBoundingClientRect().toJSON()")
    tab.click(round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2))
    agent.wait_for(
        lambda: any(
            isinstance(message, control.Button)
            and abs(message.x - 320) <= 1
            and abs(message.y - 200) <= 1
            for message in agent.told
        ),
        "the click in the middle",
    )
    tab.press("g", "\N{LATIN SMALL LETTER U WITH DIAERESIS}")
    agent.wait_for(
        lambda: "".join(m.text for m in agent.told if isinstance(m, control.Text)) == "gü",
        "the letters",
    )


def test_a_real_session_of_the_real_program(
    quiet_tab: FirefoxPage, portal: Portal, computer: Computer, agent_program: Agent
) -> None:
    tab = quiet_tab
    note = computer.open_editor()
    computer.wait_until_still()
    open_viewer(tab, portal, agent_program.support_id, agent_program.password)
    agent_program.answer(yes=True)
    expect_state(tab, "connected")
    until(
        lambda: np.array_equal(pixels(tab), computer.screen.pixels()),
        within=20,
        what="the same pixels at both ends",
    )
    tab.press(*"Gruss aus Firefox")
    # Ctrl+S, by WebDriver's code for the key.
    actions = [
        {"type": "keyDown", "value": "\ue009"},
        {"type": "keyDown", "value": "s"},
        {"type": "keyUp", "value": "s"},
        {"type": "keyUp", "value": "\ue009"},
    ]
    tab.act({"type": "key", "id": "keyboard", "actions": actions})
    until(
        lambda: note.read_text().strip() == "Gruss aus Firefox",
        within=20,
        what="the saved text",
    )
    until(
        lambda: np.array_equal(pixels(tab), computer.screen.pixels()),
        within=20,
        what="the same pixels after typing",
    )


@pytest.fixture
def agent_program(computer: Computer, portal: Portal) -> Iterator[Agent]:
    """Return the real program, started on the customer's computer."""
    log = computer.folder / "agent.log"
    with Agent.without_window(portal.url, log=log, env=computer.env) as started:
        yield started
