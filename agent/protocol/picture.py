"""One frame of the picture channel. docs/protocol.md section 6.1."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import malformed
from agent.protocol.framing import FRAME_MAX

VERSION = 1
FLAG_FRESH = 1
SIDE_MAX = 16384
# What a page can be asked to hold: 256 MB of RGBA.
PIXELS_MAX = 64 * 1024 * 1024
RECTS_MAX = 65535
# All rectangles of a frame together, in screens: nobody paints a screen more often than that
# for one frame, unless to keep the other end busy.
SCREENS_MAX = 4
# The same for what is kept on planes and restored from them, which no other part of a frame is.
KEPT_SCREENS_MAX = 4
PLANES = 4
# A plane takes the page as much memory as the picture; of larger ones nothing is kept.
PLANE_PIXELS_MAX = 16 * 1024 * 1024

# A band of codec 8: its height, and whether its pixels come by columns.
BAND_HIGHEST = 127
BAND_COLUMNS = 0x80

_HEAD = struct.Struct("!BBHHH")
_RECT = struct.Struct("!HHHHBI")
_COPY = struct.Struct("!HH")


class Codec(IntEnum):
    """How a rectangle's pixels are given."""

    ZSTD = 1
    JPEG = 2
    COPY = 3
    H264 = 4
    PREVIEW = 5
    KEEP = 6
    RESTORE = 7
    LINES = 8


_CODECS = {int(codec): codec for codec in Codec}
_OF_PLANES = frozenset((Codec.KEEP, Codec.RESTORE))
_KEY = 1
# Flags, then one of the two start codes of Annex B.
_ACCESS_UNITS = tuple(
    bytes([flags]) + code for flags in (0, _KEY) for code in (b"\0\0\1", b"\0\0\0\1")
)


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels of the screen, and its data."""

    x: int
    y: int
    w: int
    h: int
    codec: Codec
    data: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: the size of the screen in pixels and what changed, in painting order."""

    width: int
    height: int
    rects: tuple[Rect, ...]
    fresh: bool = False  # the zstd stream starts afresh


def copy_data(from_x: int, from_y: int) -> bytes:
    """Return the data of a copy: the source's corner in the picture as it stands."""
    return _COPY.pack(from_x, from_y)


def copy_source(rect: Rect) -> tuple[int, int]:
    """Return the source's corner of a copy that `parse_frame` has checked."""
    x, y = _COPY.unpack(rect.data)
    return x, y


def plane_data(plane: int) -> bytes:
    """Return the data of a keep or restore: the number of the plane, 0 to 3."""
    return bytes([plane])


def bands_of(rect: Rect) -> bytes:
    """Return the bands with which the data of codec 8 begins; the stream follows them.

    Raises:
        ProtocolError: they are not of the rectangle's height, or none is by columns.
    """
    high = 0
    for number, band in enumerate(rect.data, start=1):
        if not band & BAND_HIGHEST:
            break
        high += band & BAND_HIGHEST
        if high >= rect.h:
            bands = rect.data[:number]
            if high == rect.h and max(bands) > BAND_HIGHEST and number < len(rect.data):
                return bands
            break
    raise malformed("bands that do not make a rectangle")


def video_data(access_unit: bytes, *, key: bool) -> bytes:
    """Return the data of an H.264 rectangle.

    Args:
        access_unit: Annex B, with start codes; with `key` its parameter sets come first.
        key: decoding begins afresh with it.
    """
    return bytes([_KEY if key else 0]) + access_unit


