"""Sealed records."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import framing
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import Channel, RecordHeader
from agent.protocol.records import Opener, Sealer

KEY, IV = bytes(range(32)), bytes(range(12))


def test_sealed_payloads_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    for run in vectors("records.json")["sealed"]:
        key, iv = bytes.fromhex(run["key"]), bytes.fromhex(run["iv"])
        sealer, opener = (
            Sealer(key, iv, run["message_max"], epoch=run["epoch"]),
            Opener(key, iv, epoch=run["epoch"]),
        )
        for item in run["payloads"]:
            payload = bytes.fromhex(item["payload"])
            messages = sealer.seal(Channel(item["channel"]), payload)
            assert [message.hex() for message in messages] == item["messages"]
            opened = [opener.receive(message) for message in messages]
            assert opened == [None] * (len(messages) - 1) + [(item["channel"], payload)]


def test_streams_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    streams = vectors("records.json")["streams"]
    key, iv = bytes.fromhex(streams["key"]), bytes.fromhex(streams["iv"])
    for case in streams["cases"]:
        opener = Opener(key, iv, [Channel(channel) for channel in case["channels"]])
        messages = [bytes.fromhex(message) for message in case["messages"]]
        for message, expected in zip(messages, case["opened"], strict=False):
            opened = opener.receive(message)
            assert (opened and {"channel": opened[0], "payload": opened[1].hex()}) == expected
        rest = messages[len(case["opened"]) :]
        assert bool(rest) == bool(case["code"]), case["name"]
        for number, message in enumerate(rest):
            with pytest.raises(ProtocolError) as caught:
                opener.receive(message)
            assert caught.value.code == (Code.BAD_RECORD if number else case["code"]), case["name"]


@given(st.lists(st.tuples(st.sampled_from(Channel), st.binary(max_size=300))), st.integers(30, 400))
def test_what_is_sealed_opens_in_order(
    payloads: list[tuple[Channel, bytes]], message_max: int
) -> None:
    sealer, opener = Sealer(KEY, IV, message_max), Opener(KEY, IV)
    messages = [m for channel, payload in payloads for m in sealer.seal(channel, payload)]
    assert all(len(message) <= message_max for message in messages)
    opened = [item for message in messages if (item := opener.receive(message))]
    assert opened == payloads


@given(st.binary(max_size=60), st.integers(0, 2**20), st.integers(1, 255))
def test_a_record_with_any_other_byte_does_not_open(payload: bytes, place: int, bits: int) -> None:
    message = bytearray(Sealer(KEY, IV).seal(Channel.PICTURE, payload)[0])
    message[place % len(message)] ^= bits
    with pytest.raises(ProtocolError) as caught:
        Opener(KEY, IV).receive(bytes(message))
    assert caught.value.code in {Code.BAD_RECORD, Code.MALFORMED}


@given(st.binary(max_size=80))
def test_rubbish_is_a_protocol_error(message: bytes) -> None:
    for data in (message, b"\x02\x01\x01\x00\x00" + bytes(8) + message):
        with pytest.raises(ProtocolError) as caught:
            Opener(KEY, IV).receive(data)
        assert caught.value.code in {Code.BAD_RECORD, Code.MALFORMED}


def test_messages_stay_under_the_limit_of_the_socket() -> None:
    messages = Sealer(KEY, IV).seal(Channel.PICTURE, bytes(1_000_000))
    assert max(map(len, messages)) == framing.BINARY_MAX_FROM_AGENT
    assert [RecordHeader.unpack(message).counter for message in messages] == [0, 1, 2, 3]
    assert [RecordHeader.unpack(message).more for message in messages] == [True, True, True, False]


@pytest.mark.parametrize(
    ("channel", "limit"),
    [(Channel.PICTURE, framing.FRAME_MAX), (Channel.CONTROL, framing.CONTROL_MAX)],
)
def test_a_payload_over_the_limit_is_refused_at_both_ends(channel: Channel, limit: int) -> None:
    sealer = Sealer(KEY, IV, limit)
    whole = bytes(limit - framing.RECORD_OVERHEAD)
    with pytest.raises(ProtocolError) as caught:
        sealer.seal(channel, whole + b"x")
    assert caught.value.code is Code.TOO_LARGE
    # The refusal cost no counter: the largest that may be goes through as the first record.
    opener = Opener(KEY, IV)
    assert opener.receive(sealer.seal(channel, whole)[0]) == (channel, whole)


def test_pieces_without_end_are_refused_before_they_fill_the_memory() -> None:
    class Endless(Sealer):
        def piece(self) -> bytes:
            return self._record(Channel.CONTROL, bytes(1000), more=True)

    sealer, opener = Endless(KEY, IV), Opener(KEY, IV)
    pieces = framing.CONTROL_MAX // (1000 + framing.RECORD_OVERHEAD)
    for _ in range(pieces):
        assert opener.receive(sealer.piece()) is None
    with pytest.raises(ProtocolError) as caught:
        opener.receive(sealer.piece())
    assert caught.value.code is Code.TOO_LARGE


def test_no_nonce_is_used_twice_across_channels() -> None:
    sealer = Sealer(KEY, IV)
    messages = [m for channel in Channel for m in sealer.seal(channel, b"the same")]
    assert RecordHeader.unpack(messages[1]).counter == 1
    assert messages[0][13:] != messages[1][13:]
