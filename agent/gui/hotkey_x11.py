"""The key that ends the connection, whichever window has the focus."""

from ctypes import c_int, c_ubyte, c_uint, c_ulong, c_void_p

from agent.xlib import KEY_PRESS, XID, Connection

SHIFT, LOCK, CONTROL, MOD1, MOD2 = 1, 2, 4, 8, 16
ASYNC = 1
# The first that no other program has taken.
KEYS = (("E", 0x65), ("X", 0x78), ("F12", 0xFFC9))


class X11HotKey:
    """Ctrl+Alt+Shift and a letter, grabbed while it exists."""

    def __init__(self) -> None:
        """Grab it.

        Raises:
            DisplayLostError: no X server.
        """
        self._connection = Connection()
        x11 = self._connection.x11
        x11.XKeysymToKeycode.argtypes = [c_void_p, c_ulong]
        x11.XKeysymToKeycode.restype = c_ubyte
        x11.XGrabKey.argtypes = [c_void_p, c_int, c_uint, XID, c_int, c_int, c_int]
        x11.XUngrabKey.argtypes = [c_void_p, c_int, c_uint, XID]
        self.letter = next((name for name, keysym in KEYS if self._grab(keysym)), "")

    def _grab(self, keysym: int) -> bool:
        connection = self._connection
        keycode = connection.x11.XKeysymToKeycode(connection.handle, keysym)
        if not keycode:
            return False
        # Caps Lock and Num Lock count as modifiers for X: grab it with them too.
        masks = [SHIFT | CONTROL | MOD1 | extra for extra in (0, LOCK, MOD2, LOCK | MOD2)]
        for mask in masks:
            connection.x11.XGrabKey(
                connection.handle, keycode, mask, connection.root, 0, ASYNC, ASYNC
            )
        if connection.sync() == 0:
            return True
        for mask in masks:
            connection.x11.XUngrabKey(connection.handle, keycode, mask, connection.root)
        connection.sync()
        return False

    def fileno(self) -> int:
        """Return the socket to wait on."""
        return self._connection.fileno()

    def pressed(self) -> bool:
        """Read what waits; tell whether the key was pressed."""
        return KEY_PRESS in self._connection.events()

    def close(self) -> None:
        """Give the key back."""
        self._connection.close()
