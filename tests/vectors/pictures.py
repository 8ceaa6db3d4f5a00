"""Frames of the picture channel."""

import struct

from agent.protocol.errors import Code
from agent.protocol.picture import Codec, Frame, Rect, copy_data, encode_frame
from tests.vectors.seeds import seeded

HEAD = struct.Struct("!BBHHH")
RECT = struct.Struct("!HHHHBI")


def jpeg(width: int, height: int) -> bytes:
    """Return the beginning of a JPEG that announces this size, and its end."""
    frame_header = struct.pack("!HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xc0" + frame_header + b"\xff\xd9"


def picture() -> object:
    """Return the content of picture.json."""
    return {
        "good": [
            {"name": name, "payload": encode_frame(frame).hex(), "frame": _described(frame)}
            for name, frame in _good().items()
        ],
        "bad": [
            {"name": name, "payload": payload.hex(), "code": Code.MALFORMED}
            for name, payload in _bad().items()
        ],
        # Well-formed for whoever does not look into a JPEG; the page has to.
        "bad_for_the_page": [
            {
                "name": name,
                "payload": _one(Rect(0, 0, 8, 4, Codec.JPEG, data)).hex(),
                "code": Code.MALFORMED,
            }
            for name, data in {
                "a JPEG of another size": jpeg(4, 8),
                "a JPEG without a size": b"\xff\xd8\xff\xd9",
                "no JPEG at all": b"GIF89a",
            }.items()
        ],
    }


def _good() -> dict[str, Frame]:
    text = seeded("zstd", 9)
    return {
        "nothing changed": Frame(1, 1, ()),
        "one pixel": Frame(1, 1, (Rect(0, 0, 1, 1, Codec.ZSTD, b"\x28"),), fresh=True),
        "every codec": Frame(
            1920,
            1080,
            (
                Rect(0, 0, 1920, 1080, Codec.ZSTD, text),
                Rect(8, 16, 32, 24, Codec.JPEG, jpeg(32, 24)),
                Rect(0, 0, 1920, 1000, Codec.COPY, copy_data(0, 80)),
                Rect(1919, 1079, 1, 1, Codec.ZSTD, text),
            ),
        ),
        "as wide as may be": Frame(
            16384, 4096, (Rect(16383, 4095, 1, 1, Codec.ZSTD, text),), fresh=True
        ),
        "as high as may be": Frame(4096, 16384, ()),
        "four screens": Frame(10, 10, (Rect(0, 0, 10, 10, Codec.ZSTD, text),) * 4),
    }


def _bad() -> dict[str, bytes]:
    data = b"\x01\x02\x03"
    good = _one(Rect(1, 2, 3, 4, Codec.ZSTD, data))
    return {
        "nothing": b"",
        "a byte short of its head": HEAD.pack(1, 0, 100, 50, 0)[:-1],
        "version 0": b"\x00" + good[1:],
        "version 2": b"\x02" + good[1:],
        "an unknown flag": good[:1] + b"\x02" + good[2:],
        "width 0": HEAD.pack(1, 0, 0, 50, 0),
        "height 0": HEAD.pack(1, 0, 100, 0, 0),
        "too wide": HEAD.pack(1, 0, 16385, 1, 0),
        "too high": HEAD.pack(1, 0, 1, 65535, 0),
        "too many pixels": HEAD.pack(1, 0, 16384, 4097, 0),
        "fewer rectangles than announced": HEAD.pack(1, 0, 100, 50, 2) + good[HEAD.size :],
        "a rectangle's head cut off": good[: HEAD.size + RECT.size - 1],
        "its data cut off": good[:-1],
        "bytes after the last": good + b"\x00",
        "announced none, sent one": HEAD.pack(1, 0, 100, 50, 0) + good[HEAD.size :],
        "a length beyond all bounds": HEAD.pack(1, 0, 100, 50, 1)
        + RECT.pack(0, 0, 1, 1, 1, 2**32 - 1)
        + data,
        "codec 0": _one(Rect(0, 0, 1, 1, Codec.ZSTD, data), codec=0),
        "codec 4": _one(Rect(0, 0, 1, 1, Codec.ZSTD, data), codec=4),
        "width of a rectangle 0": _one(Rect(0, 0, 0, 1, Codec.ZSTD, data)),
        "height of a rectangle 0": _one(Rect(0, 0, 1, 0, Codec.ZSTD, data)),
        "beyond the right edge": _one(Rect(99, 0, 2, 1, Codec.ZSTD, data)),
        "beyond the lower edge": _one(Rect(0, 49, 1, 2, Codec.ZSTD, data)),
        "beside the screen": _one(Rect(100, 0, 1, 1, Codec.ZSTD, data)),
        "larger than the screen": _one(Rect(0, 0, 65535, 65535, Codec.ZSTD, data)),
        "no data for zstd": _one(Rect(0, 0, 1, 1, Codec.ZSTD, b"")),
        "no data for JPEG": _one(Rect(0, 0, 1, 1, Codec.JPEG, b"")),
        "a copy of 3 bytes": _one(Rect(0, 0, 1, 1, Codec.COPY, data)),
        "a copy of 5 bytes": _one(Rect(0, 0, 1, 1, Codec.COPY, data + b"\x00\x00")),
        "a copy from the right of the screen": _one(Rect(0, 0, 2, 2, Codec.COPY, copy_data(99, 0))),
        "a copy from below the screen": _one(Rect(0, 0, 2, 2, Codec.COPY, copy_data(0, 49))),
        "five screens": HEAD.pack(1, 0, 100, 50, 5)
        + (RECT.pack(0, 0, 100, 50, 1, len(data)) + data) * 5,
        "a hair more than four screens": HEAD.pack(1, 0, 100, 50, 5)
        + (RECT.pack(0, 0, 100, 50, 1, len(data)) + data) * 4
        + RECT.pack(0, 0, 1, 1, 1, len(data))
        + data,
    }


def _one(rect: Rect, codec: int | None = None) -> bytes:
    """Return a frame of 100 x 50 with this rectangle, whatever is wrong with it."""
    number = rect.codec if codec is None else codec
    head = RECT.pack(rect.x, rect.y, rect.w, rect.h, number, len(rect.data))
    return HEAD.pack(1, 0, 100, 50, 1) + head + rect.data


def _described(frame: Frame) -> dict[str, object]:
    return {
        "width": frame.width,
        "height": frame.height,
        "fresh": frame.fresh,
        "rects": [
            {"x": r.x, "y": r.y, "w": r.w, "h": r.h, "codec": r.codec, "data": r.data.hex()}
            for r in frame.rects
        ],
    }
