"""The few calls of Xlib that the agent needs, by ctypes.

Each part of the agent opens a connection of its own, so that no two threads share one.
X errors are noted and never end the process: a window may vanish between two requests,
and that is nobody's fault. Import this module before Tk is started: Tk puts its own
handler in front of ours and passes on what is not about its windows.
"""

import ctypes
import ctypes.util
import logging
import os
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Any

log = logging.getLogger(__name__)

# Event types of the core protocol (X11/X.h).
KEY_PRESS = 2
CONFIGURE_NOTIFY = 22
STRUCTURE_NOTIFY_MASK = 1 << 17
QUEUED_ALREADY, QUEUED_AFTER_FLUSH = 0, 2

XID = c_ulong


class DisplayLostError(Exception):
    """The X server is gone or cannot be reached."""


class XErrorEvent(ctypes.Structure):
    """What Xlib tells about a failed request."""

    _fields_ = (
        ("type", c_int),
        ("display", c_void_p),
        ("resourceid", c_ulong),
        ("serial", c_ulong),
        ("error_code", ctypes.c_ubyte),
        ("request_code", ctypes.c_ubyte),
        ("minor_code", ctypes.c_ubyte),
    )


class XEvent(ctypes.Union):
    """Any event. Only its type is read here."""

    _fields_ = (("type", c_int), ("pad", c_long * 24))


ErrorHandler = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(XErrorEvent))
IoErrorHandler = ctypes.CFUNCTYPE(c_int, c_void_p)
ExitHandler = ctypes.CFUNCTYPE(None, c_void_p, c_void_p)


def load(name: str) -> ctypes.CDLL:
    """Return a shared library of the X Window System.

    Raises:
        DisplayLostError: it is not installed.
    """
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise DisplayLostError(f"{name} is missing") from error


_errors: dict[int, int] = {}
_lost: set[int] = set()
_state: dict[str, Any] = {}


def _on_error(display: int, event: Any) -> int:
    _errors[display] = event.contents.error_code
    log.debug("X error %d on request %d", event.contents.error_code, event.contents.request_code)
    return 0


def _on_io_error(_display: int) -> int:
    # Xlib's own would print and end the process.
    return 0


def _on_exit(display: int, _data: int) -> None:
    # Xlib would call exit() here. The connection is only marked: who uses it next is told.
    _lost.add(display)


# Xlib keeps the addresses: these must live as long as the process.
_error_handler = ErrorHandler(_on_error)
_io_error_handler = IoErrorHandler(_on_io_error)
_exit_handler = ExitHandler(_on_exit)


def xlib() -> ctypes.CDLL:
    """libX11 with its prototypes and our error handler, loaded once."""
    if "x11" not in _state:
        x11 = load("libX11.so.6")
        _declare(x11)
        x11.XInitThreads()
        x11.XSetErrorHandler(_error_handler)
        if hasattr(x11, "XSetIOErrorExitHandler"):
            x11.XSetIOErrorHandler(_io_error_handler)
        _state["x11"] = x11
    library: ctypes.CDLL = _state["x11"]
    return library


def _declare(x11: ctypes.CDLL) -> None:
    """Arguments and results: without them ctypes would cut pointers to 32 bits."""
    x11.XOpenDisplay.argtypes = [c_char_p]
    x11.XOpenDisplay.restype = c_void_p
    x11.XSetErrorHandler.argtypes = [ErrorHandler]
    x11.XSetErrorHandler.restype = c_void_p
    for name in ("XCloseDisplay", "XConnectionNumber", "XFlush", "XDefaultScreen"):
        getattr(x11, name).argtypes = [c_void_p]
    x11.XSync.argtypes = [c_void_p, c_int]
    x11.XEventsQueued.argtypes = [c_void_p, c_int]
    x11.XNextEvent.argtypes = [c_void_p, POINTER(XEvent)]
    x11.XDefaultRootWindow.argtypes = [c_void_p]
    x11.XDefaultRootWindow.restype = XID
    x11.XSelectInput.argtypes = [c_void_p, XID, c_long]
    x11.XGetGeometry.argtypes = [
        c_void_p, XID, POINTER(XID), POINTER(c_int), POINTER(c_int),
        POINTER(c_uint), POINTER(c_uint), POINTER(c_uint), POINTER(c_uint),
    ]  # fmt: skip
    x11.XQueryPointer.argtypes = [
        c_void_p, XID, POINTER(XID), POINTER(XID), POINTER(c_int), POINTER(c_int),
        POINTER(c_int), POINTER(c_int), POINTER(c_uint),
    ]  # fmt: skip
    x11.XFree.argtypes = [c_void_p]
    x11.XQueryExtension.argtypes = [
        c_void_p, c_char_p, POINTER(c_int), POINTER(c_int), POINTER(c_int)
    ]  # fmt: skip
    # Since libX11 1.7; with an older one the program ends with the X server.
    if hasattr(x11, "XSetIOErrorExitHandler"):
        x11.XSetIOErrorHandler.argtypes = [IoErrorHandler]
        x11.XSetIOErrorHandler.restype = c_void_p
        x11.XSetIOErrorExitHandler.argtypes = [c_void_p, ExitHandler, c_void_p]


