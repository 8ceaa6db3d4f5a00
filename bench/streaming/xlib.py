"""The few calls of Xlib that the workload program needs, by ctypes.

Names and argument orders are those of the Xlib manual. Everything is an integer or
an opaque pointer; errors end the program through Xlib's own handler.
"""

import ctypes
import ctypes.util
import select
from typing import Final

import numpy as np
from numpy.typing import NDArray

KEY_PRESS: Final = 2
KEYCODE_AT: Final = 84  # in an XKeyEvent on 64 bits
ANY_MODIFIER: Final = 1 << 15
GRAB_MODE_ASYNC: Final = 1
Z_PIXMAP: Final = 2
XA_PIXMAP: Final = 20
OVERRIDE_REDIRECT: Final = 1 << 9  # CWOverrideRedirect

_POINTER = ctypes.c_void_p
_ID = ctypes.c_ulong
_INT = ctypes.c_int
_UINT = ctypes.c_uint


class _Attributes(ctypes.Structure):
    """XSetWindowAttributes; only override_redirect is used."""

    _fields_ = (
        ("background_pixmap", _ID),
        ("background_pixel", _ID),
        ("border_pixmap", _ID),
        ("border_pixel", _ID),
        ("bit_gravity", _INT),
        ("win_gravity", _INT),
        ("backing_store", _INT),
        ("backing_planes", _ID),
        ("backing_pixel", _ID),
        ("save_under", _INT),
        ("event_mask", ctypes.c_long),
        ("do_not_propagate_mask", ctypes.c_long),
        ("override_redirect", _INT),
        ("colormap", _ID),
        ("cursor", _ID),
    )


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    signatures: dict[str, tuple[object, list[object]]] = {
        "XOpenDisplay": (_POINTER, [ctypes.c_char_p]),
        "XDefaultRootWindow": (_ID, [_POINTER]),
        "XDefaultVisual": (_POINTER, [_POINTER, _INT]),
        "XDefaultGC": (_POINTER, [_POINTER, _INT]),
        "XConnectionNumber": (_INT, [_POINTER]),
        "XPending": (_INT, [_POINTER]),
        "XNextEvent": (_INT, [_POINTER, _POINTER]),
        "XSync": (_INT, [_POINTER, _INT]),
        "XFlush": (_INT, [_POINTER]),
        "XFree": (_INT, [_POINTER]),
        "XStringToKeysym": (_ID, [ctypes.c_char_p]),
        "XKeysymToKeycode": (ctypes.c_ubyte, [_POINTER, _ID]),
        "XGrabKey": (_INT, [_POINTER, _INT, _UINT, _ID, _INT, _INT, _INT]),
        "XCreateSimpleWindow": (
            _ID,
            [_POINTER, _ID, _INT, _INT, _UINT, _UINT, _UINT, _ID, _ID],
        ),
        "XChangeWindowAttributes": (_INT, [_POINTER, _ID, _ID, _POINTER]),
        "XSetWindowBackgroundPixmap": (_INT, [_POINTER, _ID, _ID]),
        "XMapRaised": (_INT, [_POINTER, _ID]),
        "XMoveWindow": (_INT, [_POINTER, _ID, _INT, _INT]),
        "XClearWindow": (_INT, [_POINTER, _ID]),
        "XCreatePixmap": (_ID, [_POINTER, _ID, _UINT, _UINT, _UINT]),
        "XCreateImage": (
            _POINTER,
            [_POINTER, _POINTER, _UINT, _INT, _INT, _POINTER, _UINT, _UINT, _INT, _INT],
        ),
        "XPutImage": (
            _INT,
            [_POINTER, _ID, _POINTER, _POINTER, _INT, _INT, _INT, _INT, _UINT, _UINT],
        ),
        "XCopyArea": (
            _INT,
            [_POINTER, _ID, _ID, _POINTER, _INT, _INT, _UINT, _UINT, _INT, _INT],
        ),
        "XInternAtom": (_ID, [_POINTER, ctypes.c_char_p, _INT]),
        "XChangeProperty": (
            _INT,
            [_POINTER, _ID, _ID, _ID, _INT, _INT, ctypes.POINTER(ctypes.c_long), _INT],
        ),
        "XSetForeground": (_INT, [_POINTER, _POINTER, _ID]),
        "XFillRectangle": (_INT, [_POINTER, _ID, _POINTER, _INT, _INT, _UINT, _UINT]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Server:
    """A connection to the X server named by DISPLAY, with 24-bit TrueColor."""

    def __init__(self) -> None:
        """Connect; raises ConnectionError where no server answers."""
        self._x = _load()
        self.display: int | None = self._x.XOpenDisplay(None)
        if not self.display:
            raise ConnectionError("no X server answers at DISPLAY")
        self.root: int = self._x.XDefaultRootWindow(self.display)
        self._visual = self._x.XDefaultVisual(self.display, 0)
        self._gc = self._x.XDefaultGC(self.display, 0)
        self._event = ctypes.create_string_buffer(192)  # sizeof(XEvent) on 64 bits

    def window(self, x: int, y: int, width: int, height: int) -> int:
        """Map a window on top that no window manager touches."""
        window: int = self._x.XCreateSimpleWindow(
            self.display, self.root, x, y, width, height, 0, 0, 0
        )
        attributes = _Attributes(override_redirect=1)
        self._x.XChangeWindowAttributes(
            self.display, window, OVERRIDE_REDIRECT, ctypes.byref(attributes)
        )
        self._x.XMapRaised(self.display, window)
        return window

    def pixmap(self, picture: NDArray[np.uint8]) -> int:
        """Upload an RGB picture (height x width x 3) and return its pixmap."""
        height, width, _ = picture.shape
        data = np.zeros((height, width, 4), np.uint8)
        data[:, :, :3] = picture[:, :, ::-1]
        pixmap: int = self._x.XCreatePixmap(self.display, self.root, width, height, 24)
        image = self._x.XCreateImage(
            self.display, self._visual, 24, Z_PIXMAP, 0, data.ctypes.data, width, height, 32, 0
        )
        self._x.XPutImage(self.display, pixmap, self._gc, image, 0, 0, 0, 0, width, height)
        self._x.XSync(self.display, 0)
        self._x.XFree(image)
        return pixmap

    def background(self, window: int, pixmap: int) -> None:
        """Let the X server paint `pixmap` wherever `window` is uncovered."""
        self._x.XSetWindowBackgroundPixmap(self.display, window, pixmap)
        self._x.XClearWindow(self.display, window)

    def wallpaper(self, pixmap: int) -> None:
        """Show `pixmap` behind all windows, and say so to compositors."""
        self.background(self.root, pixmap)
        name = self._x.XInternAtom(self.display, b"_XROOTPMAP_ID", 0)
        value = ctypes.c_long(pixmap)
        self._x.XChangeProperty(
            self.display, self.root, name, XA_PIXMAP, 32, 0, ctypes.byref(value), 1
        )

    def copy(
        self, source: int, target: int, area: tuple[int, int, int, int], x: int, y: int
    ) -> None:
        """Copy `area` (x, y, width, height) of `source` to x, y of `target`."""
        self._x.XCopyArea(self.display, source, target, self._gc, *area, x, y)

    def fill(self, window: int, colour: int, area: tuple[int, int, int, int]) -> None:
        """Fill `area` (x, y, width, height) with `colour` (0xRRGGBB)."""
        self._x.XSetForeground(self.display, self._gc, colour)
        self._x.XFillRectangle(self.display, window, self._gc, *area)

    def move(self, window: int, x: int, y: int) -> None:
        """Move `window`."""
        self._x.XMoveWindow(self.display, window, x, y)

    def keycode(self, name: str) -> int:
        """Return the code of the key that has the keysym of that name."""
        keysym = self._x.XStringToKeysym(name.encode())
        code: int = self._x.XKeysymToKeycode(self.display, keysym)
        return code

    def grab_key(self, code: int) -> None:
        """Get the key's presses whatever window has the focus."""
        self._x.XGrabKey(
            self.display, code, ANY_MODIFIER, self.root, 0, GRAB_MODE_ASYNC, GRAB_MODE_ASYNC
        )

    def flush(self) -> None:
        """Send what is still in the buffer."""
        self._x.XFlush(self.display)

    def sync(self) -> None:
        """Wait until the X server has done everything."""
        self._x.XSync(self.display, 0)

    def presses(self, code: int) -> int:
        """Take the events that have come and count how often that key was pressed.

        Others' keys come too: while a grabbed key is down, everything goes to who grabbed it.
        """
        count = 0
        while self._x.XPending(self.display):
            self._x.XNextEvent(self.display, self._event)
            kind, pressed = (
                int.from_bytes(self._event.raw[at : at + 4], "little") for at in (0, KEYCODE_AT)
            )
            count += kind == KEY_PRESS and pressed == code
        return count

    def wait(self, seconds: float, *others: int) -> list[int]:
        """Sleep until an event or a byte on `others` (file numbers) comes, or the time passes."""
        number = self._x.XConnectionNumber(self.display)
        readable, _, _ = select.select([number, *others], [], [], max(0.0, seconds))
        return readable
