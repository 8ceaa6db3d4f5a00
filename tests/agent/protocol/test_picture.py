"""Frames of the picture channel."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import framing, picture
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.picture import (
    Codec,
    Frame,
    Rect,
    copy_data,
    encode_frame,
    parse_frame,
    plane_data,
    video_data,
)
from tests.agent.protocol.codes import result_or_code


def read(item: dict[str, Any]) -> Frame:
    rects = [
        Rect(**rect | {"codec": Codec(rect["codec"]), "data": bytes.fromhex(rect["data"])})
        for rect in item["rects"]
    ]
    return Frame(**item | {"rects": tuple(rects)})


def test_frames_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    for item in vectors("picture.json")["good"]:
        frame = read(item["frame"])
        assert encode_frame(frame).hex() == item["payload"], item["name"]
        assert parse_frame(bytes.fromhex(item["payload"])) == frame, item["name"]


def test_malformed_frames_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    for item in vectors("picture.json")["bad"]:
        with pytest.raises(ProtocolError) as caught:
            parse_frame(bytes.fromhex(item["payload"]))
        assert caught.value.code == item["code"], item["name"]


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    width, height = draw(st.integers(1, 3000)), draw(st.integers(1, 3000))
    rects = []
    for _ in range(draw(st.integers(0, 4))):
        w, h = draw(st.integers(1, width)), draw(st.integers(1, height))
        x, y = draw(st.integers(0, width - w)), draw(st.integers(0, height - h))
        codec = draw(st.sampled_from(Codec))
        if codec is Codec.COPY:
            data = copy_data(draw(st.integers(0, width - w)), draw(st.integers(0, height - h)))
        elif codec in (Codec.KEEP, Codec.RESTORE):
            data = plane_data(draw(st.integers(0, 3)))
        elif codec is Codec.LINES:
            heights = [0xFF] * (h // 127) + [0x80 | h % 127] * (h % 127 > 0)
            data = bytes(heights) + draw(st.binary(min_size=1, max_size=40))
        elif codec is Codec.H264:
            start = draw(st.sampled_from((b"\0\0\1", b"\0\0\0\1")))
            data = video_data(start + draw(st.binary(max_size=50)), key=draw(st.booleans()))
        else:
            data = draw(st.binary(min_size=1, max_size=50))
        rects.append(Rect(x, y, w, h, codec, data))
    return Frame(width, height, tuple(rects), fresh=draw(st.booleans()))


@given(frames())
def test_a_frame_reads_back_as_encoded(frame: Frame) -> None:
    assert parse_frame(encode_frame(frame)) == frame


@given(frames(), st.data())
def test_a_frame_with_other_bytes_is_read_or_malformed(frame: Frame, data: st.DataObject) -> None:
    payload = bytearray(encode_frame(frame))
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    for changed in (bytes(payload), bytes(payload[:cut])):
        parsed = result_or_code(parse_frame, changed)
        if isinstance(parsed, Code):
            assert parsed is Code.MALFORMED
        else:
            assert encode_frame(parsed) == changed


@given(st.binary(max_size=100))
def test_rubbish_is_read_or_malformed(payload: bytes) -> None:
    for data in (payload, struct.pack("!BBHHH", 1, 0, 640, 480, 1) + payload):
        result = result_or_code(parse_frame, data)
        assert isinstance(result, Frame) or result is Code.MALFORMED


@pytest.mark.parametrize(
    "frame",
    [
        Frame(0, 1, ()),
        Frame(1, 16385, ()),
        Frame(10, 10, (Rect(9, 0, 2, 1, Codec.ZSTD, b"x"),)),
        Frame(10, 10, (Rect(-1, 0, 2, 1, Codec.ZSTD, b"x"),)),
        Frame(10, 10, (Rect(0, 0, 1, 1, Codec.JPEG, b""),)),
        Frame(10, 10, (Rect(0, 0, 2, 2, Codec.COPY, copy_data(9, 9)),)),
        Frame(10, 10, (Rect(0, 0, 2, 2, Codec.KEEP, plane_data(4)),)),
        Frame(10, 10, (Rect(0, 0, 10, 10, Codec.KEEP, plane_data(0)),) * 5),
        Frame(10, 10, (Rect(0, 0, 2, 2, Codec.H264, video_data(b"", key=True)),)),
        Frame(1, 1, (Rect(0, 0, 1, 1, Codec.ZSTD, b"x"),) * 65536),
    ],
)
def test_the_agent_cannot_encode_what_the_page_would_refuse(frame: Frame) -> None:
    with pytest.raises(ProtocolError) as caught:
        encode_frame(frame)
    assert caught.value.code is Code.MALFORMED


def test_a_frame_over_16_mib_is_refused_at_both_ends() -> None:
    data = bytes(framing.FRAME_MAX)
    with pytest.raises(ProtocolError) as caught:
        encode_frame(Frame(10, 10, (Rect(0, 0, 1, 1, Codec.ZSTD, data),)))
    assert caught.value.code is Code.TOO_LARGE
    with pytest.raises(ProtocolError) as caught:
        parse_frame(data + b"x")
    assert caught.value.code is Code.TOO_LARGE


def test_a_copy_says_where_it_comes_from() -> None:
    rect = Rect(0, 0, 2, 2, Codec.COPY, copy_data(7, 8))
    assert picture.copy_source(rect) == (7, 8)
