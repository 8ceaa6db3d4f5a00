"""What happens on an X screen: damage, the pointer's shape and its moves.

All of it comes as events; nothing is asked again and again.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_ulong, c_void_p

from PIL import Image

from agent.capture.base import Box, CursorShape
from agent.xlib import STRUCTURE_NOTIFY_MASK, XID, Connection, DisplayLostError, load

DAMAGE_NON_EMPTY = 3
CURSOR_NOTIFY_MASK = 1
ALL_MASTER_DEVICES = 1
RAW_MOTION = 17
# Larger than any pointer that a person would want.
MAX_CURSOR_SIDE = 2048
# An animated pointer comes round to the same pictures again and again.
MAX_SHAPES = 64


class XRectangle(ctypes.Structure):
    """A rectangle of a region."""

    _fields_ = (
        ("x", ctypes.c_short),
        ("y", ctypes.c_short),
        ("width", ctypes.c_ushort),
        ("height", ctypes.c_ushort),
    )


class XFixesCursorImage(ctypes.Structure):
    """The pointer's shape; a pixel is a whole long, premultiplied ARGB."""

    _fields_ = (
        ("x", ctypes.c_short),
        ("y", ctypes.c_short),
        ("width", ctypes.c_ushort),
        ("height", ctypes.c_ushort),
        ("xhot", ctypes.c_ushort),
        ("yhot", ctypes.c_ushort),
        ("serial", c_ulong),
        ("pixels", c_void_p),
    )


class XIEventMask(ctypes.Structure):
    """What to be told about a device (XInput 2)."""

    _fields_ = (("deviceid", c_int), ("mask_len", c_int), ("mask", c_char_p))


class Watch:
    """Damage, the pointer's shape and its moves: all as events, none by asking again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._damage_lib = load("libXdamage.so.1")
        self._fixes = load("libXfixes.so.3")
        handle = connection.handle
        damage_base, fixes_base, error = c_int(), c_int(), c_int()
        self._damage_lib.XDamageQueryExtension.argtypes = [
            c_void_p, POINTER(c_int), POINTER(c_int)
        ]  # fmt: skip
        if not self._damage_lib.XDamageQueryExtension(handle, byref(damage_base), byref(error)):
            raise DisplayLostError("the X server has no DAMAGE extension")
        self._fixes.XFixesQueryExtension.argtypes = [c_void_p, POINTER(c_int), POINTER(c_int)]
        if not self._fixes.XFixesQueryExtension(handle, byref(fixes_base), byref(error)):
            raise DisplayLostError("the X server has no XFIXES extension")
        self._shapes: dict[int, CursorShape | None] = {}
        self.damage_event = damage_base.value
        self.cursor_event = fixes_base.value + 1
        self._declare()
        self._damage = self._damage_lib.XDamageCreate(handle, connection.root, DAMAGE_NON_EMPTY)
        self._region = self._fixes.XFixesCreateRegion(handle, None, 0)
        self._fixes.XFixesSelectCursorInput(handle, connection.root, CURSOR_NOTIFY_MASK)
        connection.x11.XSelectInput(handle, connection.root, STRUCTURE_NOTIFY_MASK)
        self._select_motion()
        connection.sync()

    def _declare(self) -> None:
        self._damage_lib.XDamageCreate.argtypes = [c_void_p, XID, c_int]
        self._damage_lib.XDamageCreate.restype = XID
        self._damage_lib.XDamageSubtract.argtypes = [c_void_p, XID, XID, XID]
        self._fixes.XFixesCreateRegion.argtypes = [c_void_p, c_void_p, c_int]
        self._fixes.XFixesCreateRegion.restype = XID
        self._fixes.XFixesFetchRegion.argtypes = [c_void_p, XID, POINTER(c_int)]
        self._fixes.XFixesFetchRegion.restype = POINTER(XRectangle)
        self._fixes.XFixesSelectCursorInput.argtypes = [c_void_p, XID, c_ulong]
        self._fixes.XFixesGetCursorImage.argtypes = [c_void_p]
        self._fixes.XFixesGetCursorImage.restype = POINTER(XFixesCursorImage)

    def _select_motion(self) -> None:
        """Ask for raw pointer motion; without XInput 2 the technician just sees no pointer."""
        if self._connection.extension("XInputExtension") is None:
            return
        try:
            xinput = load("libXi.so.6")
        except DisplayLostError:
            return
        xinput.XIQueryVersion.argtypes = [c_void_p, POINTER(c_int), POINTER(c_int)]
        xinput.XISelectEvents.argtypes = [c_void_p, XID, POINTER(XIEventMask), c_int]
        major, minor = c_int(2), c_int(2)
        if xinput.XIQueryVersion(self._connection.handle, byref(major), byref(minor)) != 0:
            return
        bits = bytearray(RAW_MOTION // 8 + 1)
        bits[RAW_MOTION // 8] |= 1 << (RAW_MOTION % 8)
        mask = XIEventMask(ALL_MASTER_DEVICES, len(bits), bytes(bits))
        xinput.XISelectEvents(self._connection.handle, self._connection.root, byref(mask), 1)

    def take_damage(self) -> list[Box]:
        handle = self._connection.handle
        self._connection.check()
        self._damage_lib.XDamageSubtract(handle, self._damage, 0, self._region)
        count = c_int()
        rectangles = self._fixes.XFixesFetchRegion(handle, self._region, byref(count))
        self._connection.check()
        if not rectangles:
            return []
        boxes = [
            Box(max(r.x, 0), max(r.y, 0), r.x + r.width, r.y + r.height)
            for r in rectangles[: count.value]
        ]
        self._connection.x11.XFree(rectangles)
        return boxes

    def cursor(self) -> CursorShape | None:
        self._connection.check()
        image = self._fixes.XFixesGetCursorImage(self._connection.handle)
        self._connection.check()
        if not image:
            return None
        serial = image.contents.serial
        if serial not in self._shapes:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            self._shapes[serial] = _shape(image.contents)
        self._connection.x11.XFree(image)
        return self._shapes[serial]


def _shape(image: XFixesCursorImage) -> CursorShape | None:
    """Return what the X server keeps in longs, premultiplied."""
    width, height = image.width, image.height
    if not (0 < width <= MAX_CURSOR_SIDE and 0 < height <= MAX_CURSOR_SIDE):
        return None
    octets = ctypes.string_at(image.pixels, width * height * ctypes.sizeof(c_ulong))
    # Of a long the lower half; the X library's longs have the machine's order of bytes.
    argb = memoryview(octets).cast("I")[:: ctypes.sizeof(c_ulong) // 4].tobytes()
    picture = Image.frombytes("RGBA", (width, height), argb, "raw", "BGRa")
    hot_x, hot_y = min(image.xhot, width - 1), min(image.yhot, height - 1)
    return CursorShape(picture.tobytes(), width, height, hot_x, hot_y)
