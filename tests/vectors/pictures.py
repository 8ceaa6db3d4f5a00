"""Frames of the picture channel."""

import struct

from agent.protocol.errors import Code
from agent.protocol.picture import (
    Codec,
    Frame,
    Rect,
    copy_data,
    encode_frame,
    plane_data,
    video_data,
)
from tests.vectors import video
from tests.vectors.seeds import seeded
from tests.vectors.video import Parameters

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
        # Well-formed for whoever does not look into JPEG and H.264; the page has to.
        "bad_for_the_page": [
            {"name": name, "payload": _one(rect).hex(), "code": Code.MALFORMED}
            for name, rect in _bad_for_the_page().items()
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
        "a preview, with sides rounded up": Frame(
            100, 50, (Rect(0, 0, 33, 24, Codec.PREVIEW, jpeg(17, 12)),)
        ),
        "each plane": Frame(
            100,
            50,
            (
                *(Rect(n, 0, 50, 50, Codec.KEEP, plane_data(n)) for n in range(4)),
                *(Rect(n, 0, 50, 50, Codec.RESTORE, plane_data(n)) for n in range(4)),
            ),
        ),
        "the largest picture with planes": Frame(
            4096, 4096, (Rect(0, 0, 4096, 4096, Codec.KEEP, plane_data(3)),)
        ),
        "four screens painted and four kept": Frame(
            10,
            10,
            (
                Rect(0, 0, 10, 10, Codec.ZSTD, text),
                Rect(0, 0, 10, 10, Codec.KEEP, plane_data(0)),
            )
            * 4,
        ),
        "lines of text": Frame(
            100,
            50,
            (
                Rect(1, 2, 3, 1, Codec.LINES, b"\x81" + text),
                Rect(0, 0, 100, 50, Codec.LINES, b"\x07\x8d\x05\x8d\x0c" + text),
            ),
        ),
        "the highest lines": Frame(
            10, 300, (Rect(0, 0, 1, 255, Codec.LINES, b"\x7f\xff\x01" + text),)
        ),
        "the next picture of a film": Frame(
            100, 50, (Rect(0, 0, 64, 48, Codec.H264, video_data(video.SLICE, key=False)),)
        ),
        "two slices of a film": Frame(
            100, 50, (Rect(0, 0, 64, 48, Codec.H264, video_data(video.SLICE * 2, key=False)),)
        ),
        **{
            f"a key frame, {name}": Frame(
                1000, 800, (Rect(3, 4, *size, Codec.H264, video_data(video.key(said), key=True)),)
            )
            for name, size, said in (
                ("whole macroblocks", (640, 400), Parameters(640, 400)),
                ("cropped", (600, 406), Parameters(600, 406)),
                ("rounded up", (601, 405), Parameters(602, 406)),
                ("of Baseline", (64, 64), Parameters(64, 64, profile=66, order=2)),
                ("of Main", (64, 64), Parameters(64, 64, profile=77, references=4)),
            )
        },
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
        "codec 8": _one(Rect(0, 0, 1, 1, Codec.ZSTD, data), codec=8),
        "lines without anything": _one(Rect(0, 0, 1, 1, Codec.LINES, b"")),
        "lines without a stream": _one(Rect(0, 0, 1, 1, Codec.LINES, b"\x81")),
        "lines of which none is by columns": _one(Rect(0, 0, 3, 4, Codec.LINES, b"\x03\1" + data)),
        "lines lower than their rectangle": _one(Rect(0, 0, 3, 9, Codec.LINES, b"\x83\1\1\1")),
        "lines higher than their rectangle": _one(Rect(0, 0, 3, 4, Codec.LINES, b"\x83\2" + data)),
        "a line without height": _one(Rect(0, 0, 3, 4, Codec.LINES, b"\x82\0\2" + data)),
        "a line of columns without height": _one(Rect(0, 0, 3, 4, Codec.LINES, b"\x80\x84" + data)),
        "H.264 without flags": _one(Rect(0, 0, 1, 1, Codec.H264, b"")),
        "H.264 without anything else": _one(Rect(0, 0, 1, 1, Codec.H264, b"\0")),
        "H.264 with an unknown flag": _one(Rect(0, 0, 1, 1, Codec.H264, b"\2" + video.SLICE)),
        "H.264 without a start code": _one(Rect(0, 0, 1, 1, Codec.H264, b"\0\x61\xe0")),
        "H.264 that begins with something else": _one(
            Rect(0, 0, 1, 1, Codec.H264, b"\0\7" + video.SLICE)
        ),
        "no data for a preview": _one(Rect(0, 0, 1, 1, Codec.PREVIEW, b"")),
        "no plane to keep": _one(Rect(0, 0, 1, 1, Codec.KEEP, b"")),
        "a fifth plane to keep": _one(Rect(0, 0, 1, 1, Codec.KEEP, b"\4")),
        "two planes to keep": _one(Rect(0, 0, 1, 1, Codec.KEEP, b"\0\1")),
        "no plane to restore": _one(Rect(0, 0, 1, 1, Codec.RESTORE, b"")),
        "a fifth plane to restore": _one(Rect(0, 0, 1, 1, Codec.RESTORE, b"\4")),
        "two planes to restore": _one(Rect(0, 0, 1, 1, Codec.RESTORE, b"\0\1")),
        "a plane of a picture that is too large": HEAD.pack(1, 0, 4096, 4097, 1)
        + RECT.pack(0, 0, 1, 1, 6, 1)
        + b"\0",
        "a hair more than four screens kept": HEAD.pack(1, 0, 100, 50, 5)
        + (RECT.pack(0, 0, 100, 50, 6, 1) + b"\0") * 4
        + RECT.pack(0, 0, 1, 1, 7, 1)
        + b"\0",
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


def _bad_for_the_page() -> dict[str, Rect]:
    jpegs = {
        "a JPEG of another size": jpeg(4, 8),
        "a JPEG without a size": b"\xff\xd8\xff\xd9",
        "no JPEG at all": b"GIF89a",
    }
    previews = {"a preview as large as what it stands for": jpeg(8, 4), "no preview": b"\xff"}
    good = Parameters(64, 48)
    sequence = video.sequence_parameters(good)
    keys = {
        "a film of another width": video.key(Parameters(62, 48)),
        "a film of another height": video.key(Parameters(64, 50)),
        "a film larger than all screens": video.key(Parameters(65535 * 16, 48)),
        "a film of other colours": video.key(Parameters(64, 48, chroma=3)),
        "a film of ten bits": video.key(Parameters(64, 48, depth=2)),
        "a film of an unknown profile": video.key(Parameters(64, 48, profile=244)),
        "a film that remembers five pictures": video.key(Parameters(64, 48, references=5)),
        "a film of half pictures": video.key(Parameters(64, 48, progressive=False)),
        "a film of a strange order": video.key(Parameters(64, 48, order=1)),
        "a key frame without parameters": video.KEY_SLICE,
        "a key frame without a slice": sequence + video.PICTURE_PARAMETERS,
        "a key frame without those of the picture": sequence + video.KEY_SLICE,
        "a key frame with parameters twice": sequence + video.key(good),
        "a key frame with a slice that is none": video.key(good) + video.SLICE,
        "parameters that end too soon": sequence[:9] + video.PICTURE_PARAMETERS + video.KEY_SLICE,
        "parameters of nothing": video.START + video.START + video.START,
    }
    slices = {
        "a film that announces another size on its way": sequence + video.SLICE,
        "a key slice without the flag": video.KEY_SLICE,
        "an access unit of nothing": video.START,
    }
    return (
        {name: Rect(0, 0, 8, 4, Codec.JPEG, data) for name, data in jpegs.items()}
        | {name: Rect(0, 0, 8, 4, Codec.PREVIEW, data) for name, data in previews.items()}
        | {
            name: Rect(0, 0, 64, 48, Codec.H264, video_data(data, key=True))
            for name, data in keys.items()
        }
        | {
            name: Rect(0, 0, 64, 48, Codec.H264, video_data(data, key=False))
            for name, data in slices.items()
        }
    )


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
