"""Input under X11 by the XTEST extension."""

import time
from ctypes import c_int, c_uint, c_ulong, c_void_p

from agent.inject.base import CustomerTypingError, InjectError, Injector
from agent.inject.guard_x11 import Guard, Sign
from agent.inject.keyboard_x11 import Keyboard
from agent.inject.keycodes import LINUX, MODIFIERS
from agent.inject.layout_x11 import Stroke
from agent.xlib import Connection, DisplayLostError, load

EVDEV_OFFSET = 8  # X keycodes start at 8, Linux key codes at 0
NOTCH = 120
# X has no wheel: notches are clicks of buttons 4 to 7.
WHEEL_UP, WHEEL_DOWN, WHEEL_LEFT, WHEEL_RIGHT = 4, 5, 6, 7
BUTTONS = {0: 1, 1: 2, 2: 3, 3: 8, 4: 9}
MAX_NOTCHES = 20
# Seconds of rest after so many characters: programs drop what comes faster than they can take.
CHARACTERS_AT_ONCE = 16
PAUSE = 0.005
# Seconds to wait for the customer's own Shift or Control to come up.
PATIENCE = 0.5
_HELD = {LINUX[code] + EVDEV_OFFSET for code in MODIFIERS}
_SHIFTS = [LINUX[code] + EVDEV_OFFSET for code in ("ShiftLeft", "ShiftRight")]


