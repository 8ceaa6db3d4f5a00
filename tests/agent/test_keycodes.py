"""Physical keys: every code stands for a key of its own, and for the right one."""

from ctypes import c_char_p, c_int, c_ubyte, c_ulong, c_void_p

from agent.inject.keycodes import LINUX, MODIFIERS
from agent.inject.x11 import EVDEV_OFFSET
from agent.protocol import control
from agent.xlib import Connection
from tests.agent.conftest import Screen

# Some keys of each block, and what the American layout has on them.
KEYSYMS = {
    "KeyA": "a", "KeyZ": "z", "KeyM": "m", "Digit1": "1", "Digit0": "0", "Digit9": "9",
    "F1": "F1", "F10": "F10", "F11": "F11", "F12": "F12", "Minus": "minus", "Slash": "slash",
    "Backquote": "grave", "IntlBackslash": "less", "Escape": "Escape", "Enter": "Return",
    "Backspace": "BackSpace", "Delete": "Delete", "Home": "Home", "PageDown": "Next",
    "ArrowLeft": "Left", "ArrowDown": "Down", "ControlRight": "Control_R", "MetaLeft": "Super_L",
    "ContextMenu": "Menu", "NumpadEnter": "KP_Enter", "NumpadDivide": "KP_Divide",
    "PrintScreen": "Print", "CapsLock": "Caps_Lock", "NumLock": "Num_Lock",
}  # fmt: skip


def test_no_two_codes_stand_for_the_same_key() -> None:
    assert len(set(LINUX.values())) == len(LINUX)


def test_every_code_can_be_sent() -> None:
    for code in LINUX:
        message = control.Key(code, down=True)
        assert control.parse_from_technician(control.dump(message)) == message


def test_modifiers_are_keys_too() -> None:
    assert MODIFIERS.items() <= LINUX.items()


def test_the_keys_are_where_x_has_them(screen: Screen) -> None:
    screen.run("setxkbmap", "-layout", "us")
    connection = Connection(screen.display)
    x11 = connection.x11
    x11.XStringToKeysym.argtypes = [c_char_p]
    x11.XStringToKeysym.restype = c_ulong
    x11.XkbKeycodeToKeysym.argtypes = [c_void_p, c_ubyte, c_int, c_int]
    x11.XkbKeycodeToKeysym.restype = c_ulong
    there = {
        code: x11.XkbKeycodeToKeysym(connection.handle, LINUX[code] + EVDEV_OFFSET, 0, 0)
        for code in KEYSYMS
    }
    assert there == {
        code: x11.XStringToKeysym(name.encode("ascii")) for code, name in KEYSYMS.items()
    }
    connection.close()
