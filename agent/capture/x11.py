"""The screen under X11: XDamage to wake up, MIT-SHM strips of rows to read.

Two connections: `watch` receives events in the event loop's thread, `grab` reads pixels in
the worker's. Damage is taken before the pixels are read, so a change in between is at worst
reported twice, never lost.
"""

import asyncio
import ctypes
import logging
import os
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_ulong, c_void_p
from typing import TypeVar

from agent.capture.base import (
    Box,
    Capture,
    CaptureError,
    CursorShape,
    Picture,
    ResizedError,
    row_intervals,
)
from agent.xlib import (
    CONFIGURE_NOTIFY,
    STRUCTURE_NOTIFY_MASK,
    XID,
    Connection,
    DisplayLostError,
    load,
    owned_bytes,
    xlib,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

Z_PIXMAP = 2
ALL_PLANES = c_ulong(-1).value
DAMAGE_NON_EMPTY = 3
CURSOR_NOTIFY_MASK = 1
GENERIC_EVENT = 35
ALL_MASTER_DEVICES = 1
RAW_MOTION = 17
IPC_PRIVATE = 0
IPC_CREAT_PRIVATE = 0o1600
IPC_RMID = 0
BYTES_PER_PIXEL = 4
MAX_CURSOR_SIDE = 128


class XImage(ctypes.Structure):
    """Xlib's picture in memory, up to the fields that are used."""

    _fields_ = (
        ("width", c_int),
        ("height", c_int),
        ("xoffset", c_int),
        ("format", c_int),
        ("data", c_void_p),
        ("byte_order", c_int),
        ("bitmap_unit", c_int),
        ("bitmap_bit_order", c_int),
        ("bitmap_pad", c_int),
        ("depth", c_int),
        ("bytes_per_line", c_int),
        ("bits_per_pixel", c_int),
        ("red_mask", c_ulong),
        ("green_mask", c_ulong),
        ("blue_mask", c_ulong),
        ("obdata", c_void_p),
        ("create_image", c_void_p),
        ("destroy_image", ctypes.CFUNCTYPE(c_int, c_void_p)),
    )


class XShmSegmentInfo(ctypes.Structure):
    """A shared memory segment as the MIT-SHM extension knows it."""

    _fields_ = (("shmseg", c_ulong), ("shmid", c_int), ("shmaddr", c_void_p), ("readonly", c_int))


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
        ("pixels", POINTER(c_ulong)),
    )


class XIEventMask(ctypes.Structure):
    """What to be told about a device (XInput 2)."""

    _fields_ = (("deviceid", c_int), ("mask_len", c_int), ("mask", c_char_p))


def _ignore() -> None:
    """Nobody has asked yet."""


def _report(error: CaptureError) -> None:
    log.error("%s", error)


class X11Capture(Capture):
    """The whole root window of one X screen."""

    def __init__(self, display_name: str | None = None, *, shared_memory: bool = True) -> None:
        """Connect and start watching.

        Args:
            display_name: for instance ':0'; None takes the environment's DISPLAY.
            shared_memory: False reads over the socket even where MIT-SHM is there.

        Raises:
            CaptureError: no X server, or one whose screen cannot be read.
        """
        self.on_damage = _ignore
        self.on_cursor = _ignore
        self.on_pointer = _ignore
        self.on_lost = _report
        self._loop: asyncio.AbstractEventLoop | None = None
        try:
            self._watch = Connection(display_name)
            self._grab = Connection(display_name)
            self._watching = _Watch(self._watch)
            self._resized = False
            self._reader = _Reader(self._grab, shared_memory=shared_memory)
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        loop.add_reader(self.fileno(), self._readable)

    def detach(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self.fileno())
            self._loop = None

    def _readable(self) -> None:
        try:
            self.dispatch()
        except CaptureError as error:
            self.detach()
            self.on_lost(error)

    def fileno(self) -> int:
        """Return the socket on which the X server tells what happens."""
        return self._watch.fileno()

    def dispatch(self) -> None:
        """Read what the X server has told and call the callbacks.

        Raises:
            CaptureError: the screen is gone.
        """
        try:
            types = set(self._watch.events())
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        if CONFIGURE_NOTIFY in types:
            self._resized = True
        if self._watching.damage_event in types or CONFIGURE_NOTIFY in types:
            self.on_damage()
        if self._watching.cursor_event in types:
            self.on_cursor()
        if GENERIC_EVENT in types:
            self.on_pointer()

    def take_damage(self) -> list[Box]:
        return self._ask(self._watching.take_damage)

    def size(self) -> tuple[int, int]:
        return self._ask(self._watch.geometry)[:2]

    def _ask(self, question: Callable[[], T]) -> T:
        """Make a round trip. It may read events from the socket, for which nobody would wake up."""
        try:
            answer = question()
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        self.dispatch()
        return answer

    def grab(self, boxes: list[Box]) -> Picture:
        if self._resized:
            raise ResizedError("the screen has a new size")
        try:
            self._reader.read(boxes)
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        return self._reader.picture

    def reopen(self) -> Picture:
        self._resized = False
        try:
            self._reader.allocate()
            width, height = self._reader.picture.width, self._reader.picture.height
            self._reader.read([Box(0, 0, width, height)])
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        return self._reader.picture

    def cursor(self) -> CursorShape | None:
        return self._ask(self._watching.cursor)

    def pointer(self) -> tuple[int, int]:
        return self._ask(self._watch.pointer)

    def partial(self) -> bool:
        # Under Wayland an X server shows only those programs that still speak X11. Newer ones
        # say what they are, older ones only the environment does.
        nested = self._watch.extension("XWAYLAND") is not None
        return nested or os.environ.get("XDG_SESSION_TYPE") == "wayland"

    def close(self) -> None:
        self.detach()
        self._reader.release()
        self._watch.close()
        self._grab.close()


