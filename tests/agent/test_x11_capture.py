"""Reading a real X server's screen."""

import select
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from agent.capture.base import Box, CaptureError, CursorShape, Picture, ResizedError
from agent.capture.x11 import X11Capture
from agent.encode.base import image_of
from agent.inject.x11 import X11Injector
from tests.agent.conftest import Screen
from tests.agent.cursors import Pointer
from tests.agent.resize import resize


@pytest.fixture
def capture(screen: Screen) -> Iterator[X11Capture]:
    made = X11Capture(screen.display)
    yield made
    made.close()


def wake(capture: X11Capture, seconds: float) -> bool:
    """Tell whether the capture wakes up within so many seconds, and let it react."""
    if not select.select([capture], [], [], seconds)[0]:
        return False
    capture.dispatch()
    return True


def calm(capture: X11Capture) -> None:
    """Wait until nothing happens any more."""
    while wake(capture, 0.3):
        capture.take_damage()


def whole(picture: Picture) -> Image.Image:
    return image_of(picture, Box(0, 0, picture.width, picture.height))


def test_a_new_window_is_reported_where_it_is(screen: Screen, capture: X11Capture) -> None:
    capture.take_damage()
    calm(capture)
    told: list[str] = []
    capture.on_damage = lambda: told.append("damage")
    screen.start("xterm", "-geometry", "40x10+200+100", "-e", "sleep 100")
    screen.window("--class", "xterm")
    while not told:
        assert wake(capture, 5)
    boxes = capture.take_damage()
    assert boxes
    assert all(box.x0 >= 200 and box.y0 >= 100 for box in boxes)


def test_at_rest_nothing_wakes_it(screen: Screen, capture: X11Capture) -> None:
    screen.start("xterm", "-e", "sleep 100")
    screen.window("--class", "xterm")
    capture.take_damage()
    calm(capture)
    assert not wake(capture, 1.0)
    assert capture.take_damage() == []


def test_with_and_without_shared_memory_the_picture_is_the_same(screen: Screen) -> None:
    screen.start("xterm", "-geometry", "80x24+7+9", "-e", "ls -l /usr/bin; sleep 100")
    screen.window("--class", "xterm")
    shared, slow = X11Capture(screen.display), X11Capture(screen.display, shared_memory=False)
    calm(shared)
    first, second = whole(shared.reopen()), whole(slow.reopen())
    assert first.size == (1280, 800)
    assert first.getcolors(2) is None or len(first.getcolors(2) or []) > 1
    assert first.tobytes() == second.tobytes()
    shared.close()
    slow.close()


def test_an_x_server_without_shared_memory_is_read_all_the_same(tmp_path: Path) -> None:
    bare = Screen(tmp_path, "320x200x24", "-extension", "MIT-SHM")
    try:
        capture = X11Capture(bare.display)
        assert whole(capture.reopen()).getcolors() == [(320 * 200, (0, 0, 0))]
        capture.close()
    finally:
        bare.stop()


def test_only_the_rows_asked_for_are_read(screen: Screen, capture: X11Capture) -> None:
    capture.reopen()
    screen.start("xterm", "-geometry", "40x10+0+0", "-bg", "white", "-e", "sleep 100")
    screen.window("--class", "xterm")
    calm(capture)
    picture = whole(capture.grab([Box(10, 40, 20, 50)]))
    assert picture.crop((0, 0, 1280, 40)).getcolors() == [(1280 * 40, (0, 0, 0))]
    assert picture.crop((0, 40, 1280, 50)).tobytes() == (
        screen.picture().crop((0, 40, 1280, 50)).tobytes()
    )
    assert picture.crop((0, 50, 1280, 800)).getcolors() == [(1280 * 750, (0, 0, 0))]


def test_another_resolution_is_noticed_and_the_whole_screen_read_anew(
    screen: Screen, capture: X11Capture
) -> None:
    capture.reopen()
    told: list[str] = []
    capture.on_layout = lambda: told.append("layout")
    resize(screen.display, 1024, 600)
    while not told:
        assert wake(capture, 5)
    assert [monitor.box for monitor in capture.monitors()] == [Box(0, 0, 1024, 600)]
    with pytest.raises(ResizedError):
        capture.grab([Box(0, 0, 1280, 800)])
    picture = capture.reopen()
    assert (picture.width, picture.height) == (1024, 600)
    capture.grab([Box(0, 0, 10, 10)])


