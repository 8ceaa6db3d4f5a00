"""Which strokes type a text under X11, whatever layout the customer has.

What the layout lacks is put on keycodes that carry nothing, and taken off them again.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator

from agent.inject.layout_x11 import GROUPS, Layout, Stroke, keysym_of
from agent.xlib import Connection

# Programs learn of a changed key by an event; a slow one needs a moment to act on it.
_LEARN = 0.03
# They look up what a key means when they come to it: only then it may change again.
_REUSE = 0.3
# Modifiers that make another character or a shortcut of a key: Shift, Control, Alt, Super, AltGr.
TELLING_MODIFIERS = 0b1100_1101
NUM_LOCK = 0b0001_0000


class Keyboard:
    """Finds the strokes for characters; lends keycodes to those that the layout lacks."""

    def __init__(self, connection: Connection) -> None:
        """Use a connection that belongs to the injector's thread."""
        self._connection = connection
        self._layout = Layout(connection)
        # Keycode -> what it carries for us, the one used longest ago first.
        self._lent: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._used_at = 0.0

    @property
    def lent(self) -> frozenset[int]:
        """The keycodes that carry something for us now."""
        return frozenset(self._lent)

    def strokes(self, text: str) -> Iterator[list[Stroke | None]]:
        """Yield the strokes of a text, in pieces as long as the keyboard has room for.

        A stroke stands for each character, None where no key can be had for it. A piece has to
        be typed before the next one is asked for, since its keys may change then.
        """
        while text:
            length = self._lend_for(text)
            group = self._layout.state().group
            found = self._layout.strokes(group)
            piece = [found.get(keysym_of(character)) for character in text[:length]]
            lent = [s.keycode for s in piece if s is not None and s.keycode in self._lent]
            for keycode in lent:
                self._lent.move_to_end(keycode)
            yield piece
            if lent:
                self._used_at = time.monotonic()
            text = text[length:]

    def labelled(self, character: str) -> Stroke | None:
        """Return the stroke for a key by what is printed on it, for a shortcut.

        A letter counts in any group of the layout, but only where it needs no modifier; other
        characters with Shift too. None: the customer has no such key.
        """
        keysym, group = keysym_of(character), self._layout.state().group
        fitting: list[tuple[int, ...]] = [(), self._layout.shift()]
        if character.isalpha():
            fitting.pop()
        for candidate in (group, *(g for g in range(GROUPS) if g != group)):
            stroke = self._layout.strokes(candidate).get(keysym)
            if stroke and stroke.modifiers in fitting and stroke.keycode not in self._lent:
                return stroke
        return None

    def held_by_customer(self) -> bool:
        """Whether a modifier is down. Asked while none of ours is, it is the customer's."""
        return bool(self._layout.state().base_mods & TELLING_MODIFIERS)

    def locks(self) -> tuple[bool, bool, bool]:
        """Return whether Caps Lock, Num Lock and Scroll Lock are on."""
        caps, num, scroll = self._layout.indicators((b"Caps Lock", b"Num Lock", b"Scroll Lock"))
        return caps, num, scroll

    def unlock(self) -> int:
        """Take Caps Lock and the like off; return what `lock` has to put back."""
        locked: int = self._layout.state().locked_mods & ~NUM_LOCK
        if locked:
            self._layout.lock(locked, 0)
        return locked

    def lock(self, locked: int) -> None:
        """Put back what `unlock` took off."""
        if locked:
            self._layout.lock(locked, locked)

    def give_back(self) -> None:
        """Empty every keycode that was lent."""
        if not self._lent:
            return
        self._wait_until_read()
        keysyms = self._layout.keysyms()
        for keycode, ours in self._lent.items():
            # With another layout it may belong to somebody else by now.
            if keysyms[keycode][:2] == ours:
                self._layout.put(keycode, (0, 0))
        self._lent.clear()
        self._connection.sync()

    def _lend_for(self, text: str) -> int:
        """Lend what the text lacks, as far as there is room; return for how many characters."""
        found = self._layout.strokes(self._layout.state().group)
        keysyms = self._layout.keysyms()
        for keycode, ours in list(self._lent.items()):
            if keysyms[keycode][:2] != ours:
                # The customer has chosen another layout, which knows nothing of us.
                del self._lent[keycode]
        free = [k for k, carried in keysyms.items() if not any(carried) and k not in self._lent]
        room = 2 * (len(free) + len(self._lent))
        missing: OrderedDict[int, None] = OrderedDict()
        needed: set[int] = set()
        length = 0
        for character in text:
            keysym = keysym_of(character)
            stroke = found.get(keysym)
            more_missing = missing.keys() | ({keysym} if stroke is None else set())
            more_needed = needed | ({stroke.keycode} & self._lent.keys() if stroke else set())
            if room and len(more_missing) + 2 * len(more_needed) > room:
                break
            missing.update(dict.fromkeys(more_missing - missing.keys()))
            needed = more_needed
            length += 1
        if missing and room:
            self._lend(list(missing), free, needed)
        return max(1, length)

    def _lend(self, keysyms: list[int], free: list[int], needed: set[int]) -> None:
        # A key that carries one character has room for a second one, with Shift.
        halves = [keycode for keycode, (plain, shifted) in self._lent.items() if plain == shifted]
        if len(keysyms) > len(halves) + 2 * len(free):
            # Some keys have to change: then those in use for nothing else change as a whole.
            halves = [keycode for keycode in halves if keycode in needed]
        for keycode in halves[: len(keysyms)]:
            self._put(keycode, (self._lent[keycode][0], keysyms.pop(0)))
            needed.add(keycode)
        waited = False
        while keysyms:
            if free:
                # From the top: the low ones belong to keys that exist on some keyboards.
                keycode = free.pop()
            else:
                old = next((k for k in self._lent if k not in needed), None)
                if old is None:
                    break
                if not waited:
                    self._wait_until_read()
                    waited = True
                keycode = old
            plain = keysyms.pop(0)
            self._put(keycode, (plain, keysyms.pop(0) if keysyms else plain))
            needed.add(keycode)
        self._connection.sync()
        time.sleep(_LEARN)

    def _put(self, keycode: int, keysyms: tuple[int, int]) -> None:
        self._layout.put(keycode, keysyms)
        self._lent[keycode] = keysyms
        self._lent.move_to_end(keycode)

    def _wait_until_read(self) -> None:
        time.sleep(max(0.0, self._used_at + _REUSE - time.monotonic()))