class _Watch:
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
        shape = image.contents
        width, height = shape.width, shape.height
        pixels = shape.pixels[: width * height]
        hot_x, hot_y = shape.xhot, shape.yhot
        self._connection.x11.XFree(image)
        if not (0 < width <= MAX_CURSOR_SIDE and 0 < height <= MAX_CURSOR_SIDE):
            return None
        rgba = b"".join(_straight(pixel & 0xFFFFFFFF) for pixel in pixels)
        return CursorShape(rgba, width, height, min(hot_x, width - 1), min(hot_y, height - 1))


def _straight(argb: int) -> bytes:
    """One premultiplied ARGB pixel as straight RGBA."""
    alpha = argb >> 24
    if not alpha:
        return b"\0\0\0\0"
    parts = ((argb >> 16) & 0xFF, (argb >> 8) & 0xFF, argb & 0xFF)
    return bytes([*(min(255, part * 255 // alpha) for part in parts), alpha])


class _Reader:
    """Memory as large as the screen, filled strip by strip."""

    picture: Picture

    def __init__(self, connection: Connection, *, shared_memory: bool) -> None:
        self._connection = connection
        self._ext: ctypes.CDLL | None = None
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._info = XShmSegmentInfo()
        self._image: ctypes._Pointer[XImage] | None = None
        self._own: ctypes.Array[ctypes.c_char] | None = None
        self._declare()
        if shared_memory:
            self._try_shared_memory()
        self.allocate()

    def _declare(self) -> None:
        x11 = xlib()
        x11.XDefaultVisual.argtypes = [c_void_p, c_int]
        x11.XDefaultVisual.restype = c_void_p
        x11.XGetImage.argtypes = [
            c_void_p, XID, c_int, c_int, c_uint, c_uint, c_ulong, c_int
        ]  # fmt: skip
        x11.XGetImage.restype = POINTER(XImage)
        self._libc.shmget.argtypes = [c_int, c_size_t, c_int]
        self._libc.shmat.argtypes = [c_int, c_void_p, c_int]
        self._libc.shmat.restype = c_void_p
        self._libc.shmdt.argtypes = [c_void_p]
        self._libc.shmctl.argtypes = [c_int, c_int, c_void_p]

    def _try_shared_memory(self) -> None:
        try:
            ext = load("libXext.so.6")
        except DisplayLostError:
            return
        ext.XShmQueryExtension.argtypes = [c_void_p]
        ext.XShmCreateImage.argtypes = [
            c_void_p, c_void_p, c_uint, c_int, c_void_p, POINTER(XShmSegmentInfo), c_uint, c_uint
        ]  # fmt: skip
        ext.XShmCreateImage.restype = POINTER(XImage)
        for name in ("XShmAttach", "XShmDetach"):
            getattr(ext, name).argtypes = [c_void_p, POINTER(XShmSegmentInfo)]
        ext.XShmGetImage.argtypes = [c_void_p, XID, POINTER(XImage), c_int, c_int, c_ulong]
        if ext.XShmQueryExtension(self._connection.handle):
            self._ext = ext

    def allocate(self) -> None:
        """Memory for the screen's present size.

        Raises:
            DisplayLostError: the server is gone or keeps its pixels in an unknown way.
        """
        self.release()
        width, height, depth = self._connection.geometry()
        if self._ext is not None and not self._allocate_shared(width, height, depth):
            # A server on another machine has the extension but not our memory.
            self._ext = None
        if self._ext is None:
            self._allocate_own(width, height)

    def _allocate_shared(self, width: int, height: int, depth: int) -> bool:
        assert self._ext is not None  # noqa: S101 (for the type checker)
        handle = self._connection.handle
        visual = self._connection.x11.XDefaultVisual(handle, 0)
        image = self._ext.XShmCreateImage(
            handle, visual, depth, Z_PIXMAP, None, byref(self._info), width, height
        )
        if not image:
            return False
        stride = image.contents.bytes_per_line
        layout = _layout(image.contents)
        size = stride * height
        self._info.shmid = self._libc.shmget(IPC_PRIVATE, size, IPC_CREAT_PRIVATE)
        if self._info.shmid < 0:
            return False
        address = self._libc.shmat(self._info.shmid, None, 0)
        if address in (None, c_size_t(-1).value):
            self._libc.shmctl(self._info.shmid, IPC_RMID, None)
            return False
        self._info.shmaddr = address
        self._info.readonly = 0
        self._ext.XShmAttach(handle, byref(self._info))
        failed = self._connection.sync()
        # Marked for removal at once: nothing stays behind however the agent ends.
        self._libc.shmctl(self._info.shmid, IPC_RMID, None)
        if failed:
            self._libc.shmdt(address)
            return False
        self._image = image
        memory = (ctypes.c_char * size).from_address(address)
        self.picture = Picture(width, height, stride, layout, memoryview(memory).cast("B"))
        return True

    def _allocate_own(self, width: int, height: int) -> None:
        image = self._get(Box(0, 0, 1, 1))
        layout = _layout(image.contents)
        image.contents.destroy_image(image)
        stride = width * BYTES_PER_PIXEL
        self._own = ctypes.create_string_buffer(stride * height)
        view = memoryview(self._own).cast("B")
        self.picture = Picture(width, height, stride, layout, view)

    def read(self, boxes: list[Box]) -> None:
        """Bring the rows of these boxes up to date."""
        for top, bottom in row_intervals(boxes, self.picture.height):
            if self._image is not None:
                self._read_shared(top, bottom)
            else:
                self._read_own(top, bottom)

    def _read_shared(self, top: int, bottom: int) -> None:
        assert self._ext is not None  # noqa: S101 (for the type checker)
        assert self._image is not None  # noqa: S101 (for the type checker)
        image = self._image.contents
        # The strip lands where it belongs in the picture of the whole screen.
        image.height = bottom - top
        image.data = self._info.shmaddr + top * image.bytes_per_line
        done = self._ext.XShmGetImage(
            self._connection.handle, self._connection.root, self._image, 0, top, ALL_PLANES
        )
        if self._connection.check() or not done:
            raise ResizedError("the screen no longer has these rows")

    def _read_own(self, top: int, bottom: int) -> None:
        picture = self.picture
        image = self._get(Box(0, top, picture.width, bottom))
        start = top * picture.stride
        data = owned_bytes(image.contents.data, (bottom - top) * picture.stride)
        picture.pixels[start : start + len(data)] = data
        image.contents.destroy_image(image)

    def _get(self, box: Box) -> "ctypes._Pointer[XImage]":
        self._connection.check()
        image = self._connection.x11.XGetImage(
            self._connection.handle, self._connection.root, box.x0, box.y0,
            box.x1 - box.x0, box.y1 - box.y0, ALL_PLANES, Z_PIXMAP,
        )  # fmt: skip
        if self._connection.check() or not image:
            raise ResizedError("the screen no longer has these rows")
        pointer: ctypes._Pointer[XImage] = image
        return pointer

    def release(self) -> None:
        """Give the memory back."""
        if self._image is not None and self._ext is not None:
            self.picture.pixels.release()
            if self._connection.handle is not None:
                self._ext.XShmDetach(self._connection.handle, byref(self._info))
                self._connection.x11.XSync(self._connection.handle, 0)
            self._libc.shmdt(self._info.shmaddr)
            self._image.contents.data = None
            self._image.contents.destroy_image(self._image)
            self._image = None
        self._own = None


def _layout(image: XImage) -> str:
    """Return the order of a pixel's bytes, as Pillow names it.

    Raises:
        DisplayLostError: a kind of screen that is not supported (fewer than 24 bits).
    """
    masks = (image.red_mask, image.green_mask, image.blue_mask)
    if image.bits_per_pixel == BYTES_PER_PIXEL * 8 and image.byte_order == 0:
        if masks == (0xFF0000, 0xFF00, 0xFF):
            return "BGRX"
        if masks == (0xFF, 0xFF00, 0xFF0000):
            return "RGBX"
    raise DisplayLostError(f"a screen of {image.bits_per_pixel} bits a pixel cannot be read")