def encode_frame(frame: Frame) -> bytes:
    """Return the payload; ProtocolError for a frame that T would have to refuse."""
    _check_screen(frame.width, frame.height)
    if len(frame.rects) > RECTS_MAX:
        raise malformed(f"{len(frame.rects)} rectangles")
    flags = FLAG_FRESH if frame.fresh else 0
    parts = [_HEAD.pack(VERSION, flags, frame.width, frame.height, len(frame.rects))]
    budget = _Budget(frame.width, frame.height)
    for rect in frame.rects:
        _check_rect(rect, frame.width, frame.height)
        budget.spend(rect)
        parts.append(_RECT.pack(rect.x, rect.y, rect.w, rect.h, rect.codec, len(rect.data)))
        parts.append(rect.data)
    payload = b"".join(parts)
    _check_size(payload)
    return payload


def parse_frame(payload: bytes) -> Frame:
    """Read a payload; ProtocolError `malformed` or `too-large`."""
    _check_size(payload)
    if len(payload) < _HEAD.size:
        raise malformed("a frame without its head")
    version, flags, width, height, count = _HEAD.unpack_from(payload)
    if version != VERSION or flags > FLAG_FRESH:
        raise malformed(f"frame version {version}, flags {flags}")
    _check_screen(width, height)
    offset = _HEAD.size
    budget = _Budget(width, height)
    rects = []
    for _ in range(count):
        if len(payload) - offset < _RECT.size:
            raise malformed("fewer rectangles than announced")
        x, y, w, h, number, length = _RECT.unpack_from(payload, offset)
        offset += _RECT.size
        codec = _CODECS.get(number)
        if codec is None:
            raise malformed(f"codec {number}")
        if length > len(payload) - offset:
            raise malformed("a rectangle longer than the frame")
        rect = Rect(x, y, w, h, codec, payload[offset : offset + length])
        _check_rect(rect, width, height)
        budget.spend(rect)
        rects.append(rect)
        offset += length
    if offset != len(payload):
        raise malformed("bytes after the last rectangle")
    return Frame(width, height, tuple(rects), fresh=bool(flags & FLAG_FRESH))


def _check_size(payload: bytes) -> None:
    if len(payload) > FRAME_MAX:
        raise ProtocolError(Code.TOO_LARGE, f"a frame of {len(payload)} bytes")


def _check_screen(width: int, height: int) -> None:
    if not (1 <= width <= SIDE_MAX and 1 <= height <= SIDE_MAX and width * height <= PIXELS_MAX):
        raise malformed(f"a screen of {width} x {height}")


class _Budget:
    """What a frame may still paint, in pixels."""

    def __init__(self, width: int, height: int) -> None:
        self._painted = SCREENS_MAX * width * height
        self._kept = KEPT_SCREENS_MAX * width * height

    def spend(self, rect: Rect) -> None:
        if rect.codec in _OF_PLANES:
            self._kept -= rect.w * rect.h
        else:
            self._painted -= rect.w * rect.h
        if min(self._painted, self._kept) < 0:
            raise malformed(f"rectangles of over {SCREENS_MAX} screens")


def _check_rect(rect: Rect, width: int, height: int) -> None:
    if not _inside(rect.x, rect.y, rect, (width, height)):
        raise malformed(f"a rectangle {rect.w} x {rect.h} at {rect.x}, {rect.y}")
    if rect.codec is Codec.COPY:
        if len(rect.data) != _COPY.size or not _inside(*copy_source(rect), rect, (width, height)):
            raise malformed("a copy from outside the screen")
    elif rect.codec in _OF_PLANES:
        if len(rect.data) != 1 or rect.data[0] >= PLANES or width * height > PLANE_PIXELS_MAX:
            raise malformed("a plane that does not exist")
    elif rect.codec is Codec.H264:
        if not rect.data.startswith(_ACCESS_UNITS):
            raise malformed("no access unit of H.264")
    elif rect.codec is Codec.LINES:
        bands_of(rect)
    elif not rect.data:
        raise malformed("a rectangle without data")


def _inside(x: int, y: int, rect: Rect, screen: tuple[int, int]) -> bool:
    width, height = screen
    return rect.w >= 1 and rect.h >= 1 and 0 <= x <= width - rect.w and 0 <= y <= height - rect.h
