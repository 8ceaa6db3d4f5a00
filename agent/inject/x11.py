"""Input under X11 by the XTEST extension."""

import time
from ctypes import c_int, c_uint, c_ulong, c_void_p

from agent.inject.base import InjectError, Injector
from agent.inject.keyboard_x11 import Keyboard, Stroke
from agent.inject.keycodes import LINUX, MODIFIERS
from agent.xlib import Connection, DisplayLostError, load

EVDEV_OFFSET = 8  # X keycodes start at 8, Linux key codes at 0
NOTCH = 120
# X has no wheel: notches are clicks of buttons 4 to 7.
WHEEL_UP, WHEEL_DOWN, WHEEL_LEFT, WHEEL_RIGHT = 4, 5, 6, 7
BUTTONS = {0: 1, 1: 2, 2: 3, 3: 8, 4: 9}
MAX_NOTCHES = 20
CHARACTERS_AT_ONCE = 16
PAUSE = 0.005


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

    def key(self, code: str, *, down: bool) -> bool:
        number = LINUX.get(code)
        if number is None:
            return False
        keycode = number + EVDEV_OFFSET
        if down == (keycode in self._keys):
            # X repeats a held key by itself; a repetition from outside would double it.
            return True
        with _Translated():
            self._fake_key(keycode, down=down)
            self._connection.flush()
        return True

    def text(self, text: str) -> None:
        with _Translated():
            # What the technician holds would turn the characters into others.
            held = [k for k in self._keys if k - EVDEV_OFFSET in MODIFIERS.values()]
            for keycode in held:
                self._fake_key(keycode, down=False)
            capitals = self._keyboard.unlock_capitals()
            size = max(1, min(CHARACTERS_AT_ONCE, self._keyboard.room()))
            for start in range(0, len(text), size):
                self._type(text[start : start + size])
            if capitals:
                self._keyboard.lock_capitals()
            for keycode in held:
                self._fake_key(keycode, down=True)
            self._connection.flush()

    def _type(self, text: str) -> None:
        for stroke in self._keyboard.strokes(text):
            if stroke is not None:
                self._stroke(stroke)
        self._connection.sync()
        time.sleep(PAUSE)

    def _stroke(self, stroke: Stroke) -> None:
        for keycode in stroke.modifiers:
            self._fake_key(keycode, down=True)
        self._fake_key(stroke.keycode, down=True)
        self._fake_key(stroke.keycode, down=False)
        for keycode in reversed(stroke.modifiers):
            self._fake_key(keycode, down=False)

    def _fake_key(self, keycode: int, *, down: bool) -> None:
        self._xtest.XTestFakeKeyEvent(self._connection.handle, keycode, int(down), 0)
        if down:
            self._keys[keycode] = None
        else:
            self._keys.pop(keycode, None)

    def _fake_button(self, number: int, *, down: bool) -> None:
        self._xtest.XTestFakeButtonEvent(self._connection.handle, number, int(down), 0)
        (self._buttons.add if down else self._buttons.discard)(number)

    def release(self) -> None:
        with _Translated():
            for keycode in reversed(list(self._keys)):
                self._fake_key(keycode, down=False)
            for number in list(self._buttons):
                self._fake_button(number, down=False)
            self._turned = {"x": 0, "y": 0}
            self._keyboard.give_back()
            self._connection.sync()

    def close(self) -> None:
        if self._connection.handle is None:
            return
        try:
            self.release()
        finally:
            self._connection.close()


class _Translated:
    """A lost display is an `InjectError`, which is all that the rest of the agent knows."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, DisplayLostError):
            raise InjectError(str(error)) from error
