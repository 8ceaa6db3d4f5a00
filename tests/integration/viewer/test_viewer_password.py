"""From ID and password to the picture: what is typed wrong, refused, spent and locked."""

import re

import pytest
from playwright.sync_api import Page, expect

from agent.protocol import damm, messages
from tests.integration.rig.portal import Portal
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.test_viewer_picture import noise

pytestmark = pytest.mark.integration


@pytest.fixture
def home(page: Page, portal: Portal) -> Desk:
    """Return the technician's home."""
    desk = Desk(page, portal.url)
    page.goto(f"{portal.url}/portal/")
    return desk


def wrong(password: str) -> str:
    """Return another password, whose check digit is right."""
    while True:
        other = damm.new_password()
        if other != password:
            return other


def swapped(digits: str) -> str:
    """Return the digits with two neighbours in each other's place."""
    at = next(i for i in range(len(digits) - 1) if digits[i] != digits[i + 1])
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


@pytest.mark.parametrize(
    ("support_id", "password", "field"),
    [
        ("123 456 78", None, "support-id"),
        ("swapped", None, "support-id"),
        (None, "1234 56", "password"),
        (None, "swapped", "password"),
        ("", "", "support-id"),
    ],
)
def test_wrong_digits_are_found_before_anything_is_sent(
    home: Desk,
    agent: ScriptedAgent,
    support_id: str | None,
    password: str | None,
    field: str,
) -> None:
    sent: list[str] = []
    home.page.on("request", lambda request: sent.append(request.method))
    values = {
        "support-id": (support_id, agent.support_id),
        "password": (password, agent.password),
    }
    for name, (given, right) in values.items():
        value = right if given is None else given
        home.page.get_by_test_id(name).fill(swapped(right) if value == "swapped" else value)
    home.page.get_by_test_id("connect").click()
    wrong_field = home.page.get_by_test_id(field)
    expect(wrong_field).to_be_focused()
    expect(wrong_field).to_have_attribute("aria-invalid", "true")
    error = home.page.locator(f"#{wrong_field.get_attribute('id')}-error")
    expect(error).to_be_visible()
    expect(error).not_to_be_empty()
    assert "POST" not in sent


def test_digits_are_grouped_while_they_are_typed(home: Desk) -> None:
    field = home.page.get_by_test_id("support-id")
    field.press_sequentially("123456789")
    expect(field).to_have_value("123 456 789")
    field = home.page.get_by_test_id("password")
    field.press_sequentially("12345678")
    expect(field).to_have_value("1234 5678")


def test_an_unknown_id_is_said_at_its_field(home: Desk) -> None:
    home.page.get_by_test_id("support-id").fill(damm.show_support_id(damm.new_support_id()))
    home.page.get_by_test_id("password").fill(damm.new_password())
    home.page.get_by_test_id("connect").click()
    expect(home.page.locator("#connect-id-error")).to_be_visible()
    expect(home.page.get_by_test_id("connect")).to_be_enabled()


def test_without_a_line_to_the_portal_the_form_says_so_and_keeps_its_digits(
    home: Desk, agent: ScriptedAgent
) -> None:
    home.page.route("**/sitzungen/verbinden/", lambda route: route.abort())
    home.page.get_by_test_id("support-id").fill(agent.support_id)
    home.page.get_by_test_id("password").fill(agent.password)
    home.page.get_by_test_id("connect").click()
    expect(home.page.locator("#connect-id-error")).to_be_visible()
    expect(home.page.get_by_test_id("password")).to_have_value(re.compile(r"\d{8}|\d{4} \d{4}"))


def test_the_password_never_goes_to_the_server_and_does_not_stay(
    home: Desk, agent: ScriptedAgent
) -> None:
    password = agent.password
    bodies: list[str] = []
    home.page.on("request", lambda request: bodies.append(f"{request.url} {request.post_data}"))
    home.connect(agent)
    agent.wait_until_granted()
    assert not [body for body in bodies if password in body]
    kept = home.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert password not in kept


