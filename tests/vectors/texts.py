"""Text messages, control messages and digits: what is JSON or typed by people."""

import json
from dataclasses import asdict, is_dataclass, replace
from decimal import Decimal
from typing import Any

from agent.protocol import control as c
from agent.protocol import damm
from agent.protocol import messages as m
from agent.protocol.errors import Code
from agent.protocol.monitors import MonitorInfo, Monitors

TOKEN = "Zm9vYmFyYmF6cXV4MDEyMw"


def messages() -> object:
    """Return the content of messages.json."""
    return {
        "from_agent": _texts(_FROM_AGENT, _BAD_FROM_AGENT),
        "from_technician": _texts(_FROM_TECHNICIAN, _BAD_FROM_TECHNICIAN),
        "to_agent": _texts(_TO_AGENT, _BAD_TO_AGENT),
        "to_technician": _texts(_TO_TECHNICIAN, _BAD_TO_TECHNICIAN),
        "not_json": [
            "", "null", "[]", "1", '"ping"', "{", "{}", '{"type":1}', '{"type":null}',
            '{"type":""}', "{'type':'end'}", '{"type":"end"}x', '{"type":NaN}', "\ufeff{}",
        ],
        "later": ['{"type":"from-the-future"}', '{"type":"resume-offer","n":[1]}'],
        "too_large": json.dumps({"type": "end", "x": "a" * 4096}),
    }  # fmt: skip


def control() -> object:
    """Return the content of control.json."""
    return {
        "from_technician": {
            "good": [_payload(message) for message in _TECHNICIAN_CONTROL],
            "bad": [{"payload": payload, "code": Code.MALFORMED} for payload in _BAD_CONTROL],
        },
        "from_agent": {
            "good": [_payload(message) for message in _AGENT_CONTROL],
            "bad": [{"payload": payload, "code": Code.MALFORMED} for payload in _BAD_AGENT_CONTROL],
        },
        "later": ['{"t":"touch","points":[]}', '{"t":"constructor"}', '{"t":"__proto__"}'],
    }


def damm_digits() -> object:
    """Return the content of damm.json."""
    bodies = ["0", "572", "00000000", "12345678", "99999999", "4021397", "0000001"]
    complete = [body + damm.check_digit(body) for body in bodies]
    return {
        "complete": complete,
        "incomplete": [
            "", "5", "5723", "5742", "5274", "7524", "123456789", "0x10", "५७२४", "572４", "572 4",
        ],
        "support_ids": [
            {"typed": "123 456 786", "digits": _whole("12345678")},
            {"typed": " 000 000 000\n", "digits": "000000000"},
            {"typed": damm.show_support_id(_whole("99999999")), "digits": _whole("99999999")},
            {"typed": _whole("40213975").replace("402", "402-"), "digits": _whole("40213975")},
            {"typed": "\u00a0".join(_whole("31415926")), "digits": _whole("31415926")},
            {"typed": _swapped(_whole("21314151")), "digits": None},
            {"typed": _whole("12345678")[:-1], "digits": None},
            {"typed": _whole("12345678") + "0", "digits": None},
            {"typed": "12345678x", "digits": None},
            {"typed": "", "digits": None},
        ],
        "passwords": [
            {"typed": "0000 0000", "digits": "00000000"},
            {"typed": damm.show_password(_whole("4021397")), "digits": _whole("4021397")},
            {"typed": _swapped(_whole("2131415")), "digits": None},
            {"typed": _whole("12345678"), "digits": None},
        ],
    }  # fmt: skip


def _whole(body: str) -> str:
    return body + damm.check_digit(body)


def _swapped(digits: str) -> str:
    """Return what 'einundzwanzig' makes of 21."""
    return digits[1] + digits[0] + digits[2:]


def _payload(message: c.TechnicianControl | c.AgentControl) -> object:
    return {
        "type": type(message).__name__,
        "fields": _described(message),
        "payload": c.dump(message).decode(),
    }


