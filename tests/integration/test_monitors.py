"""Two monitors at the customer's: seen one by one or together, and dragged across."""

import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import canvas_pixels
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.display import Screen
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until

# Each of the two.
WIDTH, HEIGHT = 800, 600
# A place on the title bar, from the upper left corner of what is below it.
GRIP = (90, -10)


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    """Return a computer with two monitors side by side; the left one is the primary."""
    with Computer(tmp_path, width=2 * WIDTH, height=HEIGHT) as computer:
        for name, place, output in (("*left", 0, "screen"), ("right", WIDTH, "none")):
            size = f"{WIDTH}/210x{HEIGHT}/160+{place}+0"
            command = ["xrandr", "--setmonitor", name, size, output]
            subprocess.run(command, env=computer.env, check=True, timeout=20)
        yield computer


def see(desk: Desk, computer: Computer, choice: str, left: int, width: int) -> None:
    """Choose a monitor, and wait until exactly that part of the screen is shown."""
    desk.page.locator("#monitor").select_option(label=choice)

    def same() -> bool:
        shown = canvas_pixels(desk.screen)
        real = computer.screen.pixels()[:, left : left + width]
        return shown.shape == real.shape and bool((shown == real).all())

    until(same, within=15, what=choice, pause=0.2)


def is_at(screen: Screen, window: int, place: tuple[int, int]) -> bool:
    """Tell whether a window's content begins there."""
    return screen.place_of(window)[:2] == place


def drag(desk: Desk, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag from one pixel of the customer's whole screen, which is shown, to another."""
    box = desk.screen.bounding_box()
    assert box is not None
    scale = box["width"] / (2 * WIDTH)

    def place(point: tuple[int, int]) -> tuple[float, float]:
        return box["x"] + (point[0] + 0.5) * scale, box["y"] + (point[1] + 0.5) * scale

    mouse = desk.page.mouse
    mouse.move(*place(start))
    mouse.down()
    mouse.move(*place(end), steps=40)
    mouse.up()


def test_a_window_is_dragged_from_one_monitor_to_the_other_and_back(
    desk: Desk, computer: Computer, portal: Portal
) -> None:
    computer.open_editor("brief.txt")
    screen = computer.screen
    window = screen.window("brief.txt")
    screen.xdotool("windowsize", "--sync", window, 400, 250)
    log = computer.folder / "agent.log"
    with Agent.without_window(portal.url, log=log, env=computer.env) as agent:
        desk.connect(agent)
        choices = desk.page.locator("#monitor option")
        expect(choices).to_have_count(3)
        left, right, everything = choices.all_inner_texts()
        see(desk, computer, left, 0, WIDTH)
        see(desk, computer, everything, 0, 2 * WIDTH)
        x, y, *_size = screen.place_of(window)
        for target in (x + WIDTH, x):
            here, *_rest = screen.place_of(window)
            grip = (here + GRIP[0], y + GRIP[1])
            drag(desk, grip, (target + GRIP[0], y + GRIP[1]))
            until(partial(is_at, screen, window, (target, y)), within=10, what=f"it at {target}")
            see(desk, computer, everything, 0, 2 * WIDTH)
            if target > WIDTH:
                # There it is also where the other monitor alone is shown.
                see(desk, computer, right, WIDTH, WIDTH)
                see(desk, computer, everything, 0, 2 * WIDTH)
        # The button is up: a movement moves nothing any more.
        desk.click_on_screen(computer, WIDTH + 300, HEIGHT - 50)
        assert is_at(screen, window, (x, y))
        assert desk.faults == []
