"""The live list at the technician's home."""

import pytest
from playwright.sync_api import Page, expect

from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent

pytestmark = pytest.mark.integration


def test_an_agent_appears_and_goes_without_reloading(page: Page, portal: Portal) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{portal.url}/portal/")
    name = "rechner-am-empfang"
    row = page.locator("#live").get_by_text(name)
    expect(row).to_have_count(0)
    until(lambda: any("/sitzungen/live/" in url for url in asked), within=10, what="the list")
    with ScriptedAgent(portal.url, hostname=name):
        # The list asks by itself every 30 s only; so somebody told it.
        expect(row).to_be_visible()
