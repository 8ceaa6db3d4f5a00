"""The page in a real window: physical pixels, the pointer that is seen, the wheel."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Playwright, expect

from agent.capture.base import CursorShape
from agent.capture.x11 import X11Capture
from agent.protocol import control
from agent.protocol.monitors import MonitorInfo, Monitors
from tests.integration.rig.chromium import chromium_on
from tests.integration.rig.display import Pixels, Screen
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.test_viewer_picture import noise

pytestmark = pytest.mark.integration

WIDTH, HEIGHT = 300, 200
MARK = (255, 0, 255)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Return the technician's display."""
    with Screen(tmp_path / "display", 1600, 1000) as started:
        yield started


Open = Callable[..., Desk]


@pytest.fixture
def open_window(
    playwright: Playwright,
    screen: Screen,
    portal: Portal,
    technician_state: Path,
    agent: ScriptedAgent,
) -> Iterator[Open]:
    """Open the viewer in a window on the technician's display; `ratio` is devicePixelRatio."""
    with ExitStack() as stack:

        def open_it(ratio: float = 1) -> Desk:
            size = f"--window-size={int(1600 / ratio)},{int(1000 / ratio)}"
            arguments = (f"--force-device-scale-factor={ratio}", "--window-position=0,0", size)
            browser = stack.enter_context(chromium_on(playwright, screen, *arguments))
            context = browser.new_context(
                no_viewport=True, locale="de-DE", storage_state=technician_state
            )
            desk = Desk(context.new_page(), portal.url)
            desk.open(agent)
            agent.wait_until_granted()
            return desk

        yield open_it


def marked(picture: Pixels) -> Pixels:
    """Return the picture with a corner that can be found on the display."""
    changed = picture.copy()
    changed[:8, :8] = MARK
    return changed


def place_of_mark(screen: Screen) -> tuple[int, int] | None:
    """Return x and y of the picture on the display, in physical pixels."""
    rows, columns = np.nonzero((screen.pixels() == MARK).all(axis=2))
    return (int(columns.min()), int(rows.min())) if len(rows) else None


@pytest.mark.parametrize(("ratio", "pixels"), [(1, 1), (1.5, 2), (2, 2)])
def test_one_to_one_puts_each_pixel_on_whole_pixels_of_the_display(
    screen: Screen, open_window: Open, agent: ScriptedAgent, ratio: float, pixels: int
) -> None:
    desk = open_window(ratio)
    picture = marked(noise(WIDTH, HEIGHT))
    agent.show(picture)
    desk.expect_state("connected")
    desk.page.locator("#original").click()
    wanted = picture.repeat(pixels, axis=0).repeat(pixels, axis=1)

    def same() -> bool:
        place = place_of_mark(screen)
        if place is None:
            return False
        x, y = place
        shown = screen.pixels()[y : y + HEIGHT * pixels, x : x + WIDTH * pixels]
        # The ring that says who has the keyboard lies on the outermost pixels.
        inner = (slice(8, -8), slice(8, -8))
        return shown.shape == wanted.shape and bool((shown[inner] == wanted[inner]).all())

    until(same, within=15, what="the same pixels on the display")


def cursor_message(name: str, rgba: Pixels, hot_x: int, hot_y: int) -> control.Cursor:
    file = io.BytesIO()
    Image.fromarray(rgba, "RGBA").save(file, "PNG")
    height, width = rgba.shape[:2]
    return control.Cursor(name, control.CursorShape(file.getvalue(), hot_x, hot_y, width, height))


def shape_on(screen: Screen) -> CursorShape:
    """Return the pointer that the display shows."""
    capture = X11Capture(screen.name)
    try:
        shape = capture.cursor()
    finally:
        capture.close()
    assert shape is not None
    return shape


