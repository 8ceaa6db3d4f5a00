"""Several monitors of a real X server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.capture.base import Box, Monitor, Picture, ResizedError
from agent.capture.x11 import X11Capture
from agent.encode.base import image_of
from tests.agent.conftest import Screen
from tests.agent.monitors import Monitors
from tests.agent.resize import resize
from tests.agent.test_x11_capture import calm, wake

# Pixels of full red, as screens of these depths keep them.
RED = {15: 0x7C00, 16: 0xF800, 30: 0x3FF00000}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Monitors]:
    """Return an X server with one monitor of 1280 x 800."""
    made = Monitors(tmp_path)
    yield made
    made.stop()


def boxes(monitors: list[Monitor]) -> dict[str, Box]:
    return {monitor.name: monitor.box for monitor in monitors}


def size(picture: Picture) -> tuple[int, int]:
    return picture.width, picture.height


def test_monitors_come_and_go_and_each_time_it_is_told(desk: Monitors) -> None:
    capture = X11Capture(desk.display)
    first = capture.monitors()
    assert boxes(first) == {"DUMMY0": Box(0, 0, 1280, 800)}
    told: list[str] = []
    capture.on_layout = lambda: told.append("layout")
    calm(capture)
    assert told == []
    desk.turn_on("DUMMY1", (640, 480), "--right-of", "DUMMY0")
    while not told:
        assert wake(capture, 5)
    calm(capture)
    both = capture.monitors()
    assert boxes(both) == {"DUMMY0": Box(0, 0, 1280, 800), "DUMMY1": Box(1280, 0, 1920, 480)}
    # The first one is still the same one.
    assert first[0].id in {monitor.id for monitor in both}
    assert len({monitor.id for monitor in both}) == 2
    # Its place alone, with no other size of the screen.
    told.clear()
    desk.run("xrandr", "--output", "DUMMY1", "--pos", "1280x320")
    while not told:
        assert wake(capture, 5)
    assert boxes(capture.monitors())["DUMMY1"] == Box(1280, 320, 1920, 800)
    desk.turn_off("DUMMY1")
    calm(capture)
    assert boxes(capture.monitors()) == {"DUMMY0": Box(0, 0, 1280, 800)}
    capture.close()


def test_the_primary_monitor_is_known(desk: Monitors) -> None:
    desk.turn_on("DUMMY1", (640, 480), "--right-of", "DUMMY0", "--primary")
    capture = X11Capture(desk.display)
    assert [m.name for m in capture.monitors() if m.primary] == ["DUMMY1"]
    capture.close()


def test_monitors_that_show_the_same_count_once(desk: Monitors) -> None:
    desk.turn_on("DUMMY1", (1280, 800), "--same-as", "DUMMY0")
    capture = X11Capture(desk.display)
    assert list(boxes(capture.monitors()).values()) == [Box(0, 0, 1280, 800)]
    capture.close()


def test_only_the_part_that_is_shown_is_read_and_reported(desk: Monitors) -> None:
    desk.turn_on("DUMMY1", (640, 480), "--right-of", "DUMMY0")
    desk.start("xterm", "-geometry", "20x5+1400+100", "-bg", "#204060", "-e", "sleep 100")
    desk.window("--class", "xterm")
    capture = X11Capture(desk.display)
    whole = capture.reopen()
    assert size(whole) == (1920, 800)
    expected = image_of(whole, Box(1280, 0, 1920, 480))
    assert len(expected.getcolors(9999) or []) > 1
    capture.show(Box(1280, 0, 1920, 480))
    part = capture.reopen()
    assert size(part) == (640, 480)
    assert image_of(part, Box(0, 0, 640, 480)).tobytes() == expected.tobytes()
    capture.take_damage()
    calm(capture)
    desk.start("xterm", "-geometry", "20x5+1500+200", "-e", "sleep 100")
    desk.start("xterm", "-geometry", "20x5+200+200", "-e", "sleep 100")
    seen: list[Box] = []
    capture.on_damage = lambda: seen.extend(capture.take_damage())
    while wake(capture, 1.0):
        pass
    assert seen
    assert all(0 <= b.x0 < b.x1 <= 640 and 0 <= b.y0 < b.y1 <= 480 for b in seen)
    assert min(b.x0 for b in seen) == 220
    assert min(b.y0 for b in seen) == 200
    picture = image_of(capture.grab(seen), Box(0, 0, 640, 480))
    assert picture.tobytes() == desk.picture().crop((1280, 0, 1920, 480)).tobytes()
    capture.close()


def test_a_part_that_is_gone_is_an_error_until_another_one_is_shown(desk: Monitors) -> None:
    desk.turn_on("DUMMY1", (640, 480), "--right-of", "DUMMY0")
    capture = X11Capture(desk.display)
    capture.show(Box(1280, 0, 1920, 480))
    capture.reopen()
    desk.turn_off("DUMMY1")
    with pytest.raises(ResizedError):
        capture.grab([Box(0, 0, 10, 10)])
    with pytest.raises(ResizedError):
        capture.reopen()
    capture.show(None)
    assert size(capture.reopen()) == (1280, 800)
    capture.close()


def test_the_screen_may_grow_far_beyond_its_first_size(desk: Monitors) -> None:
    capture = X11Capture(desk.display)
    capture.reopen()
    desk.turn_on("DUMMY0", (3840, 2160))
    calm(capture)
    with pytest.raises(ResizedError):
        capture.grab([Box(0, 0, 10, 10)])
    assert size(capture.reopen()) == (3840, 2160)
    desk.turn_on("DUMMY0", (800, 1280))
    calm(capture)
    picture = capture.reopen()
    assert size(picture) == (800, 1280)
    assert image_of(picture, Box(0, 0, 800, 1280)).tobytes() == desk.picture().tobytes()
    capture.close()


def test_the_scale_is_what_programs_follow(desk: Monitors) -> None:
    capture = X11Capture(desk.display)
    assert [monitor.scale for monitor in capture.monitors()] == [100]
    for dpi, percent in (("192", 200), ("120", 125), ("96", 100), ("nonsense", 100)):
        values = desk.home / "resources"
        values.write_text(f"XTerm*faceName: x\nXft.dpi:\t{dpi}\nXft.antialias: 1\n")
        desk.run("xrdb", "-nocpp", "-load", str(values))
        # Of this connection, which is older than the change.
        assert [monitor.scale for monitor in capture.monitors()] == [percent]
    capture.close()


def test_virtual_monitors_are_monitors(screen: Screen) -> None:
    capture = X11Capture(screen.display)
    told: list[str] = []
    capture.on_layout = lambda: told.append("layout")
    calm(capture)
    screen.run("xrandr", "--setmonitor", "left", "640/160x800/200+0+0", "screen")
    screen.run("xrandr", "--setmonitor", "right", "640/160x800/200+640+0", "none")
    calm(capture)
    assert told
    assert boxes(capture.monitors()) == {
        "left": Box(0, 0, 640, 800),
        "right": Box(640, 0, 1280, 800),
    }
    capture.close()


@pytest.mark.parametrize("depth", [15, 16, 30])
@pytest.mark.parametrize("shared", [True, False])
def test_screens_of_other_depths_are_converted(tmp_path: Path, depth: int, shared: bool) -> None:
    screen = Screen(tmp_path, f"320x240x{depth}")
    try:
        screen.paint(RED[depth])
        capture = X11Capture(screen.display, shared_memory=shared)
        picture = capture.reopen()
        assert image_of(picture, Box(0, 0, 320, 240)).getcolors() == [(320 * 240, (255, 0, 0))]
        capture.show(Box(100, 50, 200, 150))
        capture.reopen()
        screen.start("xterm", "-geometry", "10x3+110+60", "-bg", "#0000ff", "-e", "sleep 100")
        screen.window("--class", "xterm")
        calm(capture)
        part = image_of(capture.grab([Box(0, 0, 100, 100)]), Box(0, 0, 100, 100))
        assert part.getpixel((2, 2)) == (255, 0, 0)
        assert any(colour == (0, 0, 255) for _count, colour in part.getcolors(9999) or [])
        capture.close()
    finally:
        screen.stop()


def test_a_screen_of_few_colours_that_shrinks_keeps_nothing_old(tmp_path: Path) -> None:
    screen = Screen(tmp_path, "320x240x16")
    try:
        capture = X11Capture(screen.display)
        capture.reopen()
        resize(screen.display, 300, 200)
        with pytest.raises(ResizedError):
            capture.grab([Box(0, 0, 320, 240)])
        assert size(capture.reopen()) == (300, 200)
        capture.close()
    finally:
        screen.stop()
