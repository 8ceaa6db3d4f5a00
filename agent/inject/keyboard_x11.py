"""The customer's keyboard layout under X11: which key gives which character.

What the layout lacks is put on keycodes that carry nothing, and taken off them again.
"""

import ctypes
import time
from collections import OrderedDict
from ctypes import POINTER, byref, c_int, c_ubyte, c_uint, c_ulong, c_ushort, c_void_p
from dataclasses import dataclass

from agent.xlib import Connection

SHIFT_L = 0xFFE1
LEVEL3_SHIFT = 0xFE03
LOCK_MASK = 2
USE_CORE_KEYBOARD = 0x100
UNICODE_KEYSYM = 0x01000000
# Keysyms that layouts use although a Unicode keysym exists too.
_SPECIAL = {"\n": 0xFF0D, "\t": 0xFF09, "€": 0x20AC}
# Plain, with Shift, with AltGr, with both.
LEVELS = 4
# Programs learn of a changed key by an event; a slow one needs a moment to act on it.
_LEARN = 0.03
_REUSE = 0.3


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


class Keyboard:
    """Finds the strokes for characters; read anew for each text, since layouts change."""

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
        low, high = c_int(), c_int()
        x11.XDisplayKeycodes(connection.handle, byref(low), byref(high))
        self._first, self._count = low.value, high.value - low.value + 1
        # Keysym -> keycode that carries it for us, the one used longest ago first.
        self._lent: OrderedDict[int, int] = OrderedDict()

    def strokes(self, text: str) -> list[Stroke | None]:
        """Return a stroke for each character; None where the keyboard has no room for it.

        Keycodes are lent for what is missing, at most as many as are free.
        """
        mapping = self._mapping()
        by_keysym = self._by_keysym(mapping)
        missing = OrderedDict.fromkeys(
            keysym for keysym in map(keysym_of, text) if keysym not in by_keysym
        )
        self._lend(list(missing), mapping)
        result = []
        for character in text:
            keysym = keysym_of(character)
            stroke = by_keysym.get(keysym)
            if stroke is None and keysym in self._lent:
                stroke = Stroke(self._lent[keysym])
            result.append(stroke)
        return result

    def room(self) -> int:
        """How many different missing characters one text may have."""
        mapping = self._mapping()
        return len(self._lent) + sum(not any(keysyms) for keysyms in mapping.values())

    def unlock_capitals(self) -> bool:
        """Take Caps Lock off; True if it was on and `lock_capitals` should follow."""
        state = XkbState()
        handle = self._connection.handle
        self._connection.x11.XkbGetState(handle, USE_CORE_KEYBOARD, byref(state))
        if not state.locked_mods & LOCK_MASK:
            return False
        self._connection.x11.XkbLockModifiers(handle, USE_CORE_KEYBOARD, LOCK_MASK, 0)
        return True

    def lock_capitals(self) -> None:
        """Put Caps Lock back on."""
        self._connection.x11.XkbLockModifiers(
            self._connection.handle, USE_CORE_KEYBOARD, LOCK_MASK, LOCK_MASK
        )

    def give_back(self) -> None:
        """Empty every keycode that was lent."""
        if not self._lent:
            return
        # Programs look a key up when they come to it, which may be after we are done.
        time.sleep(_REUSE)
        for keycode in self._lent.values():
            self._put(keycode, 0)
        self._lent.clear()
        self._connection.sync()

    def _mapping(self) -> dict[int, tuple[int, ...]]:
        width = c_int()
        self._connection.check()
        keysyms = self._connection.x11.XGetKeyboardMapping(
            self._connection.handle, self._first, self._count, byref(width)
        )
        self._connection.check()
        if not keysyms:
            return {}
        flat = keysyms[: self._count * width.value]
        self._connection.x11.XFree(keysyms)
        return {
            self._first + index: tuple(flat[index * width.value : (index + 1) * width.value])
            for index in range(self._count)
        }

    def _by_keysym(self, mapping: dict[int, tuple[int, ...]]) -> dict[int, Stroke]:
        state = XkbState()
        self._connection.x11.XkbGetState(self._connection.handle, USE_CORE_KEYBOARD, byref(state))
        shift, level3 = _carrier(mapping, SHIFT_L), _carrier(mapping, LEVEL3_SHIFT)
        both = shift + level3 if shift and level3 else ()
        modifiers: list[tuple[int, ...]] = [(), shift, level3, both]
        lent = set(self._lent.values())
        # Xlib keeps a copy of the layout and learns of changes by events.
        self._connection.events()
        found: dict[int, Stroke] = {}
        for level in range(LEVELS):
            if level and not modifiers[level]:
                continue
            for keycode in mapping:
                keysym = self._keysym(keycode, state.group, level)
                if keysym and keycode not in lent:
                    found.setdefault(keysym, Stroke(keycode, modifiers[level]))
        return found

    def _keysym(self, keycode: int, group: int, level: int) -> int:
        """Return what a key gives; keys without the present group give their first one."""
        handle, lookup = self._connection.handle, self._connection.x11.XkbKeycodeToKeysym
        if group and not lookup(handle, keycode, group, 0):
            group = 0
        return int(lookup(handle, keycode, group, level))

    def _lend(self, keysyms: list[int], mapping: dict[int, tuple[int, ...]]) -> None:
        wanted = [keysym for keysym in keysyms if keysym not in self._lent]
        for keysym in keysyms:
            if keysym in self._lent:
                self._lent.move_to_end(keysym)
        if not wanted:
            return
        # From the top: the low ones belong to keys that exist on some keyboards.
        free = [keycode for keycode, syms in mapping.items() if not any(syms)]
        for keysym in wanted:
            if free:
                keycode = free.pop()
            elif self._lent and next(iter(self._lent)) not in keysyms:
                time.sleep(_REUSE)
                keycode = self._lent.popitem(last=False)[1]
            else:
                break
            self._put(keycode, keysym)
            self._lent[keysym] = keycode
        self._connection.sync()
        time.sleep(_LEARN)

    def _put(self, keycode: int, keysym: int) -> None:
        # Twice: with and without Shift the same.
        pair = (c_ulong * 2)(keysym, keysym)
        self._connection.x11.XChangeKeyboardMapping(self._connection.handle, keycode, 2, pair, 1)


def _carrier(mapping: dict[int, tuple[int, ...]], keysym: int) -> tuple[int, ...]:
    """Return the keycode that carries a modifier, or nothing."""
    return tuple(keycode for keycode, syms in mapping.items() if keysym in syms[:2])[:1]
