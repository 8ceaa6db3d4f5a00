"""Text messages between the ends and the server."""

from collections.abc import Callable
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import messages as m
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import dump_json
from tests.agent.protocol.codes import result_or_code
from tests.agent.protocol.test_control import json_values

PARSERS: dict[str, Callable[[str], Any]] = {
    "from_agent": m.parse_from_agent,
    "from_technician": m.parse_from_technician,
    "to_agent": m.parse_to_agent,
    "to_technician": m.parse_to_technician,
}


@pytest.mark.parametrize("direction", PARSERS)
def test_messages_of_the_vectors(vectors: Callable[[str], Any], direction: str) -> None:
    parse = PARSERS[direction]
    texts = vectors("messages.json")[direction]
    for item in texts["good"]:
        message = parse(item["text"])
        fields = asdict(message)
        if fields.get("terms"):
            fields["terms"]["vat_percent"] = str(fields["terms"]["vat_percent"])
        assert (type(message).__name__, fields) == (item["type"], item["fields"])
        assert m.dump(message) == item["text"]
    for item in texts["bad"]:
        with pytest.raises(ProtocolError) as caught:
            parse(item["text"])
        assert caught.value.code == item["code"], item["name"]


@pytest.mark.parametrize("parse", PARSERS.values())
def test_what_is_no_message_is_malformed_in_every_direction(
    vectors: Callable[[str], Any], parse: Callable[[str], Any]
) -> None:
    for text in vectors("messages.json")["not_json"]:
        with pytest.raises(ProtocolError) as caught:
            parse(text)
        assert caught.value.code is Code.MALFORMED, text
    with pytest.raises(ProtocolError) as caught:
        parse(vectors("messages.json")["too_large"])
    assert caught.value.code is Code.TOO_LARGE


def test_the_ends_ignore_a_later_type_and_the_server_does_not(
    vectors: Callable[[str], Any],
) -> None:
    for text in vectors("messages.json")["later"]:
        assert m.parse_to_agent(text) is None
        assert m.parse_to_technician(text) is None
        for parse in (m.parse_from_agent, m.parse_from_technician):
            with pytest.raises(ProtocolError) as caught:
                parse(text)
            assert caught.value.code is Code.MALFORMED


def test_unknown_fields_are_ignored() -> None:
    assert m.parse_from_technician('{"type":"pong","n":1,"later":{}}') == m.Pong(1)


def test_the_vat_rate_is_exact() -> None:
    terms = (
        '{"block_seconds":600,"first_block_cents":850,"further_block_cents":425,'
        '"vat_percent":"19.00"}'
    )
    company = '{"name":"n","phone":"p"}'
    message = m.parse_to_agent(
        f'{{"type":"registered","protocol":1,"support_id":"123456786","resume_token":"{"a" * 43}",'
        f'"company":{company},"terms":{terms},"consent_text_version":"1"}}'
    )
    assert isinstance(message, m.Registered)
    assert message.terms.vat_percent == Decimal("19.00")
    assert str(message.terms.vat_percent) == "19.00"


def test_a_message_too_long_to_send_is_refused_before_it_is_sent() -> None:
    hello = m.AgentHello(1, 1, "1", "x", "h")
    with pytest.raises(ProtocolError) as caught:
        m.dump(replace(hello, hostname="ü" * 3000))
    assert caught.value.code is Code.TOO_LARGE


@given(
    st.sampled_from(
        ["hello", "consent", "pong", "registered", "paired", "unpaired", "clock", "ended", "error"]
    ),
    st.dictionaries(
        st.sampled_from(
            [
                "n",
                "granted",
                "code",
                "reason",
                "seconds",
                "company",
                "terms",
                "hostname",
                "platform",
            ]
        ),
        json_values,
    ),
)
def test_any_fields_are_read_or_malformed(name: str, fields: dict[str, Any]) -> None:
    text = dump_json(fields | {"type": name})
    for parse in PARSERS.values():
        result = result_or_code(parse, text)
        assert not isinstance(result, Code) or result in {Code.MALFORMED, Code.TOO_LARGE}


@given(st.text(max_size=100))
def test_rubbish_is_a_protocol_error(text: str) -> None:
    for parse in PARSERS.values():
        with pytest.raises(ProtocolError):
            parse(text)
