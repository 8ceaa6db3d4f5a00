"""A portal, a browser, a technician who is logged in, and an agent."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, expect

from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk

VIEWPORT = {"width": 1280, "height": 800}

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Run a portal with demo data for all tests of the viewer."""
    with Portal(tmp_path_factory.mktemp("viewer")) as running:
        yield running


@pytest.fixture(scope="package")
def logged_in(portal: Portal, browser: Browser) -> StorageState:
    """Log the demo technician in once; return the cookies."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{portal.url}/konto/login/")
    page.locator("[name=login]").fill(TECHNICIAN)
    page.locator("[name=password]").fill(portal.log_ins[TECHNICIAN])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/portal/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, logged_in: StorageState) -> Iterator[Page]:
    """Return an empty page of the technician's; whatever it complains about fails the test."""
    context = browser.new_context(viewport=VIEWPORT, locale="de-DE", storage_state=logged_in)
    opened = context.new_page()
    complaints: list[str] = []

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
