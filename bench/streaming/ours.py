"""Ours: the agent, the started portal as relay, and the technician's page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import Browser, Route, expect

from bench.streaming.eye import Setup
from tests.integration.rig.agent import Agent
from tests.integration.rig.desk import Desk
from tests.integration.rig.display import Screen
from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.rig.wire import Link, Wire

# A script that the bench has changed on its way counts as come from elsewhere, and might
# not open a socket to this machine.
LOOPBACK_IS_FINE: Final = (
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
)
# Before the worker's own listener, which takes the canvas that the page gives away.
KEEP_CANVAS: Final = """
addEventListener("message", ({ data }) => {
  if (data.canvas instanceof OffscreenCanvas) { globalThis.dibucCanvas = data.canvas; }
});
"""


def _let_canvas_be_seen(route: Route) -> None:
    """Let the worker keep its canvas where the eye finds it."""
    answer = route.fetch()
    route.fulfill(content_type="text/javascript", body=KEEP_CANVAS + answer.text())


@contextmanager
def ours(browser: Browser, screen: Screen, link: Link, folder: Path) -> Iterator[Setup]:
    """Show `screen` in the technician's page; the customer's line is `link`.

    The line is between the agent and the portal, where the customer's DSL is.
    """
    with Portal(folder / "portal") as portal, Wire(portal.port, link) as wire:
        page = browser.new_page(viewport={"width": 1920, "height": 1200})
        page.route("**/viewer/core/worker*.js", _let_canvas_be_seen)
        desk = Desk(page, portal)
        desk.log_in(TECHNICIAN)
        server = f"http://127.0.0.1:{wire.port}"
        log = folder / "agent.log"
        with Agent.without_window(server, log=log, env=screen.env) as agent:
            desk.order(agent.support_id, agent.password)
            # Waits as Playwright does, which alone lets the route above be served.
            expect(page.locator("body")).to_have_attribute("data-state", "asking", timeout=15_000)
            agent.answer(yes=True)
            desk.wait_until_connected()
            yield Setup(
                who="ours",
                page=page,
                canvas="[data-testid=screen]",
                keys="#keyboard",
                painter=page.workers[0],
                context="dibucCanvas.getContext('2d')",
                agent=psutil.Process(agent.pid),
                wire=wire,
            )
        page.close()