def _texts(good: list[Any], bad: dict[str, str]) -> object:
    return {
        "good": [
            {"type": type(message).__name__, "fields": _described(message), "text": m.dump(message)}
            for message in good
        ],
        "bad": [{"name": name, "text": text, "code": Code.MALFORMED} for name, text in bad.items()],
    }


def _described(value: object) -> object:
    """Return plain JSON: bytes as hexadecimal digits, decimals as texts."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _described(item) for name, item in asdict(value).items()}
    if isinstance(value, dict):
        return {name: _described(item) for name, item in value.items()}
    return value


_ToBoth = m.Paused | m.Resumed | m.Clock | m.Ping | m.Ended | m.Error
_HELLO = m.AgentHello(1, 1, "0.1.0", "Linux X11", "büro-pc")
_CLOCK = m.Clock(seconds=601, blocks=2, cents=1275, next_block_in=599, running=True)
_REGISTERED = m.Registered(
    protocol=1,
    support_id="123456786",
    resume_token=TOKEN,
    company=m.CompanyContact("DIBUC EDV-Service", "03221 0000000"),
    terms=m.Terms(600, 850, 425, Decimal("19.00")),
    consent_text_version="2026-11",
)
_FROM_AGENT: list[m.FromAgent] = [
    _HELLO,
    m.AgentHello(1, 3, "0" * 20, "p" * 60, "ü" * 64, TOKEN),
    m.AgentHello(1, 1, "1", "x", "😀" * 64),
    m.Consent(granted=True, text_version="2026-11"),
    m.Consent(granted=False, text_version="1"),
    m.Pong(0),
    m.Pong(2**31 - 1),
    m.End(),
]
_FROM_TECHNICIAN: list[m.FromTechnician] = [m.Pong(7), m.Pause(), m.Resume(), m.End()]
_BOTH: list[_ToBoth] = [
    m.Paused(),
    m.Resumed(),
    _CLOCK,
    m.Clock(0, 0, 0, 0, running=False),
    m.Ping(3),
    m.Ended("customer", 900, 2, 1700),
    m.Error("too-many-attempts"),
]
_LEAST = m.Terms(900, 850, 425, Decimal("7.5"), minimum_blocks=3)
_TO_AGENT: list[m.ToAgent] = [
    _REGISTERED, m.Paired(), m.Unpaired("technician-gone"), *_BOTH,
    replace(_REGISTERED, terms=_LEAST), m.Paired(_LEAST), m.Paired(_REGISTERED.terms),
]  # fmt: skip
_TO_TECHNICIAN: list[m.ToTechnician] = [
    m.AgentPaired("123456786", "büro-pc", "Linux X11"),
    m.AgentGone(),
    m.AgentBack(),
    m.Elsewhere("b-2"),
    m.ConsentGiven(granted=True),
    m.ConsentGiven(granted=False),
    *_BOTH,
]


def _changed(message: m.Message, **fields: object) -> str:
    """Return the message with other fields; None takes one away."""
    values = json.loads(m.dump(message)) | fields
    kept = {name: value for name, value in values.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False)


def _changed_terms(**fields: object) -> str:
    """Return the registration with other terms."""
    return _changed(_REGISTERED, terms=json.loads(m.dump(_REGISTERED))["terms"] | fields)


_BAD_FROM_AGENT = {
    "no versions": '{"type":"hello"}',
    "version 0": _changed(_HELLO, protocol_min=0),
    "versions turned round": _changed(_HELLO, protocol_min=2, protocol_max=1),
    "a version as a text": _changed(_HELLO, protocol_min="1"),
    "a version as a fraction": _changed(_HELLO, protocol_min=1.5),
    "a version as true": _changed(_HELLO, protocol_min=True),
    "no name": _changed(_HELLO, hostname=None),
    "an empty name": _changed(_HELLO, hostname=""),
    "a name of 65": _changed(_HELLO, hostname="ü" * 65),
    "a name with a line break": _changed(_HELLO, hostname="a\nb"),
    "a name with a zero": _changed(_HELLO, hostname="a\u0000b"),
    "a name turned round": _changed(_HELLO, hostname="a\u202eb"),
    "half a character": '{"type":"hello","protocol_min":1,"protocol_max":1,"agent_version":"1",'
    '"platform":"x","hostname":"\\ud83d"}',
    "a name as a list": _changed(_HELLO, hostname=["a"]),
    "a platform of 61": _changed(_HELLO, platform="p" * 61),
    "a version of 21": _changed(_HELLO, agent_version="0" * 21),
    "a short token": _changed(_HELLO, resume_token="abc"),
    "a token with a slash": _changed(_HELLO, resume_token="/" * 16),
    "a token that is null": '{"type":"hello","protocol_min":1,"protocol_max":1,"agent_version":"1",'
    '"platform":"x","hostname":"h","resume_token":null}',
    "consent by number": '{"type":"consent","granted":1,"text_version":"1"}',
    "consent by text": '{"type":"consent","granted":"true","text_version":"1"}',
    "consent to nothing": '{"type":"consent","granted":true}',
    "pong without number": '{"type":"pong"}',
    "pong below zero": '{"type":"pong","n":-1}',
    "pong too high": '{"type":"pong","n":2147483648}',
    "pong far too high": f'{{"type":"pong","n":{10**400}}}',
    "an unknown type": '{"type":"resume-offer"}',
    "a type of the server": '{"type":"paired"}',
    "a type of the technician": '{"type":"pause"}',
}
_BAD_FROM_TECHNICIAN = {
    "pong without number": '{"type":"pong"}',
    "pong with a text": '{"type":"pong","n":"1"}',
    "an unknown type": '{"type":"resume-offer"}',
    "a type of the agent": '{"type":"hello"}',
    "consent in the customer's place": '{"type":"consent","granted":true,"text_version":"1"}',
}
_BAD_TO_BOTH = {
    "a clock of text": _changed(_CLOCK, seconds="601"),
    "a clock below zero": _changed(_CLOCK, cents=-1),
    "a clock without a state": _changed(_CLOCK, running=None),
    "a clock that runs 1": _changed(_CLOCK, running=1),
    "ping without number": '{"type":"ping"}',
    "an end without a reason": '{"type":"ended","seconds":0,"blocks":0,"cents":0}',
    "a reason in prose": '{"type":"ended","reason":"Auf Wiedersehen","seconds":0,"blocks":0,'
    '"cents":0}',
    "a code of markup": '{"type":"error","code":"<b>"}',
    "a code with a line break": '{"type":"error","code":"busy\\n"}',
    "a code too long": json.dumps({"type": "error", "code": "a" * 41}),
}
_BAD_TO_AGENT = {
    **_BAD_TO_BOTH,
    "an ID of letters": _changed(_REGISTERED, support_id="abcdefghi"),
    "an ID of 8": _changed(_REGISTERED, support_id="12345678"),
    "an ID in other digits": _changed(_REGISTERED, support_id="१२३४५६७८६"),
    "an ID with a line break": _changed(_REGISTERED, support_id="123456786\n"),
    "no company": _changed(_REGISTERED, company=None),
    "a company as a text": _changed(_REGISTERED, company="DIBUC"),
    "a price of text": _changed(_REGISTERED, terms={"block_seconds": "600"}),
    "VAT as a number": _changed(
        _REGISTERED,
        terms={
            "block_seconds": 600,
            "first_block_cents": 850,
            "further_block_cents": 425,
            "vat_percent": 19,
        },
    ),
    "unpaired without a reason": '{"type":"unpaired"}',
    "no block at least": _changed_terms(minimum_blocks=0),
    "blocks at least as a text": _changed_terms(minimum_blocks="3"),
    "blocks at least that are null": '{"type":"paired","terms":{"block_seconds":600,'
    '"first_block_cents":850,"further_block_cents":425,"vat_percent":"19","minimum_blocks":null}}',
    "paired for nothing": '{"type":"paired","terms":{}}',
    "paired at a price in prose": '{"type":"paired","terms":"8.50"}',
}
_BAD_TO_TECHNICIAN = {
    **_BAD_TO_BOTH,
    "paired with nobody": '{"type":"paired"}',
    "a name turned round": '{"type":"paired","support_id":"123456786","hostname":"a\\u202eb",'
    '"platform":"x"}',
    "consent by number": '{"type":"consent","granted":1}',
    "elsewhere without a name": '{"type":"elsewhere"}',
    "elsewhere as a path": '{"type":"elsewhere","relay":"../b"}',
    "elsewhere as a number": '{"type":"elsewhere","relay":2}',
}

_TECHNICIAN_CONTROL: list[c.TechnicianControl] = [
    c.Move(0, 0),
    c.Move(16383, 1079),
    c.Button(button=0, down=True, x=5, y=6),
    c.Button(button=4, down=False, x=5, y=6),
    c.Wheel(dx=0, dy=-120, x=1, y=2),
    c.Wheel(dx=120000, dy=-120000, x=1, y=2),
    c.Key(code="AltRight", down=True),
    c.Key(code="KeyC", down=False),
    c.Text("Grüße, 12 € für @dibuc \\ | ~\t\n😀"),
    c.Text("x" * 1000),
    c.Release(),
    c.Refresh(),
    c.Can(h264=True),
    c.Can(h264=False),
    c.Monitor(0),
    c.Monitor(2**31 - 1),
    c.Monitor(None),
    c.Echo(0),
    c.Echo(2**31 - 1),
    *(c.Quality(mode) for mode in c.Mode),
    c.Shortcut(code="KeyY", label="z"),
    c.Shortcut(code="BracketRight", label="+"),
    c.Shortcut(code="Semicolon", label="ö"),
    c.Hold(()),
    c.Hold(("ControlLeft", "KeyZ")),
    c.Piece(0, "Zeile\n"),
    c.Piece(2**31 - 1, "x" * 1000),
]
_LEFT = MonitorInfo(71, "DP-1", 0, 0, 2560, 1440, scale=125, primary=True)
_RIGHT = MonitorInfo(0, "Fernseher ü", 2560, 360, 1920, 1080, scale=100, primary=False)
_AGENT_CONTROL: list[c.AgentControl] = [
    c.Cursor("a-1_B"),
    c.Cursor("text", c.CursorShape(png=b"\x89PNG", hot_x=0, hot_y=31, w=24, h=32)),
    c.Pointer(640, 480),
    c.Notice("input-refused"),
    c.Echo(0),
    c.Echo(2**31 - 1),
    c.Checksum(1, bytes(range(32))),
    c.Checksum(2**32 - 1, b"\xff" * 32),
    c.Typed(0, ""),
    c.Typed(2**31 - 1, "日\U0001f600"),
    c.Locks(caps=True, num=False, scroll=False),
    Monitors((_LEFT,), None),
    Monitors((_LEFT, _RIGHT), 71),
    Monitors((_LEFT, _RIGHT), 0),
    Monitors(
        tuple(
            MonitorInfo(n, "n" * 60, n * 1024, 0, 1024, 16384, scale=1000, primary=False)
            for n in range(16)
        ),
        None,
    ),
]
_BAD_ECHO = [
    '{"t":"echo"}',
    '{"t":"echo","n":-1}',
    '{"t":"echo","n":2147483648}',
    '{"t":"echo","n":"7"}',
    '{"t":"echo","n":true}',
]
_BAD_QUALITY = [
    '{"t":"quality"}',
    '{"t":"quality","mode":""}',
    '{"t":"quality","mode":"Sharp"}',
    '{"t":"quality","mode":"constructor"}',
    '{"t":"quality","mode":["fast"]}',
    '{"t":"quality","mode":1}',
]
_DIGEST = "A" * 43
_BAD_CHECKSUM = [
    '{"t":"checksum"}',
    '{"t":"checksum","painted":1}',
    f'{{"t":"checksum","digest":"{_DIGEST}"}}',
    f'{{"t":"checksum","painted":0,"digest":"{_DIGEST}"}}',
    f'{{"t":"checksum","painted":4294967296,"digest":"{_DIGEST}"}}',
    f'{{"t":"checksum","painted":true,"digest":"{_DIGEST}"}}',
    '{"t":"checksum","painted":1,"digest":""}',
    f'{{"t":"checksum","painted":1,"digest":"{_DIGEST}A"}}',
    f'{{"t":"checksum","painted":1,"digest":"{_DIGEST[1:]}"}}',
    f'{{"t":"checksum","painted":1,"digest":"{_DIGEST[1:]}B"}}',
    f'{{"t":"checksum","painted":1,"digest":"{_DIGEST}="}}',
]
_NO_CONTROL = ["", "[]", "{}", '{"t":1}', '{"t":""}', "null"]
_BAD_CONTROL = [
    *_NO_CONTROL,
    *_BAD_QUALITY,
    '{"t":"move"}',
    '{"t":"move","x":1}',
    '{"t":"move","x":-1,"y":0}',
    '{"t":"move","x":16384,"y":0}',
    '{"t":"move","x":1.5,"y":0}',
    '{"t":"move","x":true,"y":0}',
    '{"t":"move","x":null,"y":0}',
    '{"t":"button","button":5,"down":true,"x":0,"y":0}',
    '{"t":"button","button":-1,"down":true,"x":0,"y":0}',
    '{"t":"button","button":0,"down":1,"x":0,"y":0}',
    '{"t":"button","button":0,"down":true}',
    '{"t":"wheel","dx":0,"dy":120001,"x":0,"y":0}',
    '{"t":"wheel","dx":"0","dy":0,"x":0,"y":0}',
    '{"t":"key","code":"","down":true}',
    '{"t":"key","code":"Key C","down":true}',
    '{"t":"key","code":"KeyC\\n","down":true}',
    '{"t":"key","code":"ÄKey","down":true}',
    json.dumps({"t": "key", "code": "A" * 25, "down": True}),
    '{"t":"key","code":"KeyC"}',
    '{"t":"text"}',
    '{"t":"text","text":""}',
    '{"t":"text","text":["a"]}',
    '{"t":"text","text":"\\u0000"}',
    '{"t":"text","text":"\\u001b[2J"}',
    '{"t":"text","text":"\\r"}',
    '{"t":"text","text":"\\udc00"}',
    json.dumps({"t": "text", "text": "x" * 1001}),
    '{"t":"monitor"}',
    '{"t":"monitor","id":-1}',
    '{"t":"monitor","id":2147483648}',
    '{"t":"monitor","id":"71"}',
    '{"t":"monitor","id":true}',
    '{"t":"can"}',
    '{"t":"can","h264":1}',
    '{"t":"can","h264":null}',
    '{"t":"shortcut","code":"KeyZ"}',
    '{"t":"shortcut","code":"KeyZ","label":""}',
    '{"t":"shortcut","code":"KeyZ","label":" "}',
    '{"t":"shortcut","code":"KeyZ","label":"yz"}',
    '{"t":"shortcut","code":"KeyZ","label":"\\u001b"}',
    '{"t":"shortcut","code":"KeyZ","label":"\\ud83d"}',
    '{"t":"shortcut","code":"","label":"z"}',
    '{"t":"hold"}',
    '{"t":"hold","codes":"KeyZ"}',
    '{"t":"hold","codes":["Key Z"]}',
    '{"t":"hold","codes":[null]}',
    json.dumps({"t": "hold", "codes": ["KeyZ"] * 31}),
    '{"t":"piece","text":"a"}',
    '{"t":"piece","n":-1,"text":"a"}',
    '{"t":"piece","n":0,"text":""}',
    '{"t":"piece","n":0,"text":"\\u001b[A"}',
    json.dumps({"t": "piece", "n": 0, "text": "x" * 1001}),
    *_BAD_ECHO,
]


def _monitors(*monitors: object, shown: object = None) -> str:
    return json.dumps({"t": "monitors", "monitors": monitors, "shown": shown})


def _monitor(**fields: object) -> dict[str, object]:
    """Return a good monitor but for these fields; None takes one away."""
    return {k: v for k, v in (asdict(_LEFT) | fields).items() if v is not None}


_BAD_AGENT_CONTROL = [
    *_NO_CONTROL,
    *_BAD_CHECKSUM,
    '{"t":"cursor"}',
    '{"t":"cursor","id":""}',
    '{"t":"cursor","id":"a b"}',
    '{"t":"cursor","id":1}',
    '{"t":"cursor","id":"a","png":"iVBORw"}',
    '{"t":"cursor","id":"a","png":"iVBORw","hot_x":0,"hot_y":0,"w":0,"h":1}',
    '{"t":"cursor","id":"a","png":"iVBORw","hot_x":0,"hot_y":0,"w":257,"h":1}',
    '{"t":"cursor","id":"a","png":"iVBORw","hot_x":1,"hot_y":0,"w":1,"h":1}',
    '{"t":"cursor","id":"a","png":"","hot_x":0,"hot_y":0,"w":1,"h":1}',
    '{"t":"cursor","id":"a","png":"iVBORw==","hot_x":0,"hot_y":0,"w":1,"h":1}',
    '{"t":"cursor","id":"a","png":"<svg>","hot_x":0,"hot_y":0,"w":1,"h":1}',
    json.dumps(
        {"t": "cursor", "id": "a", "png": "A" * 43700, "hot_x": 0, "hot_y": 0, "w": 1, "h": 1}
    ),
    '{"t":"pointer","x":0}',
    '{"t":"pointer","x":0,"y":99999}',
    '{"t":"notice"}',
    '{"t":"notice","code":"<script>"}',
    '{"t":"monitors"}',
    '{"t":"monitors","monitors":{},"shown":null}',
    json.dumps({"t": "monitors", "monitors": [asdict(_LEFT)]}),
    _monitors(),
    _monitors("DP-1"),
    _monitors([]),
    _monitors(None),
    _monitors(*(_monitor(id=n, primary=False) for n in range(17))),
    _monitors(*(_monitor(id=n, primary=False) for n in range(100))),
    _monitors(asdict(_LEFT), asdict(_LEFT)),
    _monitors(asdict(_LEFT), _monitor(id=72)),
    _monitors(asdict(_LEFT), shown=72),
    _monitors(asdict(_LEFT), shown="71"),
    _monitors(asdict(_LEFT), shown=False),
    _monitors(_monitor(id=None)),
    _monitors(_monitor(id=2**31)),
    _monitors(_monitor(name="")),
    _monitors(_monitor(name="n" * 61)),
    _monitors(_monitor(name="a\u202eb")),
    _monitors(_monitor(name=7)),
    _monitors(_monitor(x=-1)),
    _monitors(_monitor(x=16384)),
    _monitors(_monitor(x=16383, w=2)),
    _monitors(_monitor(y=16000, h=385)),
    _monitors(_monitor(w=0)),
    _monitors(_monitor(h=0)),
    _monitors(_monitor(w=1e300)),
    _monitors(_monitor(w=2560.5)),
    _monitors(_monitor(scale=24)),
    _monitors(_monitor(scale=1001)),
    _monitors(_monitor(primary=1)),
    *_BAD_ECHO,
    '{"t":"typed","n":0}',
    '{"t":"typed","n":2147483648,"missing":""}',
    '{"t":"typed","n":0,"missing":null}',
    json.dumps({"t": "typed", "n": 0, "missing": "x" * 51}),
    '{"t":"locks","caps":true,"num":true}',
    '{"t":"locks","caps":1,"num":true,"scroll":false}',
]
