"""Where pixels are read from: the screen itself, or a copy that the X server converts.

The rest of the agent knows pixels of 8 bits a colour in 4 bytes. A screen that keeps others (16 or
30 bits) is drawn onto a pixmap of 24 bits by the X server, which does it strip by strip.
"""

import ctypes
from ctypes import POINTER, byref, c_int, c_uint, c_ulong, c_void_p
from typing import Protocol

from agent.capture.base import Box, ResizedError
from agent.xlib import XID, Connection, DisplayLostError, load

NORMAL_DEPTHS = frozenset((24, 32))
CONVERTED_DEPTH = 24
# Below, a pixel is a number in a table of colours.
LEAST_DEPTH = 15
PICT_STANDARD_RGB24 = 1
PICT_OP_SRC = 1
CP_SUBWINDOW_MODE = 1 << 8
INCLUDE_INFERIORS = 1


class XRenderPictureAttributes(ctypes.Structure):
    """Only the field that is used; the others are not read without their bit in the mask."""

    _fields_ = (
        ("repeat", c_int),
        ("alpha_map", c_ulong),
        ("alpha_x_origin", c_int),
        ("alpha_y_origin", c_int),
        ("clip_x_origin", c_int),
        ("clip_y_origin", c_int),
        ("clip_mask", c_ulong),
        ("graphics_exposures", c_int),
        ("subwindow_mode", c_int),
        ("poly_edge", c_int),
        ("poly_mode", c_int),
        ("dither", c_ulong),
        ("component_alpha", c_int),
    )


class Source(Protocol):
    """A drawable that shows a part of the screen."""

    drawable: int
    depth: int

    def place(self, top: int, bottom: int) -> tuple[int, int]:
        """Bring these rows of the part up to date; return where their first pixel is in it."""

    def close(self) -> None:
        """Let it go."""


class Root:
    """The screen itself."""

    def __init__(self, connection: Connection, depth: int, part: Box) -> None:
        self.drawable = connection.root
        self.depth = depth
        self._part = part

    def place(self, top: int, _bottom: int) -> tuple[int, int]:
        """Return where the row begins: nothing needs to be done."""
        return self._part.x0, self._part.y0 + top

    def close(self) -> None:
        """Nothing is held."""


class Converted:
    """A pixmap of 24 bits onto which the X server draws the screen's pixels."""

    def __init__(self, connection: Connection, part: Box) -> None:
        """Prepare.

        Raises:
            DisplayLostError: the X server cannot convert this screen's pixels.
        """
        self.depth = CONVERTED_DEPTH
        self._connection = connection
        self._part = part
        x11, handle, root = connection.x11, connection.handle, connection.root
        self._render = _render(connection)
        x11.XDefaultVisual.argtypes = [c_void_p, c_int]
        x11.XDefaultVisual.restype = c_void_p
        x11.XCreatePixmap.argtypes = [c_void_p, XID, c_uint, c_uint, c_uint]
        x11.XCreatePixmap.restype = XID
        x11.XFreePixmap.argtypes = [c_void_p, XID]
        kept = self._render.XRenderFindVisualFormat(handle, x11.XDefaultVisual(handle, 0))
        wanted = self._render.XRenderFindStandardFormat(handle, PICT_STANDARD_RGB24)
        if not kept or not wanted:
            raise DisplayLostError("a screen whose pixels the X server cannot convert")
        width, height = part.x1 - part.x0, part.y1 - part.y0
        attributes = XRenderPictureAttributes(subwindow_mode=INCLUDE_INFERIORS)
        self.drawable = int(x11.XCreatePixmap(handle, root, width, height, CONVERTED_DEPTH))
        self._screen = self._render.XRenderCreatePicture(
            handle, root, kept, CP_SUBWINDOW_MODE, byref(attributes)
        )
        self._copy = self._render.XRenderCreatePicture(handle, self.drawable, wanted, 0, None)
        if connection.sync():
            raise DisplayLostError("a screen whose pixels the X server cannot convert")

    def place(self, top: int, bottom: int) -> tuple[int, int]:
        """Have the rows converted; return where the first one begins in the pixmap.

        Raises:
            ResizedError: the screen no longer has them.
        """
        part = self._part
        width, height, _depth = self._connection.geometry()
        if part.x1 > width or part.y1 > height:
            # Of what is not there the pixmap would keep what was there before.
            raise ResizedError("the screen no longer has this part")
        self._render.XRenderComposite(
            self._connection.handle, PICT_OP_SRC, self._screen, 0, self._copy,
            part.x0, part.y0 + top, 0, 0, 0, top, part.x1 - part.x0, bottom - top,
        )  # fmt: skip
        return 0, top

    def close(self) -> None:
        """Free what the X server holds for it."""
        handle = self._connection.handle
        if handle is not None:
            self._render.XRenderFreePicture(handle, self._screen)
            self._render.XRenderFreePicture(handle, self._copy)
            self._connection.x11.XFreePixmap(handle, self.drawable)


def source_of(connection: Connection, depth: int, part: Box) -> Source:
    """Return what a part of the screen can be read from as pixels of 24 bits.

    Raises:
        DisplayLostError: the X server cannot convert this screen's pixels.
    """
    if depth in NORMAL_DEPTHS:
        return Root(connection, depth, part)
    if depth < LEAST_DEPTH:
        raise DisplayLostError(f"a screen of {depth} bits a pixel cannot be read")
    return Converted(connection, part)


def _render(connection: Connection) -> ctypes.CDLL:
    if connection.extension("RENDER") is None:
        raise DisplayLostError("a screen whose pixels the X server cannot convert")
    render = load("libXrender.so.1")
    render.XRenderFindVisualFormat.argtypes = [c_void_p, c_void_p]
    render.XRenderFindVisualFormat.restype = c_void_p
    render.XRenderFindStandardFormat.argtypes = [c_void_p, c_int]
    render.XRenderFindStandardFormat.restype = c_void_p
    render.XRenderCreatePicture.argtypes = [
        c_void_p, XID, c_void_p, c_ulong, POINTER(XRenderPictureAttributes)
    ]  # fmt: skip
    render.XRenderCreatePicture.restype = XID
    render.XRenderFreePicture.argtypes = [c_void_p, XID]
    render.XRenderComposite.argtypes = [
        c_void_p, c_int, XID, XID, XID, c_int, c_int, c_int, c_int, c_int, c_int, c_uint, c_uint
    ]  # fmt: skip
    return render
