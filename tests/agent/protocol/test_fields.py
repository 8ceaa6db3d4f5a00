"""Strict JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import Fields, clean_line, from_base64url, to_base64url
from tests.agent.protocol.codes import result_or_code


@given(st.binary(max_size=100))
def test_base64url_reads_back_as_written(data: bytes) -> None:
    text = to_base64url(data)
    assert from_base64url(text) == data
    assert "=" not in text


@pytest.mark.parametrize(
    "text", ["A", "AB", "AAB", "AA==", "AA=", "A A", "AA\n", "A+/A", "ÄÄ", "AAAAA"]
)
def test_any_other_spelling_of_base64url_is_malformed(text: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        from_base64url(text)
    assert caught.value.code is Code.MALFORMED


@given(st.text(max_size=30))
def test_text_of_any_kind_is_base64url_or_malformed(text: str) -> None:
    data = result_or_code(from_base64url, text)
    assert data is Code.MALFORMED or (isinstance(data, bytes) and to_base64url(data) == text)


@given(st.text(max_size=100))
def test_a_cleaned_line_is_always_accepted(text: str) -> None:
    line = clean_line(text, 64)
    assert Fields({"hostname": line}).line("hostname", 64) == line


def test_cleaning_keeps_what_was_fine_and_cuts_the_rest() -> None:
    assert clean_line("büro-pc", 64) == "büro-pc"
    assert clean_line("a\u202eb\nc\ud800", 64) == "abc"
    assert clean_line("x" * 70, 64) == "x" * 64
    assert clean_line("\n\n", 64) == "?"


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_input_gets_past_as_anything_but_an_object(data: str | bytes) -> None:
    fields = result_or_code(Fields.of_json, data, 150)
    if isinstance(fields, Code):
        assert fields in {Code.MALFORMED, Code.TOO_LARGE}
    else:
        assert isinstance(fields.values, dict)


def test_size_is_counted_in_bytes_and_before_reading() -> None:
    with pytest.raises(ProtocolError) as caught:
        Fields.of_json("[" * 1000 + "ü" * 2000, 4096)
    assert caught.value.code is Code.TOO_LARGE


def test_a_number_of_four_thousand_digits_is_malformed_not_slow() -> None:
    with pytest.raises(ProtocolError) as caught:
        Fields.of_json('{"n":' + "9" * 4000 + "}", 4096).integer("n", 0, 9)
    assert caught.value.code is Code.MALFORMED