class X11Injector(Injector):
    """XTEST on the screen named by DISPLAY."""

    def __init__(self, display_name: str | None = None) -> None:
        """Connect.

        Raises:
            InjectError: no X server, or one without XTEST.
        """
        try:
            self._connection = Connection(display_name)
            self._xtest = load("libXtst.so.6")
        except DisplayLostError as error:
            raise InjectError(str(error)) from error
        if self._connection.extension("XTEST") is None:
            raise InjectError("the X server has no XTEST extension")
        self._xtest.XTestFakeMotionEvent.argtypes = [c_void_p, c_int, c_int, c_int, c_ulong]
        self._xtest.XTestFakeButtonEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
        self._xtest.XTestFakeKeyEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
        self._keyboard = Keyboard(self._connection)
        self._guard = Guard(display_name)
        # KeyboardEvent.code -> the keycode that was pressed for it.
        self._codes: dict[str, int] = {}
        self._keys: dict[int, None] = {}
        self._buttons: set[int] = set()
        self._turned = {"x": 0, "y": 0}

    def move(self, x: int, y: int) -> None:
        with _Translated():
            self._xtest.XTestFakeMotionEvent(self._connection.handle, -1, x, y, 0)
            self._connection.flush()

    def button(self, button: int, *, down: bool) -> None:
        number = BUTTONS.get(button)
        if number is None or down == (number in self._buttons):
            return
        with _Translated():
            self._fake_button(number, down=down)
            self._connection.flush()

    def wheel(self, dx: int, dy: int) -> None:
        with _Translated():
            self._turn("x", dx, WHEEL_LEFT, WHEEL_RIGHT)
            self._turn("y", dy, WHEEL_UP, WHEEL_DOWN)
            self._connection.flush()

    def _turn(self, axis: str, amount: int, backward: int, forward: int) -> None:
        self._turned[axis] += amount
        notches = int(self._turned[axis] / NOTCH)
        self._turned[axis] -= notches * NOTCH
        number = forward if notches > 0 else backward
        for _ in range(min(abs(notches), MAX_NOTCHES)):
            self._fake_button(number, down=True)
            self._fake_button(number, down=False)

    def key(self, code: str, *, down: bool, label: str | None = None) -> bool:
        with _Translated():
            if not down:
                keycode = self._codes.pop(code, None)
                if keycode is not None and keycode not in self._codes.values():
                    self._fake_key(keycode, down=False)
            elif code not in self._codes:
                stroke = self._labelled(label) if label else None
                keycode = stroke.keycode if stroke else _keycode(code)
                if keycode is None:
                    return False
                self._codes[code] = keycode
                if stroke is None or label is None or label.isalpha():
                    self._fake_key(keycode, down=True)
                else:
                    self._press_shifted(stroke)
            self._connection.flush()
        return True

    def _labelled(self, label: str) -> Stroke | None:
        stroke = self._keyboard.labelled(label)
        if stroke is None and label.isascii() and label.isalpha():
            # A layout without Latin letters: its keys have them printed as on an American one.
            keycode = _keycode(f"Key{label.upper()}")
            return Stroke(keycode) if keycode is not None else None
        return stroke

    def _press_shifted(self, stroke: Stroke) -> None:
        """Press a key whose character needs Shift or needs it up, whatever is held."""
        held = [keycode for keycode in _SHIFTS if keycode in self._keys]
        shift = () if held else stroke.modifiers
        lifted = held if not stroke.modifiers else []
        for keycode in lifted:
            self._fake_key(keycode, down=False)
        for keycode in shift:
            self._fake_key(keycode, down=True)
        self._fake_key(stroke.keycode, down=True)
        for keycode in shift:
            self._fake_key(keycode, down=False)
        for keycode in lifted:
            self._fake_key(keycode, down=True)

    def text(self, text: str) -> str:
        with _Translated():
            # What the technician holds would turn the characters into others.
            held = [keycode for keycode in self._keys if keycode in _HELD]
            for keycode in held:
                self._fake_key(keycode, down=False)
            try:
                return self._type(text)
            finally:
                for keycode in held:
                    self._fake_key(keycode, down=True)
                self._connection.flush()

    def _type(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while self._keyboard.held_by_customer():
            if time.monotonic() > deadline:
                raise CustomerTypingError
            time.sleep(PAUSE)
        lent = self._keyboard.lent
        missing: dict[str, None] = {}
        locked = self._keyboard.unlock()
        typed = 0
        for piece in self._keyboard.strokes(text):
            self._guard.tell_lent(lent, self._keyboard.lent)
            lent = self._keyboard.lent
            for stroke in piece:
                if stroke is None:
                    missing[text[typed]] = None
                else:
                    self._stroke(stroke)
                typed += 1
                if typed % CHARACTERS_AT_ONCE == 0:
                    self._connection.sync()
                    time.sleep(PAUSE)
        self._keyboard.lock(locked)
        return "".join(missing)

    def locks(self) -> tuple[bool, bool, bool]:
        with _Translated():
            return self._keyboard.locks()

    def _stroke(self, stroke: Stroke) -> None:
        for keycode in stroke.modifiers:
            self._fake_key(keycode, down=True)
        self._fake_key(stroke.keycode, down=True)
        self._fake_key(stroke.keycode, down=False)
        for keycode in reversed(stroke.modifiers):
            self._fake_key(keycode, down=False)

    def _fake_key(self, keycode: int, *, down: bool) -> None:
        self._guard.tell(Sign.KEY_DOWN if down else Sign.KEY_UP, keycode)
        self._xtest.XTestFakeKeyEvent(self._connection.handle, keycode, int(down), 0)
        if down:
            self._keys[keycode] = None
        else:
            self._keys.pop(keycode, None)

    def _fake_button(self, number: int, *, down: bool) -> None:
        self._guard.tell(Sign.BUTTON_DOWN if down else Sign.BUTTON_UP, number)
        self._xtest.XTestFakeButtonEvent(self._connection.handle, number, int(down), 0)
        (self._buttons.add if down else self._buttons.discard)(number)

    def release(self) -> None:
        with _Translated():
            for keycode in reversed(list(self._keys)):
                self._fake_key(keycode, down=False)
            self._codes.clear()
            for number in list(self._buttons):
                self._fake_button(number, down=False)
            self._turned = {"x": 0, "y": 0}
            self._connection.sync()

    def close(self) -> None:
        if self._connection.handle is None:
            return
        try:
            self.release()
            with _Translated():
                self._keyboard.give_back()
        finally:
            self._connection.close()
            self._guard.close()


def _keycode(code: str) -> int | None:
    number = LINUX.get(code)
    return None if number is None else number + EVDEV_OFFSET


class _Translated:
    """A lost display is an `InjectError`, which is all that the rest of the agent knows."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DisplayLostError):
            raise InjectError(str(error)) from error