def test_connecting_asks_the_customer_and_shows_the_picture(home: Desk, portal: Portal) -> None:
    with ScriptedAgent(portal.url, agrees=False) as careful:
        home.connect(careful)
        home.expect_state("asking")
        responder = careful.responder
        assert responder is not None
        assert responder.peer is not None
        assert responder.peer.origin == portal.url
        assert responder.keys is not None
        code = home.page.locator("#verification-code")
        expect(code).to_have_text(responder.keys.verification_code)
        careful.consent(granted=True)
        home.expect_state("opening")
        expect(home.page.get_by_test_id("elapsed")).to_have_text("0:00:00")
        picture = noise(320, 200)
        careful.show(picture)
        home.expect_state("connected")
        home.expect_pixels(picture)
        expect(home.page.get_by_test_id("elapsed")).to_have_text(re.compile(r"0:00:0[1-9]"))
        expect(home.page.get_by_test_id("cost")).to_have_text(re.compile(r"8[,.]50"))


def test_a_wrong_password_says_how_many_tries_are_left(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    desk = Desk(page, portal.url)
    desk.open(agent, wrong(agent.password))
    desk.expect_state("password")
    expect(desk.text).to_contain_text("2")
    expect(desk.password).to_be_focused()
    title = desk.title.text_content()
    assert title is not None
    desk.type_password(wrong(agent.password))
    expect(desk.text).not_to_contain_text("2")
    expect(desk.title).to_have_text(title)
    old = agent.password
    desk.type_password(wrong(agent.password))
    # The third one: the customer's window shows a new password now.
    expect(desk.title).not_to_have_text(title)
    agent.wait_for(lambda: agent.password != old, "a new password")
    desk.type_password(agent.password)
    agent.wait_until_granted()
    agent.show(noise(320, 200))
    desk.expect_state("connected")


def test_on_the_page_too_wrong_digits_cost_no_try(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    desk = Desk(page, portal.url)
    desk.open(agent, wrong(agent.password))
    desk.expect_state("password")
    assert agent.responder is not None
    assert agent.responder.tries_left == 2
    for typed in (swapped(agent.password), "1234", ""):
        desk.type_password(typed)
        expect(page.locator("#password-error")).to_be_visible()
    assert agent.responder.tries_left == 2
    desk.type_password(agent.password)
    agent.wait_until_granted()


def test_after_two_new_passwords_the_customer_must_click(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    desk = Desk(page, portal.url)
    desk.open(agent, wrong(agent.password))
    responder = agent.responder
    assert responder is not None
    for tries in range(5):
        desk.expect_state("password")
        left = responder.tries_left
        desk.type_password(wrong(agent.password))
        agent.wait_for(lambda left=left: responder.tries_left != left, f"try {tries}")  # type: ignore[misc]
    agent.wait_for(lambda: responder.locked, "the lock")
    desk.expect_state("password")
    locked = desk.title.text_content()
    # Trying again is no use until the customer has clicked.
    desk.type_password(damm.new_password())
    desk.expect_state("password")
    expect(desk.title).to_have_text(locked or "")
    responder.unlock()
    desk.type_password(agent.password)
    agent.wait_until_granted()


def test_the_page_opened_without_a_password_asks_for_it(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    desk = Desk(page, portal.url)
    desk.open(agent)
    agent.wait_until_granted()
    page.reload()
    desk.expect_state("password")
    agent.wait_for(lambda: agent.has(messages.Unpaired), "the end of the pairing")
    desk.type_password(agent.password)
    agent.wait_until_granted()


def test_a_customer_who_says_no_ends_it_without_a_price(page: Page, portal: Portal) -> None:
    with ScriptedAgent(portal.url, agrees=False) as careful:
        desk = Desk(page, portal.url)
        desk.open(careful)
        desk.expect_state("asking")
        careful.consent(granted=False)
        desk.expect_state("ended")
        expect(page.locator("#summary")).to_be_hidden()
        expect(page.get_by_test_id("end-session")).to_be_disabled()
