"""The portal's pages in Debian's Chromium: narrow and wide, by keyboard, without JavaScript."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    ViewportSize,
    expect,
)

from tests.integration.rig.office import Office
from tests.integration.rig.portal import Portal

pytestmark = pytest.mark.integration

PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
SCREEN: Final[ViewportSize] = {"width": 1280, "height": 900}
EVERYBODY: Final = [
    "/",
    "/impressum/",
    "/datenschutz/",
    "/gibt-es-nicht/",
    "/konto/login/",
    "/konto/password/reset/",
]
TECHNICIANS: Final = [
    "/portal/",
    "/kunden/",
    "/kunden/neu/",
    "/kunden/1/",
    "/kunden/1/bearbeiten/",
    "/sitzungen/",
    "a session",
    "/konto/profil/",
    "/konto/2fa/",
    "/monat/",
]
OFFICE: Final = [
    "/portal/",
    "/monat/",
    "last month",
    "/rechnungen/",
    "/rechnungen/?q=gibt-es-nicht",
    "/rechnungen/?month=nie",
    "an invoice",
    "/offene-posten/",
    "/mahnungen/",
    "/mahnungen/alle/",
    "/zahlungen/",
    "/zahlen/",
    "/pruefung/",
    "/kunden/1/",
    "/kunden/1/leistungen/",
    "/kunden/1/vereinbarungen/",
    "a session",
]
# What has no place to break, and what would turn the line round it.
WIDE: Final = "W" * 100
TURNED: Final = "\u202eשלום בע״מ"
# The answer itself is what these pages show.
EXPECTED: Final = ("404 (Not Found)", "403 (Forbidden)")


class Visit:
    """One page in one window, with every complaint of the browser."""

    def __init__(self, context: BrowserContext, portal: Portal) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self._portal = portal
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.endswith(EXPECTED):
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self._portal.url, "data:", "blob:")):
            self.foreign.append(url)

    def open(self, address: str) -> None:
        """Open a page of the portal and let its scripts settle."""
        lists = {"a session": "/sitzungen/", "an invoice": "/rechnungen/"}
        if address in lists:
            self.page.goto(f"{self._portal.url}{lists[address]}")
            self.page.locator("a.cover").first.click()
            self.page.wait_for_load_state()
        elif address == "last month":
            self.page.goto(f"{self._portal.url}/monat/")
            self.page.locator("a[rel=prev]").click()
            self.page.wait_for_load_state()
        else:
            self.page.goto(f"{self._portal.url}{address}")
        self.page.wait_for_load_state("load")

    def too_wide(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return wider


def check(visit: Visit, address: str) -> None:
    """Open `address` and find nothing to complain about."""
    visit.open(address)
    assert visit.too_wide() <= 0, "the page scrolls sideways"
    assert visit.complaints == []
    assert visit.foreign == []
    expect(visit.page.locator("h1")).to_have_count(1)


@pytest.fixture
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """Return a German browser that nobody has used yet."""
    with browser.new_context(locale="de-DE", viewport=SCREEN) as context:
        yield context


@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
@pytest.mark.parametrize("address", EVERYBODY)
def test_a_public_page_fits_and_is_clean(
    browser: Browser, portal: Portal, address: str, viewport: ViewportSize
) -> None:
    with browser.new_context(locale="de-DE", viewport=viewport) as context:
        check(Visit(context, portal), address)


@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_technicians_pages_fit_and_are_clean(
    browser: Browser,
    portal: Portal,
    technician_state: Path,
    scheme: Literal["light", "dark"],
    viewport: ViewportSize,
) -> None:
    with browser.new_context(
        locale="de-DE", viewport=viewport, color_scheme=scheme, storage_state=technician_state
    ) as context:
        for address in TECHNICIANS:
            check(Visit(context, portal), address)


@pytest.fixture
def billed(portal: Portal, office: Office) -> None:
    """Bill last month, but for the customers without an address."""
    portal.manage("invoice_run", office.last_month, check=False)
    assert portal.rows("SELECT number FROM invoices_invoice")


@pytest.mark.usefixtures("billed")
@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (SCREEN, "light")], ids=["phone", "screen"]
)
def test_the_offices_pages_fit_and_are_clean(
    browser: Browser,
    portal: Portal,
    office_state: Path,
    scheme: Literal["light", "dark"],
    viewport: ViewportSize,
) -> None:
    with browser.new_context(
        locale="de-DE", viewport=viewport, color_scheme=scheme, storage_state=office_state
    ) as context:
        for address in OFFICE:
            check(Visit(context, portal), address)


@pytest.mark.usefixtures("billed")
@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
def test_a_customer_opens_the_own_page_by_its_link_without_a_log_in(
    browser: Browser, portal: Portal, viewport: ViewportSize
) -> None:
    ask = (
        "from invoices.links import customer_link; from invoices.models import Invoice;"
        "print(customer_link(Invoice.objects.first()))"
    )
    link = portal.manage("shell", "--no-imports", "-c", ask).stdout.strip().splitlines()[-1]
    with browser.new_context(locale="de-DE", viewport=viewport) as context:
        address = urlsplit(link).path
        check(Visit(context, portal), address)
        check(Visit(context, portal), f"{address[:-3]}/")


@pytest.mark.parametrize("viewport", [PHONE, SCREEN], ids=["phone", "screen"])
@pytest.mark.parametrize("name", [WIDE, TURNED], ids=["wide", "turned"])
def test_a_name_that_nobody_has_breaks_no_page(
    browser: Browser, portal: Portal, office_state: Path, name: str, viewport: ViewportSize
) -> None:
    with browser.new_context(
        locale="de-DE", viewport=viewport, storage_state=office_state
    ) as context:
        visit = Visit(context, portal)
        visit.open("/kunden/neu/")
        for field in ("company_name", "last_name", "street", "city"):
            visit.page.locator(f"[name={field}]").fill(name)
        visit.page.locator("[name=postcode]").fill("67227")
        visit.page.locator("form.card button[type=submit]").click()
        namesake = visit.page.locator("[name=is_another]")
        if namesake.count():
            namesake.check()
            visit.page.locator("form.card button[type=submit]").click()
        expect(visit.page.locator("h1")).to_have_text(name)
        own = urlsplit(visit.page.url).path
        for address in (own, f"{own}leistungen/", f"{own}vereinbarungen/", f"/kunden/?q={name}"):
            check(Visit(context, portal), address)


def test_what_is_wrong_has_the_focus_its_reason_and_what_was_typed(
    office: Office, portal: Portal
) -> None:
    page = office.page
    page.goto(f"{portal.url}/kunden/neu/")
    page.locator("[name=last_name]").fill("<b>Heß</b> 😀")
    page.locator("[name=vat_id]").fill("DE136695975")
    page.locator("[name=leitweg_id]").fill("04011000-12345-04")
    page.keyboard.press("Enter")
    wrong = page.locator("[name=vat_id]")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("DE136695975")
    expect(wrong).to_have_accessible_description(re.compile("Prüfziffer passt nicht"))
    expect(page.locator("[name=leitweg_id]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=last_name]")).to_have_value("<b>Heß</b> 😀")


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(
    stranger: BrowserContext, portal: Portal
) -> None:
    page = Visit(stranger, portal).page
    page.goto(portal.url)
    page.keyboard.press("Tab")
    skip = page.get_by_text("Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    ring = "getComputedStyle(document.activeElement).outlineWidth"
    assert page.evaluate("document.activeElement.tagName") == "A"
    assert page.evaluate(ring) == "3px"


def test_on_a_phone_the_menu_opens_by_keyboard(
    browser: Browser, portal: Portal, technician_state: Path
) -> None:
    with browser.new_context(
        locale="de-DE", viewport=PHONE, storage_state=technician_state
    ) as context:
        page = context.new_page()
        page.goto(f"{portal.url}/kunden/")
        link = page.get_by_role("link", name="Sitzungen", exact=True)
        expect(link).to_be_hidden()
        page.locator("summary", has_text="Menü").focus()
        page.keyboard.press("Enter")
        expect(link).to_be_visible()
        link.click()
        expect(page.locator("h1")).to_have_text("Sitzungen")


def test_customers_are_found_while_one_types(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.url}/kunden/")
    name = page.locator("#customers a.cover").nth(3).inner_text()
    page.get_by_role("searchbox").press_sequentially(name)
    expect(page.locator("#customers a.cover").first).to_have_text(name)
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value(name)


def test_what_is_not_saved_is_not_lost_by_a_click(page: Page, portal: Portal) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{portal.url}/kunden/neu/")
    page.get_by_label("Nachname").press_sequentially("Ungespeichert")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Sitzungen", exact=True).click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Nachname")).to_have_value("Ungespeichert")


def test_light_and_dark_are_chosen_without_a_script(browser: Browser, portal: Portal) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser.new_context(
        locale="de-DE", viewport=SCREEN, java_script_enabled=False, color_scheme="light"
    ) as context:
        page = context.new_page()
        page.goto(portal.url)
        light = page.evaluate(ground)
        page.get_by_role("button", name="Dunkel").click()
        dark = page.evaluate(ground)
        assert dark != light
        page.goto(f"{portal.url}/impressum/")
        assert page.evaluate(ground) == dark
        page.get_by_role("button", name="Wie mein Gerät").click()
        assert page.evaluate(ground) == light


def test_english_is_chosen_without_a_script(browser: Browser, portal: Portal) -> None:
    with browser.new_context(locale="de-DE", viewport=SCREEN, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(portal.url)
        page.get_by_role("button", name="English").click()
        expect(page.locator("h2").first).to_have_text("How it works")
        assert page.locator("html").get_attribute("lang") == "en"


def test_customers_are_found_without_a_script(
    browser: Browser, portal: Portal, technician_state: Path
) -> None:
    with browser.new_context(
        locale="de-DE", java_script_enabled=False, storage_state=technician_state
    ) as context:
        page = context.new_page()
        page.goto(f"{portal.url}/kunden/")
        name = page.locator("#customers a.cover").nth(3).inner_text()
        page.get_by_role("searchbox").fill(name)
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator("#customers a.cover").first).to_have_text(name)
