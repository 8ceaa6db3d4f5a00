"""The customer's keyboard layout under X11, read and kept until it changes."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_ubyte, c_uint, c_ulong, c_ushort, c_void_p
from dataclasses import dataclass

from agent.xlib import Connection

SHIFT_L = 0xFFE1
LEVEL3_SHIFT = 0xFE03
USE_CORE_KEYBOARD = 0x100
# Another keyboard, and another meaning of its keys (X11/extensions/XKB.h).
NEW_KEYBOARD_AND_MAP = 3
UNICODE_KEYSYM = 0x01000000
# Keysyms that layouts use although a Unicode keysym exists too.
_SPECIAL = {"\n": 0xFF0D, "\t": 0xFF09, "€": 0x20AC}
GROUPS = 4


class XkbState(ctypes.Structure):
    """The keyboard's state."""

    _fields_ = (
        ("group", c_ubyte),
        ("locked_group", c_ubyte),
        ("base_group", c_ushort),
        ("latched_group", c_ushort),
        ("mods", c_ubyte),
        ("base_mods", c_ubyte),
        ("latched_mods", c_ubyte),
        ("locked_mods", c_ubyte),
        ("rest", c_ubyte * 8),
    )


@dataclass(frozen=True, slots=True)
class Stroke:
    """A keycode, and those of the modifiers that belong to it."""

    keycode: int
    modifiers: tuple[int, ...] = ()


def keysym_of(character: str) -> int:
    """Return the X keysym of a character (X11 protocol, appendix A)."""
    if character in _SPECIAL:
        return _SPECIAL[character]
    point = ord(character)
    latin1 = 0x20 <= point <= 0x7E or 0xA0 <= point <= 0xFF  # noqa: PLR2004 (ISO 8859-1)
    return point if latin1 else UNICODE_KEYSYM + point


class Layout:
    """What each key gives. Reading it takes milliseconds, so it is read once per change."""

    def __init__(self, connection: Connection) -> None:
        """Use a connection that belongs to the injector's thread."""
        self._connection = connection
        x11 = connection.x11
        x11.XDisplayKeycodes.argtypes = [c_void_p, POINTER(c_int), POINTER(c_int)]
        x11.XGetKeyboardMapping.argtypes = [c_void_p, c_ubyte, c_int, POINTER(c_int)]
        x11.XGetKeyboardMapping.restype = POINTER(c_ulong)
        x11.XChangeKeyboardMapping.argtypes = [
            c_void_p, c_int, c_int, POINTER(c_ulong), c_int
        ]  # fmt: skip
        x11.XkbKeycodeToKeysym.argtypes = [c_void_p, c_ubyte, c_int, c_int]
        x11.XkbKeycodeToKeysym.restype = c_ulong
        x11.XkbGetState.argtypes = [c_void_p, c_uint, POINTER(XkbState)]
        x11.XkbLockModifiers.argtypes = [c_void_p, c_uint, c_uint, c_uint]
        x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        x11.XInternAtom.restype = c_ulong
        x11.XkbGetNamedIndicator.argtypes = [
            c_void_p, c_ulong, POINTER(c_int), POINTER(c_int), c_void_p, POINTER(c_int)
        ]  # fmt: skip
        x11.XkbSelectEvents.argtypes = [c_void_p, c_uint, c_ulong, c_ulong]
        x11.XkbSelectEvents(
            connection.handle, USE_CORE_KEYBOARD, NEW_KEYBOARD_AND_MAP, NEW_KEYBOARD_AND_MAP
        )
        low, high = c_int(), c_int()
        x11.XDisplayKeycodes(connection.handle, byref(low), byref(high))
        self._first, self._count = low.value, high.value - low.value + 1
        self._keysyms: dict[int, tuple[int, ...]] = {}
        self._strokes: dict[int, dict[int, Stroke]] = {}

    def state(self) -> XkbState:
        """Return the state of now: group and modifiers."""
        state = XkbState()
        self._connection.check()
        self._connection.x11.XkbGetState(self._connection.handle, USE_CORE_KEYBOARD, byref(state))
        return state

    def indicators(self, names: tuple[bytes, ...]) -> tuple[bool, ...]:
        """Return which of the keyboard's lights are on, such as `Caps Lock`."""
        x11, handle = self._connection.x11, self._connection.handle
        self._connection.check()
        found = []
        for name in names:
            lit = c_int()
            x11.XkbGetNamedIndicator(
                handle, x11.XInternAtom(handle, name, 0), None, byref(lit), None, None
            )
            found.append(bool(lit.value))
        return tuple(found)

    def lock(self, affected: int, locked: int) -> None:
        """Lock and unlock modifiers: of the bits `affected`, those in `locked` are on."""
        self._connection.x11.XkbLockModifiers(
            self._connection.handle, USE_CORE_KEYBOARD, affected, locked
        )

    def keysyms(self) -> dict[int, tuple[int, ...]]:
        """Return what each keycode carries, in the order of the core protocol."""
        self._notice_changes()
        if not self._keysyms:
            width = c_int()
            self._connection.check()
            keysyms = self._connection.x11.XGetKeyboardMapping(
                self._connection.handle, self._first, self._count, byref(width)
            )
            self._connection.check()
            if keysyms:
                flat = keysyms[: self._count * width.value]
                self._connection.x11.XFree(keysyms)
                self._keysyms = {
                    self._first + i: tuple(flat[i * width.value : (i + 1) * width.value])
                    for i in range(self._count)
                }
        return self._keysyms

    def shift(self) -> tuple[int, ...]:
        """Return the keycode of Shift, or nothing where there is none."""
        return _carrier(self.keysyms(), SHIFT_L)

    def strokes(self, group: int) -> dict[int, Stroke]:
        """Return which stroke gives a keysym while that group is chosen, the plainest one."""
        keysyms = self.keysyms()
        if group not in self._strokes:
            shift, level3 = self.shift(), _carrier(keysyms, LEVEL3_SHIFT)
            both = shift + level3 if shift and level3 else ()
            found: dict[int, Stroke] = {}
            for level, modifiers in enumerate([(), shift, level3, both]):
                if level and not modifiers:
                    continue
                for keycode in keysyms:
                    keysym = self._keysym(keycode, group, level)
                    if keysym:
                        found.setdefault(keysym, Stroke(keycode, modifiers))
            self._strokes[group] = found
        return self._strokes[group]

    def put(self, keycode: int, keysyms: tuple[int, int]) -> None:
        """Let a key give one keysym plain and one with Shift, in every group."""
        pair = (c_ulong * 2)(*keysyms)
        self._connection.x11.XChangeKeyboardMapping(self._connection.handle, keycode, 2, pair, 1)

    def _notice_changes(self) -> None:
        """Forget what was read if the server has told of another layout since."""
        if self._connection.events():
            self._keysyms = {}
            self._strokes = {}

    def _keysym(self, keycode: int, group: int, level: int) -> int:
        """Return what a key gives; keys without the present group give their first one."""
        handle, lookup = self._connection.handle, self._connection.x11.XkbKeycodeToKeysym
        if group and not lookup(handle, keycode, group, 0):
            group = 0
        return int(lookup(handle, keycode, group, level))


def _carrier(keysyms: dict[int, tuple[int, ...]], keysym: int) -> tuple[int, ...]:
    """Return the keycode that carries a modifier, or nothing."""
    return tuple(keycode for keycode, syms in keysyms.items() if keysym in syms[:2])[:1]
