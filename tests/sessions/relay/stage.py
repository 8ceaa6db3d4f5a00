"""A room with two sides that a test moves, without a network and a database."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from agent.protocol import framing, messages
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import Channel, RecordHeader
from company.domain.tariff import Terms
from sessions.relay.clock import ConnectedTime
from sessions.relay.ends import End
from sessions.relay.room import Room

TERMS = Terms(600, 850, 850, Decimal(19))
HELLO = framing.handshake_message({"step": "hello"})
CONFIRMED = framing.handshake_message({"step": "confirmed", "tag": "x"})
WRONG = framing.handshake_message({"step": "refused", "code": "wrong-password"})
AGREES = messages.dump(messages.Consent(granted=True, text_version="1"))
REFUSES = messages.dump(messages.Consent(granted=False, text_version="1"))


class Watch:
    """A monotonic clock and a wall clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def wall(self) -> dt.datetime:
        return dt.datetime(2026, 11, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=self.seconds)


class Diary:
    """Events as a list of their names; what came with them beside."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.last: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        def note(*values: Any, **named: Any) -> None:
            self.names.append(name)
            self.last = (*values, *named.values())

        return note


class Side:
    """One end with everything that it was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.end = End(self._take)

    async def _take(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def texts(self) -> list[dict[str, Any]]:
        return [json.loads(each["text"]) for each in self.sent if "text" in each]

    @property
    def types(self) -> list[str]:
        return [each["type"] for each in self.texts if each["type"] not in {"ping", "clock"}]

    @property
    def binaries(self) -> list[bytes]:
        return [each["bytes"] for each in self.sent if "bytes" in each]

    @property
    def clock(self) -> dict[str, Any]:
        return [each for each in self.texts if each["type"] == "clock"][-1]

    @property
    def last_ping(self) -> int:
        number: int = [each["n"] for each in self.texts if each["type"] == "ping"][-1]
        return number

    @property
    def close_code(self) -> int | None:
        codes = [each["code"] for each in self.sent if each["type"] == "websocket.close"]
        assert len(codes) <= 1
        return codes[0] if codes else None


class Stage:
    """A room with both sides, at whatever point a test wants."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.diary = Diary()
        self.agent, self.page = Side(), Side()
        about = messages.AgentPaired("123456789", "pc", "Debian")
        self.room = Room(about, ConnectedTime(TERMS, dt.timedelta(), watch.wall), self.diary)

    async def pair(self) -> None:
        await self.room.join_agent(self.agent.end)
        await self.room.join_technician(self.page.end)

    async def ask(self) -> None:
        await self.pair()
        await self.room.agent_bytes(CONFIRMED)

    async def grant(self) -> None:
        await self.ask()
        await self.room.agent_text(AGREES)

    async def paint(self) -> None:
        await self.grant()
        await self.room.agent_bytes(record())
        await self.room.technician_bytes(framing.credit_message(1))

    async def pongs(self) -> None:
        """Let both ends answer their newest ping."""
        for side, take in (
            (self.agent, self.room.agent_text),
            (self.page, self.room.technician_text),
        ):
            if not side.end.closed:
                side.end.heard = True
                await take(messages.dump(messages.Pong(side.last_ping)))

    async def beat(self, seconds: float = 2.0) -> None:
        """Let the time pass, and beat."""
        self.watch.seconds += seconds
        await self.room.beat()


def record(size: int = 100, channel: Channel = Channel.PICTURE, *, more: bool = False) -> bytes:
    header = RecordHeader(1, channel, int(more), 0, 0)
    return (b"\x02" + header.pack()).ljust(size, b"\0")


async def refusal(taking: Any) -> Code:
    with pytest.raises(ProtocolError) as error:
        await taking
    return error.value.code
