"""Customer and notes beside the picture."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk

pytestmark = pytest.mark.integration


def stored(portal: Portal, agent: ScriptedAgent, column: str) -> object:
    return portal.session(agent.support_id)[column]


def expect_stored(portal: Portal, agent: ScriptedAgent, column: str, value: object) -> None:
    until(lambda: stored(portal, agent, column) == value, within=10, what=f"{column} {value!r}")


@pytest.fixture(scope="package")
def customer(portal: Portal) -> dict[str, object]:
    """Return one of the demo customers."""
    query = "SELECT id, number, company_name FROM customers_customer WHERE company_name != ''"
    return portal.rows(f"{query} ORDER BY id")[0]


def test_a_customer_is_found_while_typing_and_chosen_with_the_keyboard(
    desk: Desk, agent: ScriptedAgent, portal: Portal, customer: dict[str, object]
) -> None:
    page = desk.page
    name = str(customer["company_name"])
    picker = page.get_by_test_id("customer-picker")
    search = picker.get_by_role("combobox")
    search.press_sequentially(name[:5])
    option = picker.get_by_role("option", name=re.compile(re.escape(name)))
    expect(option.first).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    while option.first.get_attribute("aria-selected") != "true":
        search.press("ArrowDown")
    search.press("Enter")
    expect(page.locator("#customer-name")).to_have_text(name)
    expect_stored(portal, agent, "customer_id", customer["id"])


def test_a_customer_is_chosen_with_the_mouse_and_changed_again(
    desk: Desk, agent: ScriptedAgent, portal: Portal, customer: dict[str, object]
) -> None:
    page = desk.page
    picker = page.get_by_test_id("customer-picker")
    picker.get_by_role("combobox").fill(str(customer["number"]))
    name = re.compile(re.escape(str(customer["company_name"])))
    picker.get_by_role("option", name=name).click()
    expect_stored(portal, agent, "customer_id", customer["id"])
    page.locator("#customer-change").click()
    expect(picker.get_by_role("combobox")).to_be_focused()


def test_nobody_found_is_said(desk: Desk) -> None:
    picker = desk.page.get_by_test_id("customer-picker")
    picker.get_by_role("combobox").fill("Xylophon-Nirgendwo")
    expect(desk.page.locator("#customer-state")).not_to_be_empty()
    expect(picker.get_by_role("option")).to_have_count(0)


def test_a_new_customer_needs_a_name_and_is_chosen_at_once(
    desk: Desk, agent: ScriptedAgent, portal: Portal
) -> None:
    page = desk.page
    page.locator("#customer-new").click()
    form = page.locator("#customer-form")
    form.get_by_role("button").last.click()
    expect(form.locator("[data-error]:not([hidden])").first).to_be_visible()
    page.locator("#new-last-name").fill("Neumann-<b>Ö</b>")
    form.get_by_role("button").last.click()
    expect(page.locator("#customer-name")).to_have_text("Neumann-<b>Ö</b>")
    until(lambda: stored(portal, agent, "customer_id"), within=10, what="the customer")


def test_notes_save_themselves(desk: Desk, agent: ScriptedAgent, portal: Portal) -> None:
    notes = desk.page.locator("#notes")
    notes.press_sequentially("Treiber erneuert: Größe <3 & gut")
    expect_stored(portal, agent, "notes", "Treiber erneuert: Größe <3 & gut")
    expect(desk.page.locator("#notes-state")).not_to_be_empty()
    desk.page.reload()
    expect(notes).to_have_value("Treiber erneuert: Größe <3 & gut")


def refuse(route: Route) -> None:
    route.abort()


def test_notes_that_cannot_be_saved_are_kept_and_saved_later(
    desk: Desk, agent: ScriptedAgent, portal: Portal
) -> None:
    page = desk.page
    page.route("**/notizen/", refuse)
    page.locator("#notes").fill("Wichtig")
    state = page.locator("#notes-state")
    expect(state).to_contain_text(re.compile(r"\w{10,}|\w+ \w+ \w+ \w+"))
    assert stored(portal, agent, "notes") == ""
    # Not even the end of the page loses them.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#notes")).to_have_value("Wichtig")
    page.unroute("**/notizen/", refuse)
    expect_stored(portal, agent, "notes", "Wichtig")


def test_a_log_in_that_ran_out_is_said_and_loses_nothing(
    desk: Desk, agent: ScriptedAgent, portal: Portal
) -> None:
    desk.page.context.clear_cookies(name="sessionid")
    desk.page.locator("#notes").fill("Noch da")
    expect(desk.page.locator("#notes-state")).not_to_be_empty()
    expect(desk.page.locator("#notes")).to_have_value("Noch da")
    assert stored(portal, agent, "notes") == ""
    desk.page.evaluate("sessionStorage.clear()")


def test_the_panel_can_be_put_away(desk: Desk) -> None:
    toggle = desk.page.locator("#panel-toggle")
    toggle.click()
    expect(desk.page.locator("#panel")).to_be_hidden()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    expect(desk.page.locator("#panel")).to_be_visible()


def test_other_technicians_are_sent_away(page: Page, portal: Portal) -> None:
    answer = page.goto(f"{portal.url}/sitzungen/00000000-0000-4000-8000-000000000000/ansicht/")
    assert answer is not None
    assert answer.status == 404
