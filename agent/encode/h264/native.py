"""OpenH264, called by ctypes through a little C of our own (openh264.c)."""

import ctypes
from collections.abc import Callable
from ctypes import POINTER, byref, c_int32, c_uint8, c_uint64, c_void_p
from pathlib import Path

from agent.encode.h264.base import FilmError, Rate, VideoEncoder

# The coarsest quantiser: from here on a film is a mosaic, and fewer pictures are better.
COARSEST = 44
# No picture at a quantiser that we allow is longer than it is uncompressed.
_ROOM_LEAST = 4096


class OpenH264(VideoEncoder):
    """A film, coded for low delay: no picture waits for a later one."""

    def __init__(self, library: ctypes.CDLL, width: int, height: int, rate: Rate) -> None:
        """Begin a film of an even width and height.

        Raises:
            FilmError: the library refuses, for instance a size beyond its own limits.
        """
        self._library = library
        self._bits = rate.bits_per_second
        self._film: int | None = library.dibuc_film_open(
            width, height, self._bits, rate.sharpest, COARSEST
        )
        if not self._film:
            raise FilmError(f"no film of {width} x {height}")
        self._room = (c_uint8 * max(width * height * 3 // 2, _ROOM_LEAST))()

    @classmethod
    def loaded(cls, path: Path) -> Callable[[int, int, Rate], "OpenH264"]:
        """Load the compiled library; return what makes encoders of it.

        Raises:
            OSError: there is none, or no OpenH264 that it could call.
            AttributeError: it is not this version's.
        """
        library = ctypes.CDLL(str(path))
        library.dibuc_film_open.argtypes = (c_int32,) * 5
        library.dibuc_film_open.restype = c_void_p
        library.dibuc_film_encode.argtypes = (
            *(c_void_p, c_void_p, c_uint64, c_void_p, c_int32, POINTER(c_int32)),
        )
        library.dibuc_film_encode.restype = c_int32
        library.dibuc_film_rate.argtypes = (c_void_p, c_int32)
        library.dibuc_film_rate.restype = c_int32
        library.dibuc_film_close.argtypes = (c_void_p,)
        library.dibuc_film_close.restype = None
        return lambda width, height, rate: cls(library, width, height, rate)

    def encode(self, picture: bytearray, rate: Rate) -> bytes:
        if self._film is None:
            raise FilmError("the film is over")
        if rate.bits_per_second != self._bits:
            self._bits = rate.bits_per_second
            self._library.dibuc_film_rate(self._film, self._bits)
        is_key = c_int32()
        length = self._library.dibuc_film_encode(
            self._film, byref(c_uint8.from_buffer(picture)), len(picture), self._room,
            len(self._room), byref(is_key),
        )  # fmt: skip
        if length <= 0:
            raise FilmError("the library codes nothing")
        return bytes(memoryview(self._room)[:length])

    def close(self) -> None:
        if self._film is not None:
            self._library.dibuc_film_close(self._film)
            self._film = None

    def __del__(self) -> None:
        self.close()
