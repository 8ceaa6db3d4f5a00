"""Pointers of any shape for a virtual screen, still and animated, by libXcursor."""

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_uint, c_ulong, c_void_p

from agent.xlib import Connection, load


class XcursorImage(ctypes.Structure):
    """One picture of a pointer; pixels are premultiplied ARGB."""

    _fields_ = (
        ("version", c_uint),
        ("size", c_uint),
        ("width", c_uint),
        ("height", c_uint),
        ("xhot", c_uint),
        ("yhot", c_uint),
        ("delay", c_uint),
        ("pixels", POINTER(c_uint)),
    )


class XcursorImages(ctypes.Structure):
    """The pictures of an animated pointer."""

    _fields_ = (
        ("nimage", c_int),
        ("images", POINTER(POINTER(XcursorImage))),
        ("name", c_char_p),
    )


class Pointer:
    """The pointer of the empty screen, until closed."""

    def __init__(self, display: str) -> None:
        self._connection = Connection(display)
        self._lib = load("libXcursor.so.1")
        self._lib.XcursorImageCreate.argtypes = [c_int, c_int]
        self._lib.XcursorImageCreate.restype = POINTER(XcursorImage)
        self._lib.XcursorImagesCreate.argtypes = [c_int]
        self._lib.XcursorImagesCreate.restype = POINTER(XcursorImages)
        self._lib.XcursorImagesLoadCursor.argtypes = [c_void_p, POINTER(XcursorImages)]
        self._lib.XcursorImagesLoadCursor.restype = c_ulong
        self._connection.x11.XDefineCursor.argtypes = [c_void_p, c_ulong, c_ulong]

    def become(self, *pixels: int, width: int, height: int, hot: tuple[int, int]) -> None:
        """Take this shape: an ARGB pixel for each picture of it, which it is filled with."""
        images = self._lib.XcursorImagesCreate(len(pixels))
        images.contents.nimage = len(pixels)
        for number, pixel in enumerate(pixels):
            image = self._lib.XcursorImageCreate(width, height)
            image.contents.xhot, image.contents.yhot = hot
            image.contents.delay = 20
            for index in range(width * height):
                image.contents.pixels[index] = pixel
            images.contents.images[number] = image
        handle, root = self._connection.handle, self._connection.root
        cursor = self._lib.XcursorImagesLoadCursor(handle, images)
        self._connection.x11.XDefineCursor(handle, root, cursor)
        assert self._connection.sync() == 0

    def close(self) -> None:
        self._connection.close()
