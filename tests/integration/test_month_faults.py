"""What goes wrong with the month: it is said, the others go through, and it can be mended."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.desk import Desk
from tests.integration.rig.office import Office, text_of
from tests.integration.rig.portal import OFFICE, Portal
from tests.integration.rig.texts import LOCALES, Language, said

NO_ADDRESS = "The customer's address is incomplete. Add it, then start the run again."
DISK_FULL = "The disk is full. Make room: the file is written by itself then."
NEW_CUSTOMER = "Neumann ohne Anschrift"
LANGUAGES: tuple[Language, ...] = ("en", "de")


def expect_said(office: Office, browser: Browser, state: Path, text: str, near: str) -> None:
    """Look at the month in both languages and find the sentence in the line of `near`."""
    for language in LANGUAGES:
        with browser.new_context(locale=LOCALES[language], storage_state=state) as context:
            page = context.new_page()
            page.goto(office.page.url)
            line = page.get_by_role("listitem").filter(has_text=near)
            expect(line.first).to_contain_text(said(text, language))


def test_a_customer_without_an_address_is_reported_and_the_others_go_through(
    portal: Portal, desk: Desk, agent: Agent, office: Office, browser: Browser, office_state: Path
) -> None:
    desk.connect(agent)
    desk.create_customer(NEW_CUSTOMER)
    agent.wait_for_clock(1)
    agent.end()
    portal.wait_for_end(agent.support_id)

    refusal = portal.manage("invoice_run", office.month, check=False)
    assert refusal.returncode == 1
    invoices = portal.rows("SELECT number FROM invoices_invoice")
    assert len(invoices) > 1
    office.open_month()
    expect_said(office, browser, office_state, "address missing", NEW_CUSTOMER)
    assert re.search(rf"{NEW_CUSTOMER}: {re.escape(said(NO_ADDRESS, 'de'))}", refusal.stderr)

    office.complete_address(NEW_CUSTOMER, "Ringstraße 1", "67059", "Ludwigshafen")
    office.run_month()
    number, pdf = office.invoice_of(NEW_CUSTOMER)
    assert "Ringstraße 1" in text_of(pdf)
    again = portal.manage("invoice_run", office.month, check=False)
    assert len(portal.rows("SELECT number FROM invoices_invoice")) == len(invoices) + 1, again
    assert number not in {row["number"] for row in invoices}


@pytest.fixture
def full_portal(tmp_path: Path) -> Iterator[Portal]:
    """Return a portal whose archive lies on a disk without room."""
    with Portal(tmp_path / "portal", archive_is_full=True) as portal:
        yield portal


def test_a_full_disk_costs_no_number_and_the_file_follows_when_there_is_room(
    full_portal: Portal, browser: Browser
) -> None:
    with browser.new_context(locale="de-DE") as context:
        office = Office(context.new_page(), full_portal)
        Desk(office.page, full_portal).log_in(OFFICE)
        state = full_portal.data / "office.json"
        context.storage_state(path=state)
        office.run_month()
        before = full_portal.rows("SELECT id, number FROM invoices_invoice ORDER BY number")
        counts = [int(re.sub(r".*\D", "", row["number"])) for row in before]
        assert counts == list(range(counts[0], counts[0] + len(counts)))
        assert full_portal.rows("SELECT * FROM invoices_archivedfile") == []
        expect_said(office, browser, state, DISK_FULL, before[0]["number"])

        full_portal.make_room()
        office.wait_for_files(len(before))
        assert full_portal.rows("SELECT id, number FROM invoices_invoice ORDER BY number") == before
        answer = office.page.request.get(f"{full_portal.url}/rechnungen/{before[0]['number']}.pdf")
        assert before[0]["number"] in text_of(answer.body())
