"""Kinds, handshakes, credits and headers."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import framing
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import Channel, Kind, RecordHeader
from tests.agent.protocol.codes import result_or_code


def test_the_kind_is_the_first_byte() -> None:
    assert [framing.kind_of(bytes([n, 9])) for n in (1, 2, 3)] == list(Kind)


@pytest.mark.parametrize("message", [b"", b"\x00", b"\x04", b"{", b"\xff\x01"])
def test_an_unknown_kind_is_malformed(message: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        framing.kind_of(message)
    assert caught.value.code is Code.MALFORMED


def test_credits_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    credit = vectors("framing.json")["credits"]
    for item in credit["good"]:
        assert framing.credit_message(item["painted"]).hex() == item["message"]
        assert framing.parse_credit(bytes.fromhex(item["message"])) == item["painted"]
    for item in credit["bad"]:
        with pytest.raises(ProtocolError) as caught:
            framing.parse_credit(bytes.fromhex(item["message"]))
        assert caught.value.code == item["code"]


def test_headers_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    headers = vectors("framing.json")["headers"]
    for item in headers["good"]:
        message = bytes.fromhex(item["message"])
        header = RecordHeader.unpack(message)
        assert (header.channel, header.more) == (item["channel"], item["more"])
        assert (header.epoch, str(header.counter)) == (item["epoch"], item["counter"])
        assert header.pack() == message[1:13]
    for item in headers["bad"]:
        with pytest.raises(ProtocolError) as caught:
            RecordHeader.unpack(bytes.fromhex(item["message"]))
        assert caught.value.code == item["code"], item["name"]


def test_handshakes_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    handshakes = vectors("framing.json")["handshakes"]
    for item in handshakes["good"]:
        assert framing.handshake_message(item["fields"]).hex() == item["message"]
        assert framing.parse_handshake(bytes.fromhex(item["message"])) == item["fields"]
    assert len(bytes.fromhex(handshakes["largest"])) == 1 + framing.HANDSHAKE_MAX
    framing.parse_handshake(bytes.fromhex(handshakes["largest"]))
    for item in handshakes["bad"]:
        with pytest.raises(ProtocolError) as caught:
            framing.parse_handshake(bytes.fromhex(item["message"]))
        assert caught.value.code == item["code"], item["name"]


def test_a_handshake_over_the_limit_is_not_even_made() -> None:
    with pytest.raises(ProtocolError) as caught:
        framing.handshake_message({"x": "a" * framing.HANDSHAKE_MAX})
    assert caught.value.code is Code.TOO_LARGE


def test_brackets_nested_a_thousand_deep_are_malformed() -> None:
    depth = framing.HANDSHAKE_MAX // 2 - 10
    with pytest.raises(ProtocolError) as caught:
        framing.parse_handshake(b'\x01{"x":' + b"[" * depth + b"]" * depth + b"}")
    assert caught.value.code is Code.MALFORMED


@given(st.binary(max_size=64))
def test_whatever_comes_is_read_or_a_protocol_error(message: bytes) -> None:
    for parse in (
        framing.kind_of,
        framing.parse_handshake,
        framing.parse_credit,
        RecordHeader.unpack,
    ):
        for data in (message, b"\x01" + message, b"\x02" + message, b"\x03" + message):
            result = result_or_code(parse, data)
            assert not isinstance(result, Code) or result is Code.MALFORMED


@given(st.sampled_from(Channel), st.integers(0, 1), st.integers(0, 2**64 - 1))
def test_a_header_reads_back_as_packed(channel: Channel, flags: int, counter: int) -> None:
    header = RecordHeader(1, channel, flags, 0, counter)
    assert RecordHeader.unpack(b"\x02" + header.pack() + bytes(16)) == header