class Connection:
    """One connection to the X server, used by one thread at a time."""

    def __init__(self, display_name: str | None = None) -> None:
        """Connect.

        Args:
            display_name: for instance ':0'; None takes the environment's DISPLAY.

        Raises:
            DisplayLostError: no X server answers.
        """
        self.x11 = xlib()
        encoded = os.fsencode(display_name) if display_name else None
        handle = self.x11.XOpenDisplay(encoded)
        if not handle:
            raise DisplayLostError(display_name or os.environ.get("DISPLAY", "no DISPLAY set"))
        self.handle: int | None = handle
        _lost.discard(handle)
        if hasattr(self.x11, "XSetIOErrorExitHandler"):
            self.x11.XSetIOErrorExitHandler(handle, _exit_handler, None)
        self.root = int(self.x11.XDefaultRootWindow(handle))
        self._event = XEvent()

    def fileno(self) -> int:
        """Return the socket to wait on."""
        return int(self.x11.XConnectionNumber(self.handle))

    def check(self) -> int:
        """Return the error code of the last failed request since the last check, or 0.

        Raises:
            DisplayLostError: the X server is gone.
        """
        if self.handle is None or self.handle in _lost:
            raise DisplayLostError("the X server is gone")
        return _errors.pop(self.handle, 0)

    def sync(self) -> int:
        """Wait until the server has done everything; the last error's code, or 0."""
        self.check()
        self.x11.XSync(self.handle, 0)
        return self.check()

    def flush(self) -> None:
        """Send what is waiting."""
        self.check()
        self.x11.XFlush(self.handle)

    def events(self, *, read: bool = True) -> list[int]:
        """Return the types of all events that wait, oldest first.

        Args:
            read: look into the socket, too; what an answer brought along is there already.
        """
        types = []
        self.check()
        for mode in (QUEUED_ALREADY, QUEUED_AFTER_FLUSH) if read else (QUEUED_ALREADY,):
            for _ in range(self.x11.XEventsQueued(self.handle, mode)):
                self.x11.XNextEvent(self.handle, byref(self._event))
                types.append(int(self._event.type))
        self.check()
        return types

    def extension(self, name: str) -> tuple[int, int] | None:
        """Major opcode and first event of an extension, or None without it."""
        opcode, event, error = c_int(), c_int(), c_int()
        encoded = name.encode("ascii")
        found = self.x11.XQueryExtension(
            self.handle, encoded, byref(opcode), byref(event), byref(error)
        )
        return (opcode.value, event.value) if found else None

    def geometry(self) -> tuple[int, int, int]:
        """Width, height and depth of the screen as it is now (Xlib's own figures grow old)."""
        self.check()
        root, x, y = XID(), c_int(), c_int()
        width, height, border, depth = c_uint(), c_uint(), c_uint(), c_uint()
        done = self.x11.XGetGeometry(
            self.handle, self.root, byref(root), byref(x), byref(y),
            byref(width), byref(height), byref(border), byref(depth),
        )  # fmt: skip
        self.check()
        if not done:
            raise DisplayLostError("the screen cannot be read")
        return width.value, height.value, depth.value

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is, in pixels of the screen."""
        self.check()
        root, child, mask = XID(), XID(), c_uint()
        x, y, window_x, window_y = c_int(), c_int(), c_int(), c_int()
        self.x11.XQueryPointer(
            self.handle, self.root, byref(root), byref(child), byref(x), byref(y),
            byref(window_x), byref(window_y), byref(mask),
        )  # fmt: skip
        self.check()
        return x.value, y.value

    def close(self) -> None:
        """Close the connection; doing it twice is harmless."""
        if self.handle is not None:
            if self.handle not in _lost:
                self.x11.XCloseDisplay(self.handle)
            self.handle = None


def owned_bytes(pointer: int, length: int) -> bytes:
    """Return a copy of memory that Xlib owns."""
    return bytes((c_char * length).from_address(pointer).raw)
