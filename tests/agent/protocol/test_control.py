"""Control messages."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import control, framing
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import dump_json
from tests.agent.protocol.codes import result_or_code

scalars = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=9)
json_values = (
    scalars
    | st.lists(scalars, max_size=3)
    | st.dictionaries(st.sampled_from(["a", "name"]), scalars, max_size=2)
)
names = st.sampled_from(
    [
        "x",
        "y",
        "w",
        "h",
        "dx",
        "dy",
        "id",
        "png",
        "code",
        "down",
        "text",
        "button",
        "hot_x",
        "hot_y",
        "monitors",
        "shown",
        "mode",
        "painted",
        "digest",
    ]
)
types = st.sampled_from(
    [
        "move",
        "button",
        "wheel",
        "key",
        "text",
        "release",
        "refresh",
        "monitor",
        "cursor",
        "pointer",
        "notice",
        "monitors",
        "quality",
        "checksum",
    ]
)


@pytest.mark.parametrize(
    ("direction", "parse"),
    [("from_technician", control.parse_from_technician), ("from_agent", control.parse_from_agent)],
)
def test_control_messages_of_the_vectors(
    vectors: Callable[[str], Any], direction: str, parse: Callable[[bytes], Any]
) -> None:
    everything = vectors("control.json")
    for item in everything[direction]["good"]:
        message = parse(item["payload"].encode())
        fields = asdict(message)
        if fields.get("shape"):
            fields["shape"]["png"] = fields["shape"]["png"].hex()
        if "digest" in fields:
            fields["digest"] = fields["digest"].hex()
        # Through JSON, which knows no tuples.
        assert json.loads(json.dumps(fields)) == item["fields"]
        assert type(message).__name__ == item["type"]
        assert control.dump(message) == item["payload"].encode()
    for item in everything[direction]["bad"]:
        with pytest.raises(ProtocolError) as caught:
            parse(item["payload"].encode())
        assert caught.value.code == item["code"], item["payload"]
    for payload in everything["later"]:
        assert parse(payload.encode()) is None


def test_a_message_of_the_other_direction_is_ignored() -> None:
    assert control.parse_from_technician(control.dump(control.Pointer(1, 2))) is None
    assert control.parse_from_agent(control.dump(control.Move(1, 2))) is None


def test_unknown_fields_are_ignored() -> None:
    payload = b'{"t":"move","x":1,"y":2,"pressure":0.5}'
    assert control.parse_from_technician(payload) == control.Move(1, 2)


def test_a_control_message_over_64_kib_is_too_large() -> None:
    with pytest.raises(ProtocolError) as caught:
        control.parse_from_technician(b" " * (framing.CONTROL_MAX + 1))
    assert caught.value.code is Code.TOO_LARGE


@given(types, st.dictionaries(names, json_values))
def test_any_fields_are_read_or_malformed(name: str, fields: dict[str, Any]) -> None:
    payload = dump_json(fields | {"t": name}).encode("utf-8", "surrogatepass")
    for parse in (control.parse_from_technician, control.parse_from_agent):
        message = result_or_code(parse, payload)
        if isinstance(message, Code):
            assert message is Code.MALFORMED
        else:
            assert message is None or parse(control.dump(message)) == message


@given(st.binary(max_size=60))
def test_rubbish_is_a_protocol_error(payload: bytes) -> None:
    for parse in (control.parse_from_technician, control.parse_from_agent):
        assert result_or_code(parse, payload) in {Code.MALFORMED, None}
