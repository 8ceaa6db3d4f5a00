"""The pixels of a part of an X screen: memory as large as it, filled strip by strip."""

import ctypes
from ctypes import POINTER, byref, c_int, c_size_t, c_uint, c_ulong, c_void_p

from agent.capture.base import Box, Picture, ResizedError, row_intervals
from agent.capture.x11_source import Source, source_of
from agent.xlib import XID, Connection, DisplayLostError, load, owned_bytes, xlib

Z_PIXMAP = 2
ALL_PLANES = c_ulong(-1).value
IPC_PRIVATE = 0
IPC_CREAT_PRIVATE = 0o1600
IPC_RMID = 0
BYTES_PER_PIXEL = 4


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


class Reader:
    """Memory as large as the part of the screen that is shown, filled strip by strip."""

    picture: Picture

    def __init__(self, connection: Connection, *, shared_memory: bool) -> None:
        self._connection = connection
        self._ext: ctypes.CDLL | None = None
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._info = XShmSegmentInfo()
        self._image: ctypes._Pointer[XImage] | None = None
        self._own: ctypes.Array[ctypes.c_char] | None = None
        self._source: Source | None = None
        self._declare()
        if shared_memory:
            self._try_shared_memory()
        self.allocate(None)

    def _declare(self) -> None:
        x11 = xlib()
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

    def allocate(self, part: Box | None) -> None:
        """Memory for a part of the screen; None is all of it, as large as it is now.

        Raises:
            DisplayLostError: the server is gone or keeps its pixels in an unknown way.
            ResizedError: the screen does not have this part.
        """
        self.release()
        width, height, depth = self._connection.geometry()
        part = part or Box(0, 0, width, height)
        if part.x1 > width or part.y1 > height:
            raise ResizedError("the screen no longer has this part")
        self._source = source_of(self._connection, depth, part)
        layout = self._look()
        size = part.x1 - part.x0, part.y1 - part.y0
        if self._ext is not None and not self._allocate_shared(size, layout):
            # A server on another machine has the extension but not our memory.
            self._ext = None
        if self._ext is None:
            self._allocate_own(size, layout)

    def _look(self) -> str:
        """Return the order of a pixel's bytes, from a look at the first one."""
        image = self._get(0, 1, 1)
        try:
            return _layout(image.contents)
        finally:
            image.contents.destroy_image(image)

    def _allocate_shared(self, size: tuple[int, int], layout: str) -> bool:
        assert self._ext is not None  # noqa: S101 (for the type checker)
        assert self._source is not None  # noqa: S101 (for the type checker)
        handle = self._connection.handle
        width, height = size
        image = self._ext.XShmCreateImage(
            handle, None, self._source.depth, Z_PIXMAP, None, byref(self._info), width, height
        )
        if not image:
            return False
        stride = image.contents.bytes_per_line
        octets = stride * height
        self._info.shmid = self._libc.shmget(IPC_PRIVATE, octets, IPC_CREAT_PRIVATE)
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
        memory = (ctypes.c_char * octets).from_address(address)
        self.picture = Picture(width, height, stride, layout, memoryview(memory).cast("B"))
        return True

    def _allocate_own(self, size: tuple[int, int], layout: str) -> None:
        width, height = size
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
        assert self._source is not None  # noqa: S101 (for the type checker)
        image = self._image.contents
        # The strip lands where it belongs in the picture.
        image.height = bottom - top
        image.data = self._info.shmaddr + top * image.bytes_per_line
        x, y = self._source.place(top, bottom)
        done = self._ext.XShmGetImage(
            self._connection.handle, self._source.drawable, self._image, x, y, ALL_PLANES
        )
        if self._connection.check() or not done:
            raise ResizedError("the screen no longer has these rows")

    def _read_own(self, top: int, bottom: int) -> None:
        picture = self.picture
        image = self._get(top, bottom, picture.width)
        start = top * picture.stride
        data = owned_bytes(image.contents.data, (bottom - top) * picture.stride)
        picture.pixels[start : start + len(data)] = data
        image.contents.destroy_image(image)

    def _get(self, top: int, bottom: int, width: int) -> "ctypes._Pointer[XImage]":
        assert self._source is not None  # noqa: S101 (for the type checker)
        self._connection.check()
        x, y = self._source.place(top, bottom)
        image = self._connection.x11.XGetImage(
            self._connection.handle, self._source.drawable, x, y, width, bottom - top,
            ALL_PLANES, Z_PIXMAP,
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
        if self._source is not None:
            self._source.close()
            self._source = None


def _layout(image: XImage) -> str:
    """Return the order of a pixel's bytes, as Pillow names it.

    Raises:
        DisplayLostError: a kind of screen that is not supported.
    """
    masks = (image.red_mask, image.green_mask, image.blue_mask)
    if image.bits_per_pixel == BYTES_PER_PIXEL * 8 and image.byte_order == 0:
        # A pixmap has no masks; ours is in the standard format.
        if masks in {(0xFF0000, 0xFF00, 0xFF), (0, 0, 0)}:
            return "BGRX"
        if masks == (0xFF, 0xFF00, 0xFF0000):
            return "RGBX"
    raise DisplayLostError(f"a screen of {image.bits_per_pixel} bits a pixel cannot be read")
