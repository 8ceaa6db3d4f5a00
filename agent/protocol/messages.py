"""Text messages between an end and the server. docs/protocol.md section 2.

A is the agent, R the relay, T the technician's page. One dataclass for each type; each
parser accepts the types of its direction. R refuses an unknown type; A and T ignore it
(their parsers return None), so that a later server may say more.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TypeVar

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import Fields, dump_json, malformed
from agent.protocol.framing import TEXT_MAX

AGENT_VERSION_MAX = 20
PLATFORM_MAX = 60
HOSTNAME_MAX = 64
TEXT_VERSION_MAX = 20
COMPANY_NAME_MAX = 100
PHONE_MAX = 40

_BIG = 2**31 - 1
_SUPPORT_ID = re.compile(r"[0-9]{9}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_CODE = re.compile(r"[a-z0-9-]{1,40}")
_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AgentHello:
    """A to R, first: who is there, and which protocol versions it speaks."""

    protocol_min: int
    protocol_max: int
    agent_version: str
    platform: str
    hostname: str
    resume_token: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A to R: the customer's answer to the text of that version."""

    granted: bool
    text_version: str


@dataclass(frozen=True, slots=True)
class Pong:
    """A or T to R: the answer to `ping`."""

    n: int


@dataclass(frozen=True, slots=True)
class End:
    """A or T to R: the customer or the technician ends the session."""


@dataclass(frozen=True, slots=True)
class Pause:
    """T to R: stop the clock and the picture."""


@dataclass(frozen=True, slots=True)
class Resume:
    """T to R: go on."""


@dataclass(frozen=True, slots=True)
class CompanyContact:
    """The shop, as the agent's window names it."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The price that the customer reads beside ID and password; gross, in cents.

    From the first picture on, `minimum_blocks` are due.
    """

    block_seconds: int
    first_block_cents: int
    further_block_cents: int
    vat_percent: Decimal
    minimum_blocks: int = 1


@dataclass(frozen=True, slots=True)
class Registered:
    """R to A: the support ID and what the window shows beside it."""

    protocol: int
    support_id: str
    resume_token: str
    company: CompanyContact
    terms: Terms
    consent_text_version: str


@dataclass(frozen=True, slots=True)
class Paired:
    """R to A: a technician is there; the key exchange may begin.

    `terms` are the customer's own, where it is known already whose computer this is.
    """

    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Unpaired:
    """R to A: the technician is gone; the clock stands."""

    reason: str


@dataclass(frozen=True, slots=True)
class AgentPaired:
    """R to T (`paired`): the agent is there. Its name and system are hostile text."""

    support_id: str
    hostname: str
    platform: str


@dataclass(frozen=True, slots=True)
class AgentGone:
    """R to T: the agent's line broke; it may come back."""


