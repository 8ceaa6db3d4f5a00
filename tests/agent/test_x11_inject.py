"""Typing and clicking on a real X server, as it arrives in real programs."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.inject.base import InjectError
from agent.inject.x11 import X11Injector
from tests.agent.conftest import Screen, until

SENTENCE = "Grüße, 12 € für @dibuc"


@pytest.fixture
def injector(screen: Screen) -> Iterator[X11Injector]:
    made = X11Injector(screen.display)
    yield made
    made.close()


def editor(screen: Screen, output: Path) -> None:
    """Start a terminal in which every typed line goes to a file."""
    screen.start("xterm", "-u8", "-e", f"sh -c 'cat > {output}'")
    window = screen.window("--class", "xterm")
    screen.run("xdotool", "windowfocus", "--sync", window)
    until(output.exists)


def keyboard(screen: Screen) -> str:
    """Return the whole keyboard map as xmodmap or xkbcomp print it."""
    return screen.run("xkbcomp", "-xkb", screen.display, "-")


@pytest.mark.parametrize("layout", ["us", "de", "fr", "us,de", "cz"])
def test_a_sentence_arrives_whatever_the_layout(
    screen: Screen, injector: X11Injector, tmp_path: Path, layout: str
) -> None:
    screen.run("setxkbmap", "-layout", layout)
    output = tmp_path / "typed"
    editor(screen, output)
    injector.text(SENTENCE + "\nÄÖ~^`\\|{}[]#' ąłж→😀 aaBB\n")
    expected = SENTENCE + "\nÄÖ~^`\\|{}[]#' ąłж→😀 aaBB\n"
    until(lambda: output.read_text(encoding="utf-8") == expected)


def test_it_arrives_in_an_editor_with_a_window_manager(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    screen.manager()
    letter = tmp_path / "Brief.txt"
    letter.write_text("")
    screen.start("mousepad", "--disable-server", str(letter))
    window = screen.window("--class", "mousepad")
    screen.run("xdotool", "windowactivate", "--sync", window)
    injector.text(SENTENCE)
    injector.key("ControlLeft", down=True)
    injector.key("KeyS", down=True)
    injector.key("KeyS", down=False)
    injector.key("ControlLeft", down=False)
    until(lambda: letter.read_text(encoding="utf-8").strip() == SENTENCE)


def test_more_missing_characters_than_the_keyboard_has_room_for_arrive_too(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    output = tmp_path / "typed"
    editor(screen, output)
    cyrillic_and_greek = "".join(map(chr, [*range(0x410, 0x450), *range(0x3B1, 0x3CA)]))
    injector.text(cyrillic_and_greek + "\n")
    until(lambda: output.read_text(encoding="utf-8") == cyrillic_and_greek + "\n")


def test_caps_lock_and_held_modifiers_do_not_change_the_text(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    output = tmp_path / "typed"
    editor(screen, output)
    injector.key("CapsLock", down=True)
    injector.key("CapsLock", down=False)
    injector.key("ShiftLeft", down=True)
    injector.text("aB/7ß")
    injector.key("ShiftLeft", down=False)
    injector.key("Enter", down=True)
    injector.key("Enter", down=False)
    until(lambda: output.read_text(encoding="utf-8") == "aB/7ß\n")
    # Caps Lock is as it was before.
    injector.key("KeyX", down=True)
    injector.key("KeyX", down=False)
    injector.text("\n")
    until(lambda: output.read_text(encoding="utf-8") == "aB/7ß\nX\n")


def test_physical_keys_follow_the_customers_layout(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    output = tmp_path / "typed"
    editor(screen, output)
    for code in ("KeyY", "KeyZ", "Semicolon", "Enter"):
        assert injector.key(code, down=True)
        assert injector.key(code, down=False)
    until(lambda: output.read_text(encoding="utf-8") == "zyö\n")


def test_the_keyboard_is_as_before_in_the_end(screen: Screen) -> None:
    before = keyboard(screen)
    injector = X11Injector(screen.display)
    injector.text("ß € ж")
    assert keyboard(screen) != before
    injector.release()
    injector.close()
    assert keyboard(screen) == before


def test_release_lets_every_key_and_button_go(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    output = tmp_path / "typed"
    editor(screen, output)
    injector.key("ControlLeft", down=True)
    injector.key("AltLeft", down=True)
    injector.button(0, down=True)
    injector.release()
    # With Control still down this would be no text.
    injector.key("KeyD", down=True)
    injector.key("KeyD", down=False)
    injector.key("Enter", down=True)
    injector.key("Enter", down=False)
    until(lambda: output.read_text(encoding="utf-8") == "d\n")


def test_a_closed_injector_has_let_go_too(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    output = tmp_path / "typed"
    editor(screen, output)
    other = X11Injector(screen.display)
    other.key("ControlLeft", down=True)
    other.close()
    other.close()
    injector.key("KeyD", down=True)
    injector.key("KeyD", down=False)
    injector.key("Enter", down=True)
    until(lambda: output.read_text(encoding="utf-8") == "d\n")


def test_the_wheel_scrolls_and_the_mouse_marks(screen: Screen, injector: X11Injector) -> None:
    screen.start("xterm", "-geometry", "80x20+0+0", "-sb", "-e", "seq 1 200; sleep 100")
    screen.window("--class", "xterm")
    injector.move(200, 100)
    until(lambda: len(screen.picture().getcolors(1 << 20) or []) > 1)
    shown = screen.picture()
    injector.wheel(0, -60)
    injector.wheel(0, -60)
    until(lambda: screen.picture().tobytes() != shown.tobytes())
    # Two halves are one notch; as much back shows the same again.
    injector.wheel(0, 120)
    until(lambda: screen.picture().tobytes() == shown.tobytes())
    injector.move(40, 30)
    injector.button(0, down=True)
    injector.move(300, 90)
    injector.button(0, down=False)
    until(lambda: screen.picture().tobytes() != shown.tobytes())


def test_all_five_buttons_arrive_with_the_numbers_that_programs_know(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    output = tmp_path / "buttons"
    screen.start("sh", "-c", f"exec xev -event button -geometry 200x200+0+0 > {output}")
    screen.window("--name", "Event Tester")
    injector.move(100, 100)
    for button in range(5):
        injector.button(button, down=True)
        injector.button(button, down=False)

    def pressed() -> list[str]:
        lines = output.read_text().split("ButtonPress event")[1:]
        return [line.partition(" button ")[2].partition(",")[0] for line in lines]

    until(lambda: pressed() == ["1", "2", "3", "8", "9"])


def test_the_pointer_stays_on_the_screen(screen: Screen, injector: X11Injector) -> None:
    injector.move(16383, 16383)
    until(lambda: "x:1279 y:799" in screen.run("xdotool", "getmouselocation"))


def test_an_unknown_key_or_button_is_no_harm(injector: X11Injector) -> None:
    assert not injector.key("NoSuchKey", down=True)
    injector.button(17, down=True)
    injector.button(0, down=False)


def test_without_an_x_server_there_is_no_input() -> None:
    with pytest.raises(InjectError):
        X11Injector(":4711")


def test_an_x_server_without_xtest_takes_no_input(tmp_path: Path) -> None:
    bare = Screen(tmp_path, "320x200x24", "-extension", "XTEST")
    try:
        with pytest.raises(InjectError):
            X11Injector(bare.display)
    finally:
        bare.stop()


def test_a_killed_x_server_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    doomed = Screen(tmp_path, "320x200x24")
    injector = X11Injector(doomed.display)
    injector.key("ShiftLeft", down=True)
    doomed.stop()
    with contextlib.suppress(InjectError):
        injector.move(1, 1)  # may still fit into the socket's buffer
    with pytest.raises(InjectError):
        injector.text("x")
    with pytest.raises(InjectError):
        injector.close()
    injector.close()