def wait_for_cursor(screen: Screen, wanted: Callable[[CursorShape], bool]) -> None:
    def seen() -> bool:
        # A pointer that rests is given its shape late; a person's hand is never so still.
        screen.xdotool("mousemove_relative", "--", 1, 0)
        screen.xdotool("mousemove_relative", "--", -1, 0)
        return wanted(shape_on(screen))

    until(seen, within=15, what="the pointer's shape", pause=0.2)


def test_the_pointer_has_the_customers_shape_and_there_is_only_one(
    screen: Screen, open_window: Open, agent: ScriptedAgent
) -> None:
    desk = open_window()
    grey = np.full((400, 600, 3), 90, dtype=np.uint8)
    agent.show(marked(grey))
    desk.expect_state("connected")
    until(lambda: place_of_mark(screen), within=15, what="the picture on the display")
    left, top = place_of_mark(screen) or (0, 0)
    x, y = left + 200, top + 150
    screen.xdotool("mousemove", x, y)
    arrow = np.zeros((20, 24, 4), dtype=np.uint8)
    arrow[:, :12] = (200, 30, 10, 255)
    agent.send_control(cursor_message("arrow", arrow, 5, 7))
    wait_for_cursor(
        screen,
        lambda s: (
            (s.width, s.height, s.hot_x, s.hot_y) == (24, 20, 5, 7) and s.rgba == arrow.tobytes()
        ),
    )
    agent.send_control(cursor_message("hidden", np.zeros((1, 1, 4), dtype=np.uint8), 0, 0))
    wait_for_cursor(screen, lambda s: not any(s.rgba))
    agent.send_control(control.Cursor("arrow"))
    wait_for_cursor(screen, lambda s: s.rgba == arrow.tobytes())
    # Under the pointer there is nothing but the customer's picture.
    around = screen.pixels()[y - 40 : y + 40, x - 40 : x + 40]
    assert (around == 90).all()
    # The customer's own movement is marked, until the technician's hand goes on.
    agent.send_control(control.Pointer(200, 150))
    expect(desk.page.locator("#pointer")).to_be_visible()
    screen.xdotool("mousemove_relative", "--", 30, 30)
    expect(desk.page.locator("#pointer")).to_be_hidden()


def test_a_pointer_of_a_screen_at_200_percent_is_not_drawn_twice_as_large(
    screen: Screen, open_window: Open, agent: ScriptedAgent
) -> None:
    desk = open_window()
    only = MonitorInfo(1, "eDP-1", 0, 0, 600, 400, scale=200, primary=True)
    agent.send_control(Monitors((only,), 1))
    agent.show(marked(np.full((400, 600, 3), 90, dtype=np.uint8)))
    desk.expect_state("connected")
    left, top = until(lambda: place_of_mark(screen), within=15, what="the picture")
    screen.xdotool("mousemove", left + 100, top + 100)
    arrow = np.zeros((48, 48, 4), dtype=np.uint8)
    arrow[:, :24] = (200, 30, 10, 255)
    agent.send_control(cursor_message("arrow", arrow, 10, 20))
    wait_for_cursor(screen, lambda s: (s.width, s.height, s.hot_x, s.hot_y) == (24, 24, 5, 10))


def test_control_and_wheel_beside_the_picture_do_not_enlarge_the_page(
    screen: Screen, open_window: Open, agent: ScriptedAgent
) -> None:
    desk = open_window()
    agent.show(noise(WIDTH, HEIGHT))
    desk.expect_state("connected")
    ratio = desk.page.evaluate("devicePixelRatio")
    room = desk.page.locator("#room").bounding_box()
    assert room is not None
    # The room's own corner is never covered by the picture of another shape.
    desk.page.mouse.move(room["x"] + 5, room["y"] + 5)
    desk.page.keyboard.down("Control")
    desk.page.mouse.wheel(0, -300)
    desk.page.keyboard.up("Control")
    desk.page.wait_for_timeout(500)
    assert desk.page.evaluate("devicePixelRatio") == ratio
