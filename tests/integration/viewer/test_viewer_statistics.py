"""The statistics over the picture, and the choices beside it."""

import re
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from agent.protocol import control
from agent.protocol.monitors import MonitorInfo, Monitors
from agent.protocol.picture import Codec, Frame, Rect, copy_data
from tests.integration.rig.display import Pixels
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk

pytestmark = pytest.mark.integration

WIDTH, HEIGHT = 640, 400
GREEN = (47, 195, 154)
BLUE = (86, 180, 233)
# Numbers and outlines of a frame last for a second; whoever looks later looks at the next one.
LASTS_MS = 1000
LOOKS = 20


@pytest.fixture
def grey() -> Pixels:
    """Return a picture without any colour, which the outlines have to bring."""
    return np.full((HEIGHT, WIDTH, 3), 128, dtype=np.uint8)


def value(page: Page, name: str) -> Locator:
    return page.locator(f"#statistics-{name}")


def switch_on(page: Page) -> None:
    page.locator("#more").click()
    page.get_by_role("checkbox", name="Statisti").check()
    page.keyboard.press("Escape")


def seen(show: Callable[[], None], look: Callable[[], None]) -> int:
    """Show something that lasts a moment until a look at it is in time; return how often."""
    for shown in range(1, LOOKS):
        show()
        with suppress(AssertionError):
            look()
            return shown
    show()
    look()
    return LOOKS


def echoes(agent: ScriptedAgent) -> list[control.Echo]:
    return [message for message in agent.told if isinstance(message, control.Echo)]


def colours(page: Page) -> set[tuple[int, ...]]:
    """Return the colours of the outlines."""
    found: list[list[int]] = page.evaluate("""() => {
        const canvas = document.querySelector('#regions');
        const {width, height} = canvas;
        const options = {willReadFrequently: true};
        const copy = new OffscreenCanvas(width, height).getContext('2d', options);
        copy.drawImage(canvas, 0, 0);
        const {data} = copy.getImageData(0, 0, width, height);
        const found = new Map();
        for (let at = 0; at < data.length; at += 4) {
            const [red, green, blue, alpha] = data.slice(at, at + 4);
            if (alpha > 200) found.set(`${red} ${green} ${blue}`, [red, green, blue]);
        }
        return [...found.values()];
    }""")
    return {tuple(colour) for colour in found}


def near(colour: tuple[int, ...], found: set[tuple[int, ...]]) -> bool:
    return any(max(abs(a - b) for a, b in zip(colour, one, strict=True)) <= 2 for one in found)


