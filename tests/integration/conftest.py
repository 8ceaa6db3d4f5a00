"""One started portal and one browser for all tests here, since starting them takes seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.integration.rig import waiting
from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import chromium
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.office import Office
from tests.integration.rig.portal import OFFICE, TECHNICIAN, Portal

waiting.stretch = 4.0
expect.set_options(timeout=60_000)

# Not the session's: as long as Playwright is there, an event loop runs in this thread,
# and the async tests of other folders could not start theirs.


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Return Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return Debian's Chromium."""
    with chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Return a started portal with demo data, shared by all tests that do not break it."""
    with Portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="package")
def technician_state(portal: Portal, browser: Browser) -> Path:
    """Return a file with the cookies of the logged-in technician."""
    return _log_in(portal, browser, TECHNICIAN)


@pytest.fixture(scope="package")
def office_state(portal: Portal, browser: Browser) -> Path:
    """Return a file with the cookies of the logged-in office."""
    return _log_in(portal, browser, OFFICE)


def _log_in(portal: Portal, browser: Browser, address: str) -> Path:
    state = portal.data / f"{address}.json"
    with browser.new_context(locale="de-DE") as context:
        Desk(context.new_page(), portal).log_in(address)
        context.storage_state(path=state)
    return state


@pytest.fixture
def context(browser: Browser, technician_state: Path) -> Iterator[BrowserContext]:
    """Return a German browser in which the technician is logged in."""
    with browser.new_context(
        locale="de-DE", storage_state=technician_state, viewport={"width": 1400, "height": 1000}
    ) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return a page in the technician's browser."""
    return context.new_page()


@pytest.fixture
def office(browser: Browser, portal: Portal, office_state: Path) -> Iterator[Office]:
    """Return the office at its desk."""
    with browser.new_context(locale="de-DE", storage_state=office_state) as context:
        yield Office(context.new_page(), portal)


@pytest.fixture
def desk(page: Page, portal: Portal) -> Desk:
    """Return the technician at the desk."""
    return Desk(page, portal)


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    """Return the customer's computer, with a German keyboard."""
    with Computer(tmp_path) as computer:
        yield computer


@pytest.fixture
def agent(computer: Computer, portal: Portal) -> Iterator[Agent]:
    """Return the agent, started on the customer's computer."""
    log = computer.folder / "agent.log"
    with Agent.without_window(portal.url, log=log, env=computer.env) as agent:
        yield agent