def test_rows_that_are_gone_do_not_end_the_program(screen: Screen, capture: X11Capture) -> None:
    capture.reopen()
    # Before the event that tells of it was read.
    resize(screen.display, 1024, 600)
    with pytest.raises(ResizedError):
        capture.grab([Box(0, 0, 1280, 800)])


def test_the_pointers_shape_and_place_are_known(screen: Screen, capture: X11Capture) -> None:
    told: list[str] = []
    capture.on_cursor = lambda: told.append("cursor")
    capture.on_pointer = lambda: told.append("pointer")
    screen.start("xterm", "-geometry", "40x10+200+100", "-e", "sleep 100")
    screen.window("--class", "xterm")
    injector = X11Injector(screen.display)
    injector.move(260, 150)
    injector.close()
    while set(told) != {"cursor", "pointer"}:
        assert wake(capture, 5)
    assert capture.pointer() == (260, 150)
    shape = capture.cursor()
    assert shape is not None
    assert len(shape.rgba) == shape.width * shape.height * 4
    assert 0 <= shape.hot_x < shape.width
    # It is a picture with something in it and something around it.
    alphas = set(shape.rgba[3::4])
    assert 0 in alphas
    assert max(alphas) == 255


def test_a_killed_x_server_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    doomed = Screen(tmp_path, "320x200x24")
    capture = X11Capture(doomed.display)
    capture.reopen()
    doomed.stop()
    with pytest.raises(CaptureError):
        capture.dispatch()
    with pytest.raises(CaptureError):
        capture.grab([Box(0, 0, 10, 10)])
    with pytest.raises(CaptureError):
        capture.take_damage()
    capture.close()


def test_no_x_server_is_an_error() -> None:
    with pytest.raises(CaptureError):
        X11Capture(":4711")


def test_a_screen_with_few_colours_is_refused(tmp_path: Path) -> None:
    old = Screen(tmp_path, "320x200x8")
    try:
        with pytest.raises(CaptureError):
            X11Capture(old.display)
    finally:
        old.stop()


def test_asking_for_the_pointer_swallows_no_news_of_damage(
    screen: Screen, capture: X11Capture
) -> None:
    capture.take_damage()
    calm(capture)
    told: list[str] = []
    capture.on_damage = lambda: told.append("damage")
    for colour in range(1, 50):
        told.clear()
        screen.paint(colour)
        # The answer to the question may bring the event along: then the socket is empty.
        capture.pointer()
        capture.cursor()
        if not told:
            assert wake(capture, 5)
        assert told
        capture.take_damage()


def test_a_shape_is_known_as_it_is_however_large_and_half_transparent(
    screen: Screen, capture: X11Capture
) -> None:
    pointer = Pointer(screen.display)
    # Premultiplied: a red of 255 at half strength.
    pointer.become(0x80800000, width=300, height=200, hot=(299, 7))
    calm(capture)
    shape = capture.cursor()
    assert shape is not None
    assert (shape.width, shape.height, shape.hot_x, shape.hot_y) == (300, 200, 299, 7)
    assert set(zip(*[iter(shape.rgba)] * 4, strict=True)) == {(255, 0, 0, 128)}
    pointer.become(0, width=16, height=16, hot=(0, 0))
    calm(capture)
    hidden = capture.cursor()
    assert hidden is not None
    assert not any(hidden.rgba)
    pointer.close()


def test_the_pictures_of_an_animated_pointer_come_again(
    screen: Screen, capture: X11Capture
) -> None:
    pointer = Pointer(screen.display)
    pointer.become(0xFF0000FF, 0xFF00FF00, width=8, height=8, hot=(0, 0))
    shapes: list[CursorShape | None] = []
    capture.on_cursor = lambda: shapes.append(capture.cursor())
    while len(shapes) < 10:
        assert wake(capture, 5)
    animated = [shape for shape in shapes if shape is not None and shape.width == 8]
    colours = {shape.rgba[:4] for shape in animated}
    assert colours == {bytes([0, 0, 255, 255]), bytes([0, 255, 0, 255])}
    # The same picture is the same object: nothing is converted twice.
    assert len({id(shape) for shape in animated}) == 2
    pointer.close()
