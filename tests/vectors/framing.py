"""Kinds, credits, headers of records, and JSON that is none."""

from agent.protocol.errors import Code
from agent.protocol.framing import (
    HANDSHAKE_MAX,
    Channel,
    Kind,
    RecordHeader,
    credit_message,
    handshake_message,
)

SEALED_NOTHING = bytes(16)


def framing() -> object:
    """Return the content of framing.json."""
    return {"credits": _credits(), "headers": _headers(), "handshakes": _handshakes()}


def _credits() -> object:
    good = [0, 1, 255, 65536, 2**32 - 1]
    bad = ["", "03", "0300000000ff", "03000000", "0200000001", "01"]
    return {
        "good": [{"painted": n, "message": credit_message(n).hex()} for n in good],
        "bad": [{"message": message, "code": Code.MALFORMED} for message in bad],
    }


def _headers() -> object:
    good = [
        (Channel.PICTURE, 0, 0, 0),
        (Channel.PICTURE, 1, 0, 1),
        (Channel.CONTROL, 0, 0, 2**32),
        (Channel.CONTROL, 1, 0, 2**64 - 1),
        (Channel.CONTROL, 0, 1, 7),
        (Channel.PICTURE, 1, 255, 0),
    ]
    whole = b"\x02" + RecordHeader(1, Channel.CONTROL, 0, 0, 7).pack() + SEALED_NOTHING
    bad = {
        "nothing": b"",
        "only the kind": b"\x02",
        "a byte short of header and tag": whole[:-1],
        "another kind": bytes([Kind.CREDIT]) + whole[1:],
        "version 0": whole[:1] + b"\x00" + whole[2:],
        "version 2": whole[:1] + b"\x02" + whole[2:],
        "channel 0": whole[:2] + b"\x00" + whole[3:],
        "channel 3": whole[:2] + b"\x03" + whole[3:],
        "an unknown flag": whole[:3] + b"\x02" + whole[4:],
        "more and an unknown flag": whole[:3] + b"\x81" + whole[4:],
    }
    return {
        "good": [
            {
                "channel": channel,
                "more": bool(flags),
                "epoch": epoch,
                "counter": str(counter),
                "message": (
                    b"\x02"
                    + RecordHeader(1, channel, flags, epoch, counter).pack()
                    + SEALED_NOTHING
                ).hex(),
            }
            for channel, flags, epoch, counter in good
        ],
        "bad": [
            {"name": name, "message": message.hex(), "code": Code.MALFORMED}
            for name, message in bad.items()
        ],
    }


def _handshakes() -> object:
    good: list[dict[str, object]] = [
        {"step": "hello"},
        {"step": "confirm", "tag": "AA"},
        {"step": "hello", "later": [1, 2, {"x": None}], "ü": "ß€"},
    ]
    bad = {
        "nothing": b"",
        "kind 0": b'\x00{"step":"hello"}',
        "kind 4": b'\x04{"step":"hello"}',
        "a record": b'\x02{"step":"hello"}',
        "no JSON": b"\x01",
        "half JSON": b'\x01{"step":',
        "two objects": b"\x01{}{}",
        "a list": b"\x01[]",
        "a number": b"\x011",
        "null": b"\x01null",
        "a text": b'\x01"hello"',
        "not UTF-8": b'\x01{"step":"\xff"}',
        "a surrogate as UTF-8": b'\x01{"step":"\xed\xa0\x80"}',
        "a byte order mark": b'\x01\xef\xbb\xbf{"step":"hello"}',
        "UTF-16": b"\x01" + '{"step":"hello"}'.encode("utf-16-le"),
        "NaN": b'\x01{"step":NaN}',
        "Infinity": b'\x01{"step":-Infinity}',
        "single quotes": b"\x01{'step':'hello'}",
        "a comma too many": b'\x01{"step":"hello",}',
        "a line break in a text": b'\x01{"step":"he\nllo"}',
    }
    fits = handshake_message({"x": "a" * (HANDSHAKE_MAX - len('{"x":""}'))})
    return {
        "good": [{"fields": fields, "message": handshake_message(fields).hex()} for fields in good],
        "largest": fits.hex(),
        "bad": [
            *(
                {"name": name, "message": message.hex(), "code": Code.MALFORMED}
                for name, message in bad.items()
            ),
            {"name": "a byte too long", "message": (fits + b" ").hex(), "code": Code.TOO_LARGE},
        ],
    }
