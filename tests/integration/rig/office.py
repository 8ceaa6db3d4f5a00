"""What the office does with the month."""

import datetime as dt
import io
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pypdf
from playwright.sync_api import Page, expect

from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until

RUN_PATIENCE: Final = 90_000  # milliseconds, for all invoices of a demo shop's month


class Office:
    """A person of the office before a browser."""

    def __init__(self, page: Page, portal: Portal) -> None:
        """Sit down."""
        self.page = page
        self.portal = portal

    def create_customer(self, name: str, street: str, postcode: str, city: str) -> None:
        """Fill in the form for a new business and save it."""
        self.page.goto(f"{self.portal.url}/kunden/neu/")
        self.page.locator("[name=kind][value=business]").check()
        fields = {"company_name": name, "street": street, "postcode": postcode, "city": city}
        for field, value in fields.items():
            self.page.locator(f"[name={field}]").fill(value)
        self.page.locator("form.card button[type=submit]").click()
        expect(self.page.locator("h1")).to_contain_text(name)

    def open_month(self) -> None:
        """Look at the current month."""
        self.page.goto(f"{self.portal.url}/monat/")

    def run_month(self) -> None:
        """Press the button and wait until the run is over, whatever came of it."""
        self.open_month()
        self.page.get_by_test_id("run-month").click()
        self.wait_for_run()

    def wait_for_run(self) -> None:
        """Wait until the bar is full; then the button is back."""
        expect(self.page.get_by_test_id("run-month")).to_be_visible(timeout=RUN_PATIENCE)
        bar = self.page.get_by_test_id("progress")
        assert bar.get_attribute("value") == bar.get_attribute("max")

    @property
    def month(self) -> str:
        """The current month as in addresses: 2026-11."""
        return f"{dt.datetime.now(ZoneInfo('Europe/Berlin')):%Y-%m}"

    @property
    def last_month(self) -> str:
        """The month before as in addresses."""
        first = dt.date.fromisoformat(f"{self.month}-01")
        return f"{first - dt.timedelta(days=1):%Y-%m}"

    def complete_address(self, customer: str, street: str, postcode: str, city: str) -> None:
        """Follow the month's hint to the customer's form and fill in what is missing."""
        self.open_month()
        line = self.page.get_by_role("listitem").filter(has_text=customer)
        line.get_by_role("link").first.click()
        if self.page.locator("[name=street]").count() == 0:
            self.page.locator("a[href$='/bearbeiten/']").first.click()
        for field, value in {"street": street, "postcode": postcode, "city": city}.items():
            self.page.locator(f"[name={field}]").fill(value)
        self.page.locator("form.card button[type=submit]").click()
        expect(self.page.locator("h1")).to_contain_text(customer)

    def wait_for_files(self, count: int) -> None:
        """Press the button again and wait until that many invoices have their file."""
        self.run_month()
        until(
            lambda: len(self.portal.rows("SELECT * FROM invoices_archivedfile")) == count,
            within=60,
            what="the invoices' files",
            pause=0.2,
        )

    def invoice_of(self, customer: str) -> tuple[str, bytes]:
        """Open the customer's invoice in this month's list; return its number and file."""
        self.open_month()
        row = self.page.get_by_test_id("invoice").filter(has_text=customer)
        number = row.get_by_role("link").first.inner_text()
        link = row.get_by_role("link", name="PDF", exact=True)
        answer = self.page.request.get(f"{self.portal.url}{link.get_attribute('href')}")
        assert answer.headers["content-type"] == "application/pdf"
        return number, answer.body()

    def export_month(self, target: Path) -> None:
        """Have the month packed and save the archive as `target`."""
        self.open_month()
        self.page.get_by_test_id("export-month").click()
        link = self.page.get_by_test_id("export-file")
        expect(link).to_be_visible(timeout=RUN_PATIENCE)
        with self.page.expect_download() as download:
            link.click()
        download.value.save_as(target)


def text_of(pdf: bytes) -> str:
    """Return the text of all pages of a PDF."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
