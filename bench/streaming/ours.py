"""Ours: the agent, the started portal as relay, and the technician's page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from bench.streaming.measure import Setup
from tests.integration.rig.agent import Agent
from tests.integration.rig.desk import Desk
from tests.integration.rig.display import Screen
from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.rig.wire import Link, Wire


@contextmanager
def ours(browser: Browser, screen: Screen, link: Link, folder: Path) -> Iterator[Setup]:
    """Show `screen` in the technician's page; the customer's line is `link`.

    The line is between the agent and the portal, where the customer's DSL is.
    """
    with Portal(folder / "portal") as portal, Wire(portal.port, link) as wire:
        page = browser.new_page(viewport={"width": 1920, "height": 1200})
        desk = Desk(page, portal)
        desk.log_in(TECHNICIAN)
        server = f"http://127.0.0.1:{wire.port}"
        log = folder / "agent.log"
        with Agent.without_window(server, log=log, env=screen.env) as agent:
            desk.connect(agent)
            yield Setup(
                who="ours",
                page=page,
                canvas="[data-testid=screen]",
                keys="#keyboard",
                agent=psutil.Process(agent.pid),
                wire=wire,
            )
        page.close()
