"""Texts, input methods, held keys and the menu of special keys."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from agent.protocol.control import Hold, Locks, Notice, Piece, Typed
from tests.integration.rig.texts import said
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.said import buttons, expect_keys, keys, typed_text

pytestmark = pytest.mark.integration

COMPOSITION = {"selectionStart": 1, "selectionEnd": 1}


def compose(page: Page, *words: str) -> None:
    """Show words as an input method does, the last one for good."""
    browser = page.context.new_cdp_session(page)
    for word in words:
        browser.send("Input.imeSetComposition", {"text": word, **COMPOSITION})
    browser.send("Input.insertText", {"text": words[-1]})


def test_text_of_an_input_method_arrives_whole(hands: Desk, agent: ScriptedAgent) -> None:
    compose(hands.page, "´", "é")
    expect_keys(agent, '"é"')
    # Nothing of it stays behind for the next text.
    compose(hands.page, "n", "ni", "nih", "你好")
    expect_keys(agent, '"é" "你好"')
    hands.page.keyboard.insert_text("日本👍🏽")
    expect_keys(agent, '"é" "你好" "日本👍🏽"')


def test_a_composition_that_is_given_up_types_nothing(hands: Desk, agent: ScriptedAgent) -> None:
    browser = hands.page.context.new_cdp_session(hands.page)
    browser.send("Input.imeSetComposition", {"text": "ni", **COMPOSITION})
    browser.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    hands.page.keyboard.press("x")
    expect_keys(agent, '"x"')


def test_a_held_key_is_told_again_and_again_until_it_comes_up(
    hands: Desk, agent: ScriptedAgent
) -> None:
    hands.page.keyboard.down("Control")
    hands.page.keyboard.down("Delete")
    held = Hold(("ControlLeft", "Delete"))
    agent.wait_for(lambda: agent.told.count(held) >= 5, "five times")
    hands.page.keyboard.up("Delete")
    hands.page.keyboard.up("Control")
    expect_keys(agent, "+ControlLeft +Delete -Delete -ControlLeft")
    agent.told.clear()
    time.sleep(0.5)
    assert agent.told == []


def test_typed_text_holds_nothing(hands: Desk, agent: ScriptedAgent) -> None:
    hands.page.keyboard.down("Shift")
    hands.page.keyboard.press("G")
    expect_keys(agent, '"G"')
    time.sleep(0.4)
    assert not any(isinstance(message, Hold) for message in agent.told)


def leave_window(desk: Desk) -> None:
    # Another program's window came in front.
    desk.page.evaluate("window.dispatchEvent(new FocusEvent('blur'))")


def leave_page(desk: Desk) -> None:
    desk.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")


@pytest.mark.parametrize("leave", [leave_window, leave_page], ids=lambda way: way.__name__)
def test_what_is_held_is_let_go_when_the_window_loses_the_keyboard(
    hands: Desk, agent: ScriptedAgent, leave: Callable[[Desk], None]
) -> None:
    hands.page.keyboard.down("Alt")
    hands.page.keyboard.press("Tab")
    leave(hands)
    expect_keys(agent, "+AltLeft +Tab -Tab release")
    agent.told.clear()
    time.sleep(0.4)
    assert agent.told == []


def open_dialog(desk: Desk) -> None:
    desk.page.locator("#keys").click()
    desk.page.locator("#type").click()


def answer(agent: ScriptedAgent, count: int, missing: str = "") -> None:
    """Acknowledge so many pieces, one after the other, as the agent does."""
    for number in range(count):

        def pieces() -> list[Piece]:
            return [message for message in agent.told if isinstance(message, Piece)]

        agent.wait_for(lambda number=number: len(pieces()) > number, f"piece {number}")  # type: ignore[misc]
        agent.send_control(Typed(pieces()[number].n, missing))


def test_a_long_text_goes_piece_by_piece_and_says_how_far_it_is(
    hands: Desk, agent: ScriptedAgent
) -> None:
    wanted = "Zeile 1: Grüße\nZeile 2\tEnde " + "x" * 2000
    open_dialog(hands)
    expect(hands.page.locator("#type-text")).to_be_focused()
    hands.page.locator("#type-text").fill(wanted)
    expect(hands.page.locator("#type-count")).to_have_text(f"{len(wanted)} von 10000 Zeichen")
    hands.page.keyboard.press("Control+Enter")
    expect(hands.page.locator("#keyboard")).to_be_focused()
    answer(agent, 10)
    agent.wait_for(lambda: len(typed_text(agent)) == 1200, "two pieces more than were typed")
    expect(hands.page.locator("#typing")).to_be_visible()
    assert 0.4 < hands.page.locator("#typing-progress").evaluate("bar => bar.value") < 0.6
    for number in range(10, 21):
        piece = next(m for m in agent.told if isinstance(m, Piece) and m.n == number + 1)
        agent.send_control(Typed(piece.n, ""))
        more = min(100 * (number + 3), len(wanted))
        agent.wait_for(lambda more=more: len(typed_text(agent)) >= more, f"{more} characters")  # type: ignore[misc]
    assert typed_text(agent) == wanted
    expect(hands.page.locator("#typing")).to_be_hidden()
    expect(hands.page.locator("#notice")).to_have_text(said("The text has been typed.", "de"))


def test_a_long_text_can_be_stopped(hands: Desk, agent: ScriptedAgent) -> None:
    open_dialog(hands)
    hands.page.locator("#type-text").fill("x" * 5000)
    hands.page.locator("#type-dialog button[value=type]").click()
    answer(agent, 3)
    hands.page.locator("#typing-stop").click()
    expect(hands.page.locator("#typing")).to_be_hidden()
    length = len(typed_text(agent))
    agent.send_control(Typed(4, ""))
    hands.page.keyboard.press("a")
    agent.wait_for(lambda: '"a"' in keys(agent), "the next key")
    assert len(typed_text(agent)) == length + 1


def test_characters_that_could_not_be_typed_are_named(hands: Desk, agent: ScriptedAgent) -> None:
    open_dialog(hands)
    hands.page.locator("#type-text").fill("日本")
    hands.page.locator("#type-dialog button[value=type]").click()
    answer(agent, 1, missing="日")
    expect(hands.page.locator("#typing-words")).to_contain_text("日")
    hands.page.locator("#typing-stop").click()
    expect(hands.page.locator("#typing")).to_be_hidden()


def test_the_clipboard_can_be_typed(hands: Desk, agent: ScriptedAgent) -> None:
    hands.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_dialog(hands)
    hands.page.evaluate("navigator.clipboard.writeText('Kennwort: ß€\\r\\n')")
    hands.page.locator("#type-paste").click()
    expect(hands.page.locator("#type-text")).to_have_value("Kennwort: ß€\n")
    hands.page.locator("#type-dialog button[value=type]").click()
    agent.wait_for(lambda: typed_text(agent) == "Kennwort: ß€\n", "the text")


def test_escape_sends_no_text(hands: Desk, agent: ScriptedAgent) -> None:
    open_dialog(hands)
    hands.page.locator("#type-text").fill("doch nicht")
    hands.page.keyboard.press("Escape")
    expect(hands.page.locator("#type-dialog")).to_be_hidden()
    hands.screen.click(position={"x": 3, "y": 3})
    agent.wait_for(lambda: len(buttons(agent)) == 2, "a click")
    assert typed_text(agent) == ""


def test_the_menu_is_walked_with_the_arrows(hands: Desk, agent: ScriptedAgent) -> None:
    hands.page.locator("#keys").focus()
    hands.page.keyboard.press("Enter")
    hands.page.keyboard.press("ArrowDown")
    expect(hands.page.locator("#type")).to_be_focused()
    hands.page.keyboard.press("ArrowUp")
    expect(hands.page.locator("[data-keys='ScrollLock']")).to_be_focused()
    hands.page.keyboard.press("ArrowDown")
    hands.page.keyboard.press("ArrowDown")
    hands.page.keyboard.press("Enter")
    agent.wait_for(lambda: "+Delete" in keys(agent), "the keys")
    expect(hands.page.locator("#keys-menu")).to_be_hidden()
    expect(hands.page.locator("#keyboard")).to_be_focused()


def test_a_modifier_of_the_menu_is_held_for_the_next_key(hands: Desk, agent: ScriptedAgent) -> None:
    for modifier in ("ControlLeft", "AltLeft"):
        hands.page.locator("#keys").click()
        hands.page.locator(f"[data-latch='{modifier}']").click()
    hands.page.locator("#keys").click()
    expect(hands.page.locator("[data-latch='AltLeft']")).to_have_attribute("aria-pressed", "true")
    hands.page.keyboard.press("Escape")
    expect(hands.page.locator("#keys-menu")).to_be_hidden()
    hands.page.locator("#keyboard").focus()
    agent.told.clear()
    hands.page.keyboard.press("t")
    hands.page.keyboard.press("t")
    expect_keys(
        agent,
        '+ControlLeft +AltLeft +KeyT=t -KeyT -AltLeft -ControlLeft "t"',
    )


def test_the_customers_locks_are_shown(hands: Desk, agent: ScriptedAgent) -> None:
    agent.send_control(Locks(caps=True, num=False, scroll=False))
    expect(hands.page.locator("[data-keys='CapsLock']")).to_have_attribute("aria-pressed", "true")
    expect(hands.page.locator("[data-keys='NumLock']")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("code", ["input-refused", "not-typed", "customer-typing", "input-dropped"])
def test_what_went_wrong_with_the_input_is_said(
    hands: Desk, agent: ScriptedAgent, code: str
) -> None:
    agent.send_control(Notice(code))
    expect(hands.page.locator("#notice")).to_be_visible()


def test_a_notice_of_another_agent_version_says_nothing(hands: Desk, agent: ScriptedAgent) -> None:
    agent.send_control(Notice("keyboard-left"))
    agent.send_control(Locks(caps=True, num=True, scroll=False))
    expect(hands.page.locator("[data-keys='NumLock']")).to_have_attribute("aria-pressed", "true")
    expect(hands.page.locator("#notice")).to_be_hidden()
