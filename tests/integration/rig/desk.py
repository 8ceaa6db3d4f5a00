"""What a person does on the portal's pages."""

import re
from typing import Final

import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import canvas_pixels
from tests.integration.rig.computer import Computer
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until

PATIENCE: Final = 60_000  # milliseconds


class Desk:
    """A person of the shop before a browser."""

    def __init__(self, page: Page, portal: Portal) -> None:
        """Sit down; every fault that the page's scripts raise is kept in `faults`."""
        self.page = page
        self.portal = portal
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def log_in(self, address: str) -> None:
        """Log in with a demo account and see the home."""
        self.page.goto(f"{self.portal.url}/portal/")
        self.page.locator("[name=login]").fill(address)
        self.page.locator("[name=password]").fill(self.portal.log_ins[address])
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(f"{self.portal.url}/portal/")

    def order(self, support_id: str, password: str) -> None:
        """Type what the customer reads out and press the button."""
        self.page.goto(f"{self.portal.url}/portal/")
        self.page.get_by_test_id("support-id").fill(support_id)
        self.page.get_by_test_id("password").fill(password)
        self.page.get_by_test_id("connect").click()

    def type_password(self, password: str) -> None:
        """Type a password into the viewer's card."""
        self.page.locator("#password").fill(password)
        self.page.locator("#password").press("Enter")

    def connect(self, agent: Agent) -> None:
        """Order, be let in by the customer, and see the first picture."""
        self.order(agent.support_id, agent.password)
        agent.answer(yes=True)
        self.wait_until_connected()

    def wait_until_connected(self) -> None:
        """Wait until the picture is there and the clock runs."""
        expect(self.page.get_by_test_id("elapsed")).to_have_text(
            re.compile(r"^0:(?!00:00)"), timeout=PATIENCE
        )

    @property
    def screen(self) -> Locator:
        """The canvas with the customer's screen."""
        return self.page.get_by_test_id("screen")

    def wait_until_same(self, computer: Computer, *, within: float = 15) -> None:
        """Wait until every pixel of the canvas equals the customer's screen."""

        def same() -> bool:
            shown, real = canvas_pixels(self.screen), computer.screen.pixels()
            return shown.shape == real.shape and bool(np.array_equal(shown, real))

        until(same, within=within, what="the same pixels at both ends", pause=0.2)

    def choose_customer(self, name: str) -> None:
        """Search in the viewer's picker and choose by the keyboard."""
        picker = self.page.get_by_test_id("customer-picker")
        picker.get_by_role("combobox").fill(name)
        picker.get_by_role("option", name=name).first.click()
        expect(picker.locator("#customer-name")).to_have_text(name)

    def create_customer(self, last_name: str) -> None:
        """Create a new customer from the viewer with nothing but a name."""
        picker = self.page.get_by_test_id("customer-picker")
        picker.locator("#customer-new").click()
        picker.locator("[name=last_name]").fill(last_name)
        picker.locator("#customer-form button[type=submit]").click()
        expect(picker.locator("#customer-name")).to_have_text(last_name)

    def write_notes(self, notes: str) -> None:
        """Write what was done and wait until it is saved."""
        field = self.page.locator("#notes")
        with self.page.expect_response(lambda answer: "/notizen/" in answer.url) as saved:
            field.fill(notes)
            field.blur()
        assert saved.value.ok

    def click_on_screen(self, computer: Computer, x: int, y: int) -> None:
        """Click the pixel x, y of the customer's screen."""
        box = self.screen.bounding_box()
        assert box is not None
        scale = box["width"] / computer.screen.width
        self.screen.click(position={"x": (x + 0.5) * scale, "y": (y + 0.5) * scale})
