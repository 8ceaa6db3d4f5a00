"""What a technician does on the page, in the words of the tests."""

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.integration.rig.chromium import canvas_pixels
from tests.integration.rig.display import Pixels
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent

State = Literal[
    "connecting",
    "password",
    "checking",
    "asking",
    "opening",
    "connected",
    "paused",
    "lost",
    "ended",
    "failed",
]


class Desk:
    """The technician's browser page."""

    def __init__(self, page: Page, portal: str) -> None:
        """Use `page`, which is logged in at `portal` (http://...)."""
        self.page = page
        self.portal = portal

    @property
    def screen(self) -> Locator:
        """The customer's screen."""
        return self.page.get_by_test_id("screen")

    @property
    def title(self) -> Locator:
        """What the card before the picture says first."""
        return self.page.locator("#overlay-title")

    @property
    def text(self) -> Locator:
        """The sentence below it."""
        return self.page.locator("#overlay-text")

    @property
    def password(self) -> Locator:
        """The field in that card."""
        return self.page.locator("#password")

    def connect(self, agent: ScriptedAgent, password: str | None = None) -> None:
        """Type ID and password at home and come to the viewer."""
        self.page.goto(f"{self.portal}/portal/")
        self.page.get_by_test_id("support-id").fill(agent.support_id)
        self.page.get_by_test_id("password").fill(password or agent.password)
        self.page.get_by_test_id("connect").click()
        self.page.wait_for_url(re.compile(r"/sitzungen/[0-9a-f-]{36}/ansicht/$"))

    def open(self, agent: ScriptedAgent, password: str | None = None) -> None:
        """Come to the viewer without the detour through home's page, as quickly as can be."""
        cookies = self.page.context.cookies(self.portal)
        token = next(cookie["value"] for cookie in cookies if cookie["name"] == "csrftoken")
        answer = self.page.request.post(
            f"{self.portal}/sitzungen/verbinden/",
            form={"support_id": agent.support_id},
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )
        path: str = answer.json()["url"]
        session = path.strip("/").split("/")[1]
        key, value = f"dibuc.password.{session}", password or agent.password
        self.page.goto(f"{self.portal}/robots.txt")
        self.page.evaluate("([key, value]) => sessionStorage.setItem(key, value)", [key, value])
        self.page.goto(f"{self.portal}{path}")

    def type_password(self, password: str) -> None:
        """Type a password into the card."""
        self.password.fill(password)
        self.password.press("Enter")

    def expect_state(self, state: State) -> None:
        """Wait until the page is in that state."""
        expect(self.page.locator("body")).to_have_attribute("data-state", state)

    def pixels(self) -> Pixels:
        """Return what the canvas shows."""
        return canvas_pixels(self.screen)

    def expect_pixels(self, wanted: Pixels) -> None:
        """Wait until the canvas shows exactly `wanted`; the browser shows it a moment later."""

        def same() -> bool:
            shown = self.pixels()
            return shown.shape == wanted.shape and bool((shown == wanted).all())

        until(same, within=10, what="the picture")
