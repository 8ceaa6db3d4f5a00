"""Every pair of keyboards: what the technician means is what the customer's programs get."""

import random
import re
import sys
import time
from collections.abc import Iterator
from ctypes import c_uint, c_void_p
from pathlib import Path

import pytest

from agent.inject.base import CustomerTypingError
from agent.inject.x11 import X11Injector
from agent.xlib import Connection
from tests.agent.conftest import Screen, until

LAYOUTS = ["de", "us", "fr", "ru", "us,ru", "ch", "pl", "gr", "de(nodeadkeys)", "cz"]
# Letters, digits, the third level of several keyboards, what dead keys make, other scripts.
MIXED = (
    "The quick brown Fox 0123456789 äöüßÄÖÜ ẞ @€{[]}\\|~ ^°´`¨ áéíóúñçàèêëœ ąćęłńóśźż "
    "жЩыЯёъ αβγδΏ <>;:_-#'+*!\"§$%&/()=? →•…„“ 😀🎉 日本語"
)


@pytest.fixture
def injector(screen: Screen) -> Iterator[X11Injector]:
    made = X11Injector(screen.display)
    yield made
    made.close()


class KeyLog:
    """A window that writes down which keys arrive, and with which modifiers."""

    def __init__(self, screen: Screen, path: Path) -> None:
        self._path = path
        screen.start("sh", "-c", f"exec xev -event keyboard > {path}")
        window = screen.window("--name", "Event Tester")
        screen.run("xdotool", "windowfocus", "--sync", window)

    def shortcuts(self) -> list[str]:
        """Return what was pressed: names of modifiers and keysym, as `Ctrl z`."""
        names = {1: "Shift", 4: "Ctrl", 8: "Alt", 64: "Super"}
        said = []
        text = self._path.read_text(encoding="utf-8")
        for state, keysym in re.findall(
            r"^KeyPress.*?state (0x[0-9a-f]+), keycode \d+ \(keysym 0x[0-9a-f]+, (\w+)\)",
            text,
            re.MULTILINE | re.DOTALL,
        ):
            if not re.match("Control|Shift|Alt|Super|ISO_Level3|Num_|Caps_", keysym):
                held = [name for bit, name in names.items() if int(state, 16) & bit]
                said.append(" ".join([*held, keysym]))
        return said


def press(injector: X11Injector, held: list[str], code: str, label: str | None) -> None:
    """Press a shortcut as the technician's page tells it."""
    for modifier in held:
        injector.key(modifier, down=True)
    injector.key(code, down=True, label=label)
    injector.key(code, down=False)
    for modifier in reversed(held):
        injector.key(modifier, down=False)


def choose_group(screen: Screen, group: int) -> None:
    """Choose one of the layouts that the customer has set up, as his task bar does."""
    connection = Connection(screen.display)
    connection.x11.XkbLockGroup.argtypes = [c_void_p, c_uint, c_uint]
    connection.x11.XkbLockGroup(connection.handle, 0x100, group)
    connection.sync()
    connection.close()


def editor(screen: Screen, output: Path) -> None:
    """Start a terminal in which every typed line goes to a file."""
    screen.start("xterm", "-u8", "-e", f"sh -c 'cat > {output}'")
    window = screen.window("--class", "xterm")
    screen.run("xdotool", "windowfocus", "--sync", window)
    until(output.exists)


def arrives(output: Path, text: str) -> None:
    """Wait until exactly that text is in the file."""
    try:
        until(lambda: output.read_text(encoding="utf-8") == text)
    except AssertionError:
        assert output.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_character_arrives_on_every_layout(
    screen: Screen, injector: X11Injector, tmp_path: Path, layout: str
) -> None:
    screen.run("setxkbmap", "-layout", layout)
    output = tmp_path / "typed"
    editor(screen, output)
    assert injector.text(MIXED + "\n") == ""
    arrives(output, MIXED + "\n")


TK_FIELD = """
import pathlib, sys, tkinter
root = tkinter.Tk()
field = tkinter.Text(root)
field.pack()
field.focus_force()
def save():
    pathlib.Path(sys.argv[1]).write_text(field.get("1.0", "end-1c"), encoding="utf-8")
    root.after(50, save)
save()
root.mainloop()
"""


