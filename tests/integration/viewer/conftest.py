"""A technician's page that may not complain, and an agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    ViewportSize,
)

from tests.integration.rig.portal import Portal
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.said import HEIGHT, WIDTH, buttons
from tests.integration.viewer.test_viewer_picture import noise

VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture
def complaints() -> list[str]:
    """Return what the browser complains about on `page`; must be empty in the end."""
    return []


@pytest.fixture
def page(browser: Browser, technician_state: Path, complaints: list[str]) -> Iterator[Page]:
    """Return an empty page of the technician's."""
    context = browser.new_context(viewport=VIEWPORT, locale="de-DE", storage_state=technician_state)
    opened = context.new_page()

    def note(message: ConsoleMessage) -> None:
        # A refused request is a test's own doing and is seen by what the page says of it.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def agent(portal: Portal) -> Iterator[ScriptedAgent]:
    """Start an agent whose customer agrees to everything."""
    with ScriptedAgent(portal.url) as started:
        yield started


@pytest.fixture
def desk(page: Page, portal: Portal, agent: ScriptedAgent) -> Desk:
    """Return the technician's page, connected to the agent, without a picture yet."""
    desk = Desk(page, portal.url)
    desk.open(agent)
    agent.wait_until_granted()
    return desk


@pytest.fixture
def hands(desk: Desk, agent: ScriptedAgent) -> Desk:
    """Return a desk with a picture, shown pixel by pixel, and the keyboard at the customer's."""
    agent.show(noise(WIDTH, HEIGHT))
    desk.expect_state("connected")
    desk.page.locator("#original").click()
    desk.screen.click(position={"x": 1, "y": 1})
    agent.wait_for(lambda: len(buttons(agent)) == 2, "the first click")
    agent.told.clear()
    return desk