def test_nothing_is_measured_or_asked_before_it_is_switched_on(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    agent.show(grey)
    expect(desk.page.get_by_test_id("statistics")).to_be_hidden()
    desk.page.wait_for_timeout(1500)
    assert echoes(agent) == []


def test_the_numbers_come_from_what_was_painted(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    agent.show(grey)
    switch_on(desk.page)
    expect(value(desk.page, "size")).to_have_text("640 × 400")
    expect(value(desk.page, "painted")).to_have_text("1")
    expect(value(desk.page, "frames")).to_have_text("0")
    expect(value(desk.page, "round-trip")).to_have_text("–")
    agent.wait_for(lambda: bool(echoes(agent)), "an echo")
    agent.send_control(echoes(agent)[-1])
    expect(value(desk.page, "round-trip")).to_have_text(re.compile(r"^\d+,\d ms$"))

    def show() -> None:
        expect(value(desk.page, "frames")).to_have_text("0")
        painted = agent.credit
        for _ in range(3):
            agent.send_frame(Frame(WIDTH, HEIGHT, (agent.zstd(grey[:64, :96], 32, 16),)))
        agent.wait_for_credit(painted + 3)

    def look() -> None:
        for name, wanted in {
            "frames": re.compile("^3$"),
            "paint": re.compile(r"^\d+,\d ms$"),
            "data": re.compile(r"^0,[1-9] KB/s$"),
        }.items():
            expect(value(desk.page, name)).to_have_text(wanted, timeout=LASTS_MS)

    times = seen(show, look)
    expect(value(desk.page, "painted")).to_have_text(str(1 + 3 * times))
    expect(value(desk.page, "interruptions")).to_have_text("0")


def test_what_was_painted_is_outlined_in_the_colour_of_its_codec(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    agent.show(grey)
    switch_on(desk.page)
    expect(desk.page.locator("#regions")).to_be_visible()
    expect(desk.page.locator("[data-codec].is-used")).to_have_count(0)
    moved = Rect(300, 200, 200, 100, Codec.COPY, copy_data(0, 0))

    def show() -> None:
        agent.send_frame(Frame(WIDTH, HEIGHT, (agent.zstd(grey[:64, :96], 32, 16), moved)))

    def look() -> None:
        for codec in (1, 3):
            used = desk.page.locator(f"[data-codec='{codec}'].is-used")
            expect(used).to_be_visible(timeout=LASTS_MS)
        found = colours(desk.page)
        assert near(GREEN, found), found
        assert near(BLUE, found), found

    seen(show, look)
    # The picture itself stays untouched, and a second later the outlines are gone.
    desk.expect_pixels(grey)
    expect(desk.page.locator("[data-codec].is-used")).to_have_count(0)
    assert colours(desk.page) == set()


def test_the_shortcut_switches_from_within_the_picture_and_back(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    agent.show(grey)
    panel = desk.page.get_by_test_id("statistics")
    expect(desk.page.locator("#keyboard")).to_be_focused()
    desk.page.keyboard.press("Control+Alt+Shift+KeyS")
    expect(panel).to_be_visible()
    desk.page.keyboard.press("Control+Alt+Shift+KeyS")
    expect(panel).to_be_hidden()
    # Not a single letter went to the customer, and nothing stays pressed there.
    keys = [message for message in agent.told if isinstance(message, control.Key)]
    assert not [key for key in keys if key.code == "KeyS"]
    asked = len(echoes(agent))
    desk.page.wait_for_timeout(1500)
    assert len(echoes(agent)) == asked


def test_it_is_on_again_in_the_next_session(desk: Desk, agent: ScriptedAgent, grey: Pixels) -> None:
    agent.show(grey)
    switch_on(desk.page)
    with ScriptedAgent(desk.portal) as other:
        desk.open(other)
        other.wait_until_granted()
        other.show(grey)
        expect(desk.page.get_by_test_id("statistics")).to_be_visible()
        expect(value(desk.page, "painted")).to_have_text("1")


def test_a_lost_line_is_counted(desk: Desk, agent: ScriptedAgent, grey: Pixels) -> None:
    agent.show(grey)
    switch_on(desk.page)
    agent.break_line()
    desk.expect_state("lost")
    expect(value(desk.page, "interruptions")).to_have_text("1")


def test_a_single_monitor_leaves_nothing_to_choose(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    only = MonitorInfo(7, "DP-1", 0, 0, WIDTH, HEIGHT, scale=100, primary=True)
    agent.send_control(Monitors((only,), 7))
    agent.show(grey)
    expect(desk.page.locator("#monitor")).to_be_hidden()


def test_another_monitor_is_chosen_by_the_keyboard_and_the_mouse_hits_it(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    left = MonitorInfo(7, "DP-1", 0, 0, 1920, 1080, scale=100, primary=True)
    right = MonitorInfo(9, "Beamer", 1920, 200, WIDTH, HEIGHT, scale=100, primary=False)
    agent.send_control(Monitors((left, right), 7))
    agent.show(np.full((1080, 1920, 3), 90, dtype=np.uint8))
    monitor = desk.page.locator("#monitor")
    expect(monitor.locator("option")).to_have_text(
        ["1: DP-1 (1920 × 1080)", "2: Beamer (640 × 400)", re.compile(".")]
    )
    expect(monitor).to_have_value("7")
    monitor.focus()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    agent.wait_for(lambda: control.Monitor(9) in agent.told, "the wish for the second monitor")
    agent.send_control(Monitors((left, right), 9))
    agent.show(grey)
    expect(monitor).to_have_value("9")
    box = desk.screen.bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    agent.wait_for(lambda: control.Move(1920 + 320, 200 + 200) in agent.told, "the movement")
    agent.send_control(control.Pointer(1920 + 160, 200 + 100))
    expect(desk.page.locator("#pointer")).to_be_visible()
    pointer = desk.page.locator("#pointer").bounding_box()
    assert pointer is not None
    middle = (pointer["x"] + pointer["width"] / 2, pointer["y"] + pointer["height"] / 2)
    assert middle == pytest.approx(
        (box["x"] + box["width"] / 4, box["y"] + box["height"] / 4), abs=1
    )


def qualities(agent: ScriptedAgent) -> list[str]:
    return [str(message.mode) for message in agent.told if isinstance(message, control.Quality)]


def test_the_chosen_quality_is_told_at_once_and_in_every_later_session(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    agent.show(grey)
    agent.wait_for(lambda: qualities(agent) == ["automatic"], "the quality")
    desk.page.get_by_label("Qualität").select_option("Schnell")
    agent.wait_for(lambda: qualities(agent) == ["automatic", "fast"], "the chosen quality")
    # The keyboard is the customer's again after the choice.
    expect(desk.page.locator("#keyboard")).to_be_focused()
    with ScriptedAgent(desk.portal) as other:
        desk.open(other)
        other.wait_until_granted()
        other.show(grey)
        other.wait_for(lambda: qualities(other) == ["fast"], "the remembered quality")
        expect(desk.page.locator("#quality")).to_have_value("fast")


def test_nonsense_in_the_memory_becomes_automatic(
    desk: Desk, agent: ScriptedAgent, grey: Pixels
) -> None:
    desk.page.evaluate("Object.keys(localStorage).forEach(key => localStorage.removeItem(key))")
    number = desk.page.evaluate("document.body.dataset.technicianId")
    desk.page.evaluate("key => localStorage.setItem(key, 'divine')", f"dibuc.quality.{number}")
    with ScriptedAgent(desk.portal) as other:
        desk.open(other)
        other.wait_until_granted()
        other.show(grey)
        other.wait_for(lambda: qualities(other) == ["automatic"], "the quality")
