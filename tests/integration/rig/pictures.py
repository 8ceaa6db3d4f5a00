"""`script/pictures`: the README's pictures, taken of the real pages, window and invoice."""

import io
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.integration.rig.agent import FROM_SOURCE, Agent
from tests.integration.rig.chromium import chromium
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.office import Office
from tests.integration.rig.portal import OFFICE, ROOT, TECHNICIAN, Portal

TARGET: Final = ROOT / "docs" / "pictures"
LARGEST: Final = 150_000  # bytes
CUSTOMER: Final = "Weingut Weiß"
LETTER: Final = """Sehr geehrte Damen und Herren,

seit gestern druckt unser Drucker nur noch jede zweite Seite.
Können Sie bitte einmal nachsehen?

Mit freundlichen Grüßen
Familie Müller
"""


def keep(picture: Image.Image, name: str) -> None:
    """Write a picture as a PNG with 128 colours, which pages need no more of."""
    path = TARGET / f"{name}.png"
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        message = f"{path} has {path.stat().st_size} bytes, more than {LARGEST}"
        raise ValueError(message)


def keep_page(page: Page, name: str) -> None:
    """Take a picture of what the browser shows."""
    page.mouse.move(0, 0)
    keep(Image.open(io.BytesIO(page.screenshot(animations="disabled"))), name)


def keep_window(computer: Computer, window: int, name: str) -> None:
    """Take a picture of what is in a window on the customer's screen."""
    left, top, width, height = computer.screen.place_of(window)
    screen = Image.fromarray(computer.screen.pixels())
    keep(screen.crop((left, top, left + width, top + height)), name)


def keep_invoice(pdf: bytes, folder: Path, name: str) -> None:
    """Draw the first page of an invoice."""
    (folder / "invoice.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-png", "-r", "80", "-singlefile", "invoice.pdf", "invoice"],
        cwd=folder,
        check=True,
    )
    keep(Image.open(folder / "invoice.png"), name)


def at_the_customers(desk: Desk, computer: Computer) -> None:
    """Show the agent's window and, once connected, the technician's page."""
    letter = computer.home / "Brief.txt"
    letter.write_text(LETTER)
    desktop = computer.folder / "desktop.png"
    Image.new("RGB", (computer.screen.width, computer.screen.height), "#2f5d62").save(desktop)
    computer.show_picture(desktop)
    computer.open_editor(letter.name)
    command = [*FROM_SOURCE, "--server", desk.portal.url, "--language", "de"]
    with Agent(command, log=computer.folder / "agent.log", env=computer.env) as agent:
        agent.wait_for_event("ready")
        window = computer.screen.window("DIBUC")
        computer.wait_until_still()
        keep_window(computer, window, "agent")
        desk.order(agent.support_id, agent.password)
        agent.wait_for_event("consent_request")
        computer.press_until(
            "alt+z", window, lambda: bool(agent.events("connected")), what="the consent"
        )
        desk.wait_until_connected()
        desk.choose_customer(CUSTOMER)
        desk.write_notes("Druckertreiber neu eingerichtet, Testseite gedruckt.")
        agent.wait_for_clock(4)
        desk.wait_until_same(computer)
        keep_page(desk.page, "viewer")
        desk.page.get_by_test_id("end-session").click()
        desk.page.locator("#end-confirm").click()
        desk.portal.wait_for_end(agent.support_id)


def take_all(browser: Browser, folder: Path) -> None:
    """Take every picture."""
    with Portal(folder / "portal") as portal:
        with browser.new_context(locale="de-DE") as context:
            desk = Desk(context.new_page(), portal)
            desk.page.set_viewport_size({"width": 1280, "height": 800})
            desk.page.goto(portal.url)
            keep_page(desk.page, "public")
            desk.log_in(TECHNICIAN)
            with Computer(folder / "computer") as computer:
                at_the_customers(desk, computer)
            desk.page.goto(f"{portal.url}/portal/")
            expect(desk.page.locator("#live")).not_to_contain_text("geladen")
            keep_page(desk.page, "home")
        with browser.new_context(locale="de-DE") as context:
            office = Office(context.new_page(), portal)
            office.page.set_viewport_size({"width": 1280, "height": 800})
            Desk(office.page, portal).log_in(OFFICE)
            office.run_month()
            keep_page(office.page, "month")
            keep_invoice(office.invoice_of(CUSTOMER)[1], folder, "invoice")


def main() -> None:
    """Write docs/pictures/."""
    TARGET.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="dibuc-pictures-") as folder,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        take_all(browser, Path(folder))


if __name__ == "__main__":
    main()
