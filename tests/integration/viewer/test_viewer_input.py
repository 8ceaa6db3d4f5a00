"""Mouse and keyboard of the technician, as they arrive at the agent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from agent.protocol import control
from agent.protocol.control import Button, Cursor, CursorShape, Key, Move, Pointer, Wheel
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.said import HEIGHT, WIDTH, buttons, expect_keys, keys, typed_text
from tests.integration.viewer.test_viewer_picture import noise

pytestmark = pytest.mark.integration


def test_german_text_arrives_as_it_was_typed(hands: Desk, agent: ScriptedAgent) -> None:
    line = "Grüße, 12 € für @dibuc \\ | ÄÖÜ ß"
    hands.page.keyboard.type(line)
    agent.wait_for(lambda: typed_text(agent) == line, line)


def test_shortcuts_arrive_by_the_label_of_their_key(hands: Desk, agent: ScriptedAgent) -> None:
    for shortcut in ("Control+c", "Control+Shift+t", "Alt+F4", "Shift+ArrowLeft"):
        hands.page.keyboard.press(shortcut)
    expect_keys(
        agent,
        "+ControlLeft +KeyC=c -KeyC -ControlLeft"
        " +ControlLeft +ShiftLeft +KeyT=t -KeyT -ShiftLeft -ControlLeft"
        " +AltLeft +F4 -F4 -AltLeft"
        " +ShiftLeft +ArrowLeft -ArrowLeft -ShiftLeft",
    )


def press_altgr(browser: CDPSession, key: str, code: str) -> None:
    """Press AltGr and a key, as Chromium reports it on a German Windows."""

    def event(kind: str, **fields: object) -> None:
        browser.send("Input.dispatchKeyEvent", {"type": kind, **fields})

    control_key = {"key": "Control", "code": "ControlLeft", "windowsVirtualKeyCode": 17}
    altgr_key = {"key": "AltGraph", "code": "AltRight", "windowsVirtualKeyCode": 225}
    event("rawKeyDown", **control_key, modifiers=2)
    event("rawKeyDown", **altgr_key, modifiers=3)
    event("keyDown", key=key, code=code, text=key, modifiers=3)
    event("keyUp", key=key, code=code, modifiers=3)
    event("keyUp", **control_key, modifiers=1)
    event("keyUp", **altgr_key)


def test_altgr_of_windows_types_a_character_and_presses_no_control(
    hands: Desk, agent: ScriptedAgent
) -> None:
    browser = hands.page.context.new_cdp_session(hands.page)
    for key, code in (("@", "KeyQ"), ("€", "KeyE"), ("\\", "Minus"), ("|", "IntlBackslash")):
        press_altgr(browser, key, code)
    expect_keys(agent, '"@" "€" "\\" "|"')


def test_keys_of_the_browser_go_to_the_customer(hands: Desk, agent: ScriptedAgent) -> None:
    for key in ("Tab", "F5", "Backspace", "Control+f", "Control+s", "Escape"):
        hands.page.keyboard.press(key)
    expect_keys(
        agent,
        "+Tab -Tab +F5 -F5 +Backspace -Backspace"
        " +ControlLeft +KeyF=f -KeyF -ControlLeft +ControlLeft +KeyS=s -KeyS -ControlLeft"
        " +Escape -Escape",
    )


def leave_by_click(desk: Desk) -> None:
    desk.page.locator("#notes").click()


def leave_by_pause(desk: Desk) -> None:
    desk.page.locator("#pause").click()


@pytest.mark.parametrize("leave", [leave_by_click, leave_by_pause], ids=lambda way: way.__name__)
def test_what_is_held_is_let_go_when_the_page_loses_the_keyboard(
    hands: Desk, agent: ScriptedAgent, leave: Callable[[Desk], None]
) -> None:
    hands.page.keyboard.down("Control")
    hands.page.keyboard.down("x")
    agent.wait_for(lambda: keys(agent) == "+ControlLeft +KeyX=x", "two keys")
    leave(hands)
    agent.wait_for(lambda: keys(agent).startswith("+ControlLeft +KeyX=x release"), "release")
    hands.page.keyboard.up("x")
    hands.page.keyboard.up("Control")
    # What comes up in the meantime is no business of the customer's any more.
    assert "-KeyX" not in keys(agent)


def test_control_alt_shift_gives_the_keyboard_back(hands: Desk, agent: ScriptedAgent) -> None:
    for key in ("Control", "Alt", "Shift"):
        hands.page.keyboard.down(key)
    expect(hands.page.locator("#control")).to_be_focused()
    for key in ("Shift", "Alt", "Control"):
        hands.page.keyboard.up(key)
    hands.page.keyboard.press("Tab")
    expect(hands.page.locator("#fit")).to_be_focused()
    agent.wait_for(lambda: "release" in keys(agent), "release")
    assert set(keys(agent).split()) == {"release"}
    hands.page.locator("#control").press("Enter")
    hands.page.keyboard.press("a")
    agent.wait_for(lambda: '"a"' in keys(agent), "the first key after it")


def test_clicks_arrive_at_their_pixel_with_their_button(hands: Desk, agent: ScriptedAgent) -> None:
    hands.screen.click(position={"x": 33, "y": 44})
    hands.screen.click(position={"x": 700, "y": 500}, button="right")
    hands.screen.click(position={"x": 5, "y": 6}, button="middle")
    hands.screen.dblclick(position={"x": 7, "y": 8})
    agent.wait_for(lambda: len(buttons(agent)) == 10, "five clicks")
    told = [(each.button, each.down, each.x, each.y) for each in buttons(agent)]
    assert told == [
        *[(0, down, 33, 44) for down in (True, False)],
        *[(2, down, 700, 500) for down in (True, False)],
        *[(1, down, 5, 6) for down in (True, False)],
        *[(0, down, 7, 8) for down in (True, False, True, False)],
    ]


def test_a_click_with_control_presses_control_around_it(hands: Desk, agent: ScriptedAgent) -> None:
    hands.screen.click(position={"x": 33, "y": 44}, modifiers=["Control"])
    expect_keys(agent, "+ControlLeft -ControlLeft")
    kinds = [type(each) for each in agent.told if not isinstance(each, Move)]
    assert kinds == [Key, Button, Button, Key]


def test_in_a_scaled_picture_clicks_arrive_at_the_right_pixel(
    desk: Desk, agent: ScriptedAgent
) -> None:
    agent.show(noise(1920, 1080))
    desk.expect_state("connected")
    box = desk.screen.bounding_box()
    assert box is not None
    desk.screen.click(position={"x": box["width"] / 2, "y": box["height"] / 4})
    agent.wait_for(lambda: len(buttons(agent)) == 2, "a click")
    pressed = buttons(agent)[0]
    # A scaled picture has several of the customer's pixels in one of the mouse's.
    assert abs(pressed.x - 960) <= 2
    assert abs(pressed.y - 270) <= 2


def test_a_drag_goes_on_outside_the_picture(hands: Desk, agent: ScriptedAgent) -> None:
    box = hands.screen.bounding_box()
    assert box is not None
    mouse = hands.page.mouse
    mouse.move(box["x"] + 100, box["y"] + 100)
    mouse.down()
    mouse.move(box["x"] + 300, box["y"] + 100, steps=5)
    mouse.move(1270, 790)
    agent.wait_for(
        lambda: any(isinstance(each, Move) and each.x > 790 for each in agent.told), "the edge"
    )
    mouse.up()
    agent.wait_for(lambda: len(buttons(agent)) == 2, "press and release")
    pressed, released = buttons(agent)
    assert (pressed.down, pressed.x, pressed.y) == (True, 100, 100)
    assert not released.down
    assert released.x == WIDTH - 1


def test_movements_arrive_and_the_last_one_counts(hands: Desk, agent: ScriptedAgent) -> None:
    box = hands.screen.bounding_box()
    assert box is not None
    for step in range(200):
        hands.page.mouse.move(box["x"] + step, box["y"] + step)
    agent.wait_for(lambda: Move(199, 199) in agent.told, "the last place")
    assert len([each for each in agent.told if isinstance(each, Move)]) <= 200


def test_the_wheel_counts_notches(hands: Desk, agent: ScriptedAgent) -> None:
    hands.screen.hover(position={"x": 50, "y": 60})
    hands.page.mouse.wheel(0, 120)
    agent.wait_for(lambda: Wheel(0, 120, 50, 60) in agent.told, "a turn down")
    # Chromium's test input turns by one notch in each direction, however far it is told to.
    hands.page.mouse.wheel(-120, -120)
    agent.wait_for(lambda: Wheel(-120, -120, 50, 60) in agent.told, "a turn up and left")


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        ("AltLeft Tab", "+AltLeft +Tab -Tab -AltLeft"),
        (
            "ControlLeft AltLeft Delete",
            "+ControlLeft +AltLeft +Delete -Delete -AltLeft -ControlLeft",
        ),
        ("MetaLeft", "+MetaLeft -MetaLeft"),
        ("PrintScreen", "+PrintScreen -PrintScreen"),
    ],
)
def test_buttons_send_what_the_browser_keeps_for_itself(
    hands: Desk, agent: ScriptedAgent, codes: str, wanted: str
) -> None:
    hands.page.locator("#keys").click()
    hands.page.locator(f"[data-keys='{codes}']").click()
    # The click on the button takes the keyboard from the picture, and gives it back.
    expect_keys(agent, f"release {wanted}")
    expect(hands.page.locator("#keyboard")).to_be_focused()


def test_before_the_picture_nothing_is_sent(desk: Desk, agent: ScriptedAgent) -> None:
    desk.page.mouse.click(400, 400)
    desk.page.keyboard.type("zu früh")
    agent.show(noise(WIDTH, HEIGHT))
    desk.expect_state("connected")
    desk.page.keyboard.type("j")
    expect_keys(agent, '"j"')


def test_the_customers_cursor_and_pointer_are_shown(hands: Desk, agent: ScriptedAgent) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
    agent.send_control(Cursor("text", CursorShape(png, 0, 0, 1, 1)))
    paper = hands.page.locator("#paper")
    expect(paper).to_have_attribute("style", re.compile("cursor: url"))
    agent.send_control(Cursor("unknown"))
    expect(paper).to_have_attribute("style", re.compile("cursor: default"))
    agent.send_control(Pointer(400, 300))
    expect(hands.page.locator("#pointer")).to_be_visible()


def test_refused_input_is_said(hands: Desk, agent: ScriptedAgent) -> None:
    agent.send_control(control.Notice("input-refused"))
    expect(hands.page.locator("#notice")).to_be_visible()