@dataclass(frozen=True, slots=True)
class AgentBack:
    """R to T: the agent is back; a new key exchange is due."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """R to T: the agent's socket is at the server process `relay`; follow it there."""

    relay: str


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """R to T (`consent`): what the customer answered."""

    granted: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """R to both: the clock stands; A neither captures nor injects."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """R to both: it goes on."""


@dataclass(frozen=True, slots=True)
class Clock:
    """R to both: the ledger so far; durations in seconds, gross price in cents."""

    seconds: int
    blocks: int
    cents: int
    next_block_in: int
    running: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """R to both: answer with `pong` and the same number."""

    n: int


@dataclass(frozen=True, slots=True)
class Ended:
    """R to both: the session is over; this is what it took and cost."""

    reason: str
    seconds: int
    blocks: int
    cents: int


@dataclass(frozen=True, slots=True)
class Error:
    """R to both: the socket is closed with 1008 because of this code (section 7)."""

    code: str


FromAgent = AgentHello | Consent | Pong | End
FromTechnician = Pong | Pause | Resume | End
ToAgent = Registered | Paired | Unpaired | Paused | Resumed | Clock | Ping | Ended | Error
ToTechnician = (
    AgentPaired
    | AgentGone
    | AgentBack
    | Elsewhere
    | ConsentGiven
    | Paused
    | Resumed
    | Clock
    | Ping
    | Ended
    | Error
)
Message = FromAgent | FromTechnician | ToAgent | ToTechnician

_TYPES: dict[type, str] = {
    AgentHello: "hello",
    Consent: "consent",
    Pong: "pong",
    End: "end",
    Pause: "pause",
    Resume: "resume",
    Registered: "registered",
    Paired: "paired",
    Unpaired: "unpaired",
    AgentPaired: "paired",
    AgentGone: "agent-gone",
    AgentBack: "agent-back",
    Elsewhere: "elsewhere",
    ConsentGiven: "consent",
    Paused: "paused",
    Resumed: "resumed",
    Clock: "clock",
    Ping: "ping",
    Ended: "ended",
    Error: "error",
}


def dump(message: Message) -> str:
    """Return the text message; ProtocolError `too-large` over 4 KiB."""
    values: dict[str, object] = {"type": _TYPES[type(message)], **asdict(message)}
    if isinstance(message, AgentHello) and message.resume_token is None:
        del values["resume_token"]
    if isinstance(message, Registered | Paired):
        if message.terms is None:
            del values["terms"]
        else:
            values["terms"] = _said_terms(message.terms)
    text = dump_json(values)
    if len(text.encode()) > TEXT_MAX:
        raise ProtocolError(Code.TOO_LARGE, f"a text message of {len(text.encode())} bytes")
    return text


def _said_terms(terms: Terms) -> dict[str, object]:
    """Return the object `terms`, in which one block at least goes without saying."""
    values = asdict(terms) | {"vat_percent": str(terms.vat_percent)}
    if terms.minimum_blocks == 1:
        del values["minimum_blocks"]
    return values


def parse_from_agent(text: str) -> FromAgent:
    """Read what A says to R; an unknown type is `malformed`."""
    message: FromAgent | None = _parse(text, _FROM_AGENT)
    if message is None:
        raise malformed("unknown type")
    return message


def parse_from_technician(text: str) -> FromTechnician:
    """Read what T says to R; an unknown type is `malformed`."""
    message: FromTechnician | None = _parse(text, _FROM_TECHNICIAN)
    if message is None:
        raise malformed("unknown type")
    return message


def parse_to_agent(text: str) -> ToAgent | None:
    """Read what R says to A; None for an unknown type."""
    return _parse(text, _TO_AGENT)


def parse_to_technician(text: str) -> ToTechnician | None:
    """Read what R says to T; None for an unknown type."""
    return _parse(text, _TO_TECHNICIAN)


def _parse(text: str, parsers: Mapping[str, Callable[[Fields], T]]) -> T | None:
    fields = Fields.of_json(text, TEXT_MAX)
    parse = parsers.get(fields.text("type", 40))
    return parse(fields) if parse else None


def _hello(fields: Fields) -> AgentHello:
    lowest = fields.integer("protocol_min", 1, 999)
    return AgentHello(
        protocol_min=lowest,
        protocol_max=fields.integer("protocol_max", lowest, 999),
        agent_version=fields.line("agent_version", AGENT_VERSION_MAX),
        platform=fields.line("platform", PLATFORM_MAX),
        hostname=fields.line("hostname", HOSTNAME_MAX),
        resume_token=fields.matching("resume_token", _TOKEN) if "resume_token" in fields else None,
    )


def _registered(fields: Fields) -> Registered:
    company = fields.child("company")
    return Registered(
        protocol=fields.integer("protocol", 1, 999),
        support_id=fields.matching("support_id", _SUPPORT_ID),
        resume_token=fields.matching("resume_token", _TOKEN),
        company=CompanyContact(
            name=company.line("name", COMPANY_NAME_MAX), phone=company.line("phone", PHONE_MAX)
        ),
        terms=_terms(fields.child("terms")),
        consent_text_version=fields.line("consent_text_version", TEXT_VERSION_MAX),
    )


def _terms(terms: Fields) -> Terms:
    least = terms.integer("minimum_blocks", 1, _BIG) if "minimum_blocks" in terms else 1
    return Terms(
        block_seconds=terms.integer("block_seconds", 1, _BIG),
        first_block_cents=terms.integer("first_block_cents", 0, _BIG),
        further_block_cents=terms.integer("further_block_cents", 0, _BIG),
        vat_percent=Decimal(terms.matching("vat_percent", _PERCENT)),
        minimum_blocks=least,
    )


def _paired(fields: Fields) -> Paired:
    return Paired(_terms(fields.child("terms")) if "terms" in fields else None)


def _agent_paired(fields: Fields) -> AgentPaired:
    return AgentPaired(
        support_id=fields.matching("support_id", _SUPPORT_ID),
        hostname=fields.line("hostname", HOSTNAME_MAX),
        platform=fields.line("platform", PLATFORM_MAX),
    )


def _clock(fields: Fields) -> Clock:
    return Clock(
        seconds=fields.integer("seconds", 0, _BIG),
        blocks=fields.integer("blocks", 0, _BIG),
        cents=fields.integer("cents", 0, _BIG),
        next_block_in=fields.integer("next_block_in", 0, _BIG),
        running=fields.boolean("running"),
    )


def _ended(fields: Fields) -> Ended:
    return Ended(
        reason=fields.matching("reason", _CODE),
        seconds=fields.integer("seconds", 0, _BIG),
        blocks=fields.integer("blocks", 0, _BIG),
        cents=fields.integer("cents", 0, _BIG),
    )


def _consent(fields: Fields) -> Consent:
    return Consent(fields.boolean("granted"), fields.line("text_version", TEXT_VERSION_MAX))


def _pong(fields: Fields) -> Pong:
    return Pong(fields.integer("n", 0, _BIG))


def _end(_fields: Fields) -> End:
    return End()


_FROM_AGENT: dict[str, Callable[[Fields], FromAgent]] = {
    "hello": _hello,
    "consent": _consent,
    "pong": _pong,
    "end": _end,
}
_FROM_TECHNICIAN: dict[str, Callable[[Fields], FromTechnician]] = {
    "pong": _pong,
    "pause": lambda _fields: Pause(),
    "resume": lambda _fields: Resume(),
    "end": _end,
}
_TO_BOTH: dict[str, Callable[[Fields], Paused | Resumed | Clock | Ping | Ended | Error]] = {
    "paused": lambda _fields: Paused(),
    "resumed": lambda _fields: Resumed(),
    "clock": _clock,
    "ping": lambda fields: Ping(fields.integer("n", 0, _BIG)),
    "ended": _ended,
    "error": lambda fields: Error(fields.matching("code", _CODE)),
}
_TO_AGENT: dict[str, Callable[[Fields], ToAgent]] = {
    **_TO_BOTH,
    "registered": _registered,
    "paired": _paired,
    "unpaired": lambda fields: Unpaired(fields.matching("reason", _CODE)),
}
_TO_TECHNICIAN: dict[str, Callable[[Fields], ToTechnician]] = {
    **_TO_BOTH,
    "paired": _agent_paired,
    "agent-gone": lambda _fields: AgentGone(),
    "agent-back": lambda _fields: AgentBack(),
    "elsewhere": lambda fields: Elsewhere(fields.matching("relay", _CODE)),
    "consent": lambda fields: ConsentGiven(fields.boolean("granted")),
}