def test_every_character_arrives_in_a_program_of_tk(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    output = tmp_path / "typed"
    screen.start(sys.executable, "-c", TK_FIELD, str(output))
    window = screen.window("--class", "tk")
    until(output.exists)
    screen.run("xdotool", "windowfocus", "--sync", window)
    # Tk 8.6 itself knows no characters beyond the basic plane.
    text = "".join(character for character in MIXED if character <= "\uffff")
    injector.text(text)
    arrives(output, text)


def test_every_character_arrives_in_a_program_of_gtk(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    screen.manager()
    letter = tmp_path / "Brief.txt"
    letter.write_text("")
    screen.start("mousepad", "--disable-server", str(letter))
    screen.run("xdotool", "windowactivate", "--sync", screen.window("--class", "mousepad"))
    text = MIXED * 3
    injector.text(text)
    press(injector, ["ControlLeft"], "KeyS", "s")
    until(lambda: letter.read_text(encoding="utf-8").strip() == text.strip())


# Name of the technician's layout, code and label of his key: Z of Germany is Y of America,
# A of France is Q of America, on Cyrillic and Greek keys the Latin letter is printed too.
UNDO = [("de", "KeyY", "z"), ("us", "KeyZ", "z"), ("fr", "KeyW", "z"), ("ru", "KeyZ", "z")]


@pytest.mark.parametrize(
    ("layout", "keysym"),
    [("de", "z"), ("us", "z"), ("fr", "z"), ("ch", "z"), ("pl", "z"), ("us,ru", "z"), ("cz", "z")],
)
def test_undo_is_the_key_with_a_z_on_it_at_both_ends(
    screen: Screen, injector: X11Injector, tmp_path: Path, layout: str, keysym: str
) -> None:
    screen.run("setxkbmap", "-layout", layout)
    log = KeyLog(screen, tmp_path / "keys")
    for _technician, code, label in UNDO:
        press(injector, ["ControlLeft"], code, label)
    until(lambda: len(log.shortcuts()) >= len(UNDO))
    assert log.shortcuts() == [f"Ctrl {keysym}"] * len(UNDO)


def test_on_a_keyboard_without_latin_letters_shortcuts_are_where_they_are_printed(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "ru")
    log = KeyLog(screen, tmp_path / "keys")
    press(injector, ["ControlLeft"], "KeyY", "z")
    press(injector, ["ControlLeft"], "KeyQ", "a")
    until(lambda: len(log.shortcuts()) >= 2)
    # Programs take these keys for Z and A there.
    assert log.shortcuts() == ["Ctrl Cyrillic_ya", "Ctrl Cyrillic_ef"]


def test_a_russian_group_that_is_chosen_at_the_moment_is_no_hindrance(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de,ru")
    choose_group(screen, 1)
    log = KeyLog(screen, tmp_path / "keys")
    press(injector, ["ControlLeft"], "KeyZ", "z")
    until(log.shortcuts)
    # The key that carries Z in the German group, wherever Z is on the technician's.
    assert log.shortcuts()[-1] == "Ctrl z"


@pytest.mark.parametrize(
    ("layout", "wanted"),
    [
        ("us", ["Ctrl plus", "Ctrl minus", "Ctrl Shift T", "Alt F4", "Ctrl slash", "Ctrl comma"]),
        ("de", ["Ctrl plus", "Ctrl minus", "Ctrl Shift T", "Alt F4", "Ctrl slash", "Ctrl comma"]),
        ("fr", ["Ctrl plus", "Ctrl minus", "Ctrl Shift T", "Alt F4", "Ctrl slash", "Ctrl comma"]),
    ],
)
def test_signs_are_found_where_the_customer_has_them_with_or_without_shift(
    screen: Screen, injector: X11Injector, tmp_path: Path, layout: str, wanted: list[str]
) -> None:
    screen.run("setxkbmap", "-layout", layout)
    log = KeyLog(screen, tmp_path / "keys")
    press(injector, ["ControlLeft"], "BracketRight", "+")
    press(injector, ["ControlLeft"], "Slash", "-")
    press(injector, ["ControlLeft", "ShiftLeft"], "KeyT", "t")
    press(injector, ["AltLeft"], "F4", None)
    # A German slash, which is Shift and 7 there, so the technician holds Shift.
    press(injector, ["ControlLeft", "ShiftLeft"], "Digit7", "/")
    press(injector, ["ControlLeft"], "Comma", ",")
    until(lambda: len(log.shortcuts()) >= len(wanted))
    order = {"Shift": 0, "Ctrl": 1, "Alt": 2}
    said = [
        " ".join(sorted(entry.split(), key=lambda word: order.get(word, 9)))
        for entry in log.shortcuts()
    ]
    plain = [entry.replace("Shift ", "") for entry in said]
    assert plain == [entry.replace("Shift ", "") for entry in wanted]
    assert said[2] == "Shift Ctrl T"


def test_what_no_key_of_the_customer_has_is_pressed_by_its_place(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "us")
    log = KeyLog(screen, tmp_path / "keys")
    press(injector, ["ControlLeft"], "Semicolon", "ö")
    press(injector, ["MetaLeft"], "KeyR", "r")
    until(lambda: len(log.shortcuts()) >= 2)
    assert log.shortcuts() == ["Ctrl semicolon", "Super r"]


def test_a_text_of_500_mixed_characters_arrives_whole_and_fast(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    output = tmp_path / "typed"
    editor(screen, output)
    chooser = random.Random(5)  # noqa: S311 (a text, no secret)
    text = "".join(chooser.choice("abcdefghij ABÄöß€@12{}→жя😀") for _ in range(500))
    began = time.process_time()
    injector.text(text)
    # A thousand such texts a day cost a customer's processor nothing that anybody would notice.
    assert time.process_time() - began < 1
    injector.text("\n")
    arrives(output, text + "\n")


def test_a_cyrillic_text_on_a_german_keyboard_arrives_whole(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    output = tmp_path / "typed"
    editor(screen, output)
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю! ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ " * 3
    injector.text(text + "\n")
    arrives(output, text + "\n")


def test_text_follows_the_group_that_the_customer_has_chosen(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "us,ru")
    output = tmp_path / "typed"
    editor(screen, output)
    for group in (0, 1, 0):
        choose_group(screen, group)
        injector.text("zя ü\n")
    arrives(output, "zя ü\n" * 3)


def test_a_layout_that_the_customer_changes_meanwhile_is_noticed(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    output = tmp_path / "typed"
    editor(screen, output)
    injector.text("äж€z\n")
    screen.run("setxkbmap", "-layout", "fr")
    injector.text("äж€za\n")
    screen.run("setxkbmap", "-layout", "us")
    injector.text("äж€zaé\n")
    arrives(output, "äж€z\näж€za\näж€zaé\n")


def test_locks_of_the_customer_change_no_text_and_stay(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    screen.run("setxkbmap", "-layout", "de")
    output = tmp_path / "typed"
    editor(screen, output)
    for lock, place in (("CapsLock", 0), ("NumLock", 1)):
        was_on = injector.locks()[place]
        injector.key(lock, down=True)
        injector.key(lock, down=False)
        assert injector.locks()[place] != was_on
    before = injector.locks()
    injector.text("aÄß7ж\n")
    assert injector.locks() == before
    arrives(output, "aÄß7ж\n")


def test_while_the_customer_holds_control_no_text_becomes_a_shortcut(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    output = tmp_path / "typed"
    editor(screen, output)
    screen.run("xdotool", "keydown", "ctrl")
    with pytest.raises(CustomerTypingError):
        injector.text("cd\n")
    screen.run("xdotool", "keyup", "ctrl")
    injector.text("x\n")
    arrives(output, "x\n")


def test_what_the_technician_holds_is_held_again_after_a_text(
    screen: Screen, injector: X11Injector, tmp_path: Path
) -> None:
    log = KeyLog(screen, tmp_path / "keys")
    injector.key("ControlLeft", down=True)
    injector.text("a")
    injector.key("KeyB", down=True)
    injector.release()
    until(lambda: len(log.shortcuts()) >= 2)
    assert log.shortcuts() == ["a", "Ctrl b"]


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "\x1b[A", "\u202e", "\ufffe", "\U0010ffff"])
def test_hostile_characters_are_typed_or_told_and_nothing_breaks(
    screen: Screen, injector: X11Injector, text: str
) -> None:
    assert set(injector.text(text)) <= set(text)
    assert injector.text("a") == ""
