"""Keys, buttons and the pointer of the customer's computer, by XTEST.

Names and argument orders are those of the XTEST library's manual.
"""

import ctypes
import ctypes.util
from typing import Final

from bench.streaming.xlib import Server

LEFT: Final = 1
WHEEL_UP, WHEEL_DOWN = 4, 5


class Hands:
    """Somebody at the customer's keyboard and mouse."""

    def __init__(self, server: Server) -> None:
        """Use the connection of `server`."""
        self._server = server
        self._xtest = ctypes.CDLL(ctypes.util.find_library("Xtst") or "libXtst.so.6")
        pointer, number = ctypes.c_void_p, ctypes.c_ulong
        self._xtest.XTestFakeKeyEvent.argtypes = [pointer, ctypes.c_uint, ctypes.c_int, number]
        self._xtest.XTestFakeButtonEvent.argtypes = [pointer, ctypes.c_uint, ctypes.c_int, number]
        self._xtest.XTestFakeMotionEvent.argtypes = [pointer, *[ctypes.c_int] * 3, number]

    def move(self, x: int, y: int) -> None:
        """Move the pointer to x, y of the screen."""
        self._xtest.XTestFakeMotionEvent(self._server.display, 0, x, y, 0)
        self._server.flush()

    def button(self, number: int, *, down: bool) -> None:
        """Press or release a button."""
        self._xtest.XTestFakeButtonEvent(self._server.display, number, down, 0)
        self._server.flush()

    def click(self, number: int) -> None:
        """Press and release a button; a notch of the wheel is one, too."""
        self.button(number, down=True)
        self.button(number, down=False)

    def press(self, *names: str) -> None:
        """Press keys (names of keysyms: a, Return, Control_L) together and release them."""
        codes = [self._server.keycode(name) for name in names]
        for code in codes:
            self._xtest.XTestFakeKeyEvent(self._server.display, code, 1, 0)
        for code in reversed(codes):
            self._xtest.XTestFakeKeyEvent(self._server.display, code, 0, 0)
        self._server.flush()
