"""The two ends of a session as tests drive them: the real protocol, invented pictures.

An end speaks through a `Line`: Channels' communicator or a real websocket.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any, Protocol, Self
from uuid import UUID

from channels.testing import WebsocketCommunicator
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent.protocol import framing, messages
from agent.protocol.framing import Channel, Kind
from agent.protocol.keyexchange import AgentIdentity, Initiator, Responder, TechnicianIdentity
from agent.protocol.keys import ResumeSecret, SessionKeys
from agent.protocol.records import Opener, Sealer
from agent.protocol.resume import Resumer
from dibuc.asgi import application

PATIENCE = 60.0


class Line(Protocol):
    """A websocket's client side."""

    async def send(self, data: str | bytes) -> None:
        """Send a text or a binary message."""

    async def receive(self) -> str | bytes | int:
        """Return the next message, or the code with which the server closed."""

    async def drop(self) -> None:
        """Break the line."""


class ChannelsLine:
    """Through Channels' communicator: no network, the same application."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self._communicator = communicator

    @classmethod
    async def open(
        cls, path: str, headers: dict[str, str] | None = None, address: str = "192.0.2.1"
    ) -> "ChannelsLine | int":
        """Connect; return the line, or the close code of a refusal before the accept."""
        raw = [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()]
        communicator = WebsocketCommunicator(application, path, headers=raw)
        communicator.scope["client"] = (address, 50000)
        accepted, code = await communicator.connect(timeout=PATIENCE)
        if accepted:
            return cls(communicator)
        await communicator.wait(timeout=PATIENCE)
        return int(code or 0)

    async def send(self, data: str | bytes) -> None:
        """Send a text or a binary message."""
        key = "text" if isinstance(data, str) else "bytes"
        await self._communicator.send_input({"type": "websocket.receive", key: data})

    async def receive(self) -> str | bytes | int:
        """Return the next message, or the code with which the server closed."""
        output = await self._communicator.output_queue.get()
        if output["type"] == "websocket.close":
            return int(output.get("code", 1000))
        data: str | bytes = output.get("text") or output["bytes"]
        return data

    async def drop(self) -> None:
        """Break the line, and wait until the server has noticed."""
        await self._communicator.disconnect(timeout=PATIENCE)


class NetworkLine:
    """A real websocket to a portal that was really started."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    @classmethod
    async def open(cls, url: str, headers: dict[str, str] | None = None) -> "NetworkLine":
        """Connect; raises websockets' InvalidStatus for a refusal."""
        return cls(
            await connect(
                url,
                additional_headers=headers or {},
                compression=None,
                max_size=2**22,
                proxy=None,
                close_timeout=0.5,
            )
        )

    async def send(self, data: str | bytes) -> None:
        """Send a text or a binary message; one that comes too late is lost, as on any line."""
        with suppress(ConnectionClosed):
            await self.socket.send(data)

    async def receive(self) -> str | bytes | int:
        """Return the next message, or the code with which the server closed."""
        try:
            return await self.socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    async def drop(self) -> None:
        """Break the line."""
        await self.socket.close()


class End:
    """What both ends do: answer pings, keep the newest clock, and wait for what they are told."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.answers_pings = True
        self.clock: dict[str, Any] = {}
        self._heard: asyncio.Queue[dict[str, Any] | bytes | int] = asyncio.Queue()
        self._clocks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())

    async def drop(self) -> None:
        """Break the line."""
        self._reader.cancel()
        await self.line.drop()

    def stop_reading(self) -> None:
        """Take nothing more from the line, not even pings."""
        self._reader.cancel()

    async def say(self, message: messages.Message) -> None:
        """Send a text message."""
        await self.line.send(messages.dump(message))

    async def next(self) -> dict[str, Any] | bytes | int:
        """Return what comes next: a text message, a binary one, or the code of the close."""
        return await asyncio.wait_for(self._heard.get(), PATIENCE)

    async def hear(self, kind: str) -> dict[str, Any]:
        """Return the next text message, which must be of `kind`."""
        message = await self.next()
        assert isinstance(message, dict), f"expected {kind}, not {message!r}"
        assert message["type"] == kind, message
        return message

    async def hear_clock(self, *, running: bool, seconds: int = 0) -> dict[str, Any]:
        """Return the first clock that runs or stands as asked and shows so many seconds."""
        while True:
            clock = await asyncio.wait_for(self._clocks.get(), PATIENCE)
            if clock["running"] == running and clock["seconds"] >= seconds:
                return clock

    async def bytes(self) -> bytes:
        """Return the next message, which must be binary."""
        message = await self.next()
        assert isinstance(message, bytes), message
        return message

    async def closed(self) -> int:
        """Return the code with which the server closes; nothing may come before."""
        message = await self.next()
        assert isinstance(message, int), message
        return message

    async def refused(self) -> str:
        """Return the code of the error after which the server closes with 1008."""
        code: str = (await self.hear("error"))["code"]
        assert await self.closed() == 1008
        return code

    async def _read(self) -> None:
        while True:
            data = await self.line.receive()
            message = json.loads(data) if isinstance(data, str) else data
            if not isinstance(message, dict):
                self._heard.put_nowait(message)
                if isinstance(message, int):
                    return
            elif message["type"] == "ping":
                if self.answers_pings:
                    await self.say(messages.Pong(message["n"]))
            elif message["type"] == "clock":
                self.clock = message
                self._clocks.put_nowait(message)
            else:
                self._heard.put_nowait(message)


class AgentEnd(End):
    """A customer's computer."""

    responder: Responder
    registered: dict[str, Any]
    sealer: Sealer
    opener: Opener

    @classmethod
    async def start(cls, line: Line, resume_token: str | None = None) -> Self:
        """Say hello and take the ID."""
        agent = cls(line)
        await agent.say(messages.AgentHello(1, 1, "0.1.0", "Debian 12", "pc", resume_token))
        agent.registered = await agent.hear("registered")
        agent.responder = Responder(agent.support_id, AgentIdentity("0.1.0", "Debian 12"))
        return agent

    @property
    def support_id(self) -> str:
        """The nine digits."""
        digits: str = self.registered["support_id"]
        return digits

    @property
    def resume_token(self) -> str:
        """The secret with which the same agent comes back."""
        token: str = self.registered["resume_token"]
        return token

    async def answer(self) -> None:
        """Take one handshake and answer it."""
        for reply in self.responder.receive(await self.bytes()):
            await self.line.send(reply)

    async def frame(self, payload: bytes = b"picture") -> None:
        """Send one frame."""
        for record in self.sealer.seal(Channel.PICTURE, payload):
            await self.line.send(record)


class TechnicianEnd(End):
    """A technician's page."""

    initiator: Initiator
    secret: ResumeSecret
    sealer: Sealer
    opener: Opener
    painted = 0

    async def try_password(self, agent: AgentEnd, password: str) -> None:
        """Go through the key exchange with the agent; raises Refused when it says no."""
        identity = TechnicianIdentity("Tina", "DIBUC", "http://127.0.0.1")
        self.initiator = Initiator(agent.support_id, password, identity)
        await self.line.send(self.initiator.start())
        while self.initiator.keys is None:
            await agent.answer()
            for reply in self.initiator.receive(await self.bytes()):
                await self.line.send(reply)
        self._use(self.initiator.keys, agent)

    async def resume(self, agent: AgentEnd) -> None:
        """Go on with the agent after a lost line; raises Refused when it says no."""
        resumer = Resumer(agent.support_id, self.secret)
        await self.line.send(resumer.start())
        while resumer.keys is None:
            await agent.answer()
            for reply in resumer.receive(await self.bytes()):
                await self.line.send(reply)
        self._use(resumer.keys, agent)

    def _use(self, keys: SessionKeys, agent: AgentEnd) -> None:
        self.secret = keys.resume_secret
        down, up = keys.agent_to_technician, keys.technician_to_agent
        most = framing.BINARY_MAX_FROM_TECHNICIAN
        self.sealer = Sealer(up.key, up.iv, most, epoch=keys.epoch)
        self.opener = Opener(down.key, down.iv, epoch=keys.epoch)
        assert agent.responder.keys == keys
        agent.sealer = Sealer(down.key, down.iv, epoch=keys.epoch)
        agent.opener = Opener(up.key, up.iv, epoch=keys.epoch)
        agent.responder.keep()

    async def paint(self) -> bytes:
        """Take one whole frame, credit it, and return its payload."""
        while True:
            payload = self.opener.receive(await self.bytes())
            if payload is not None:
                break
        self.painted += 1
        await self.line.send(framing.credit_message(self.painted))
        return payload[1]


async def pair(agent: AgentEnd, technician: TechnicianEnd) -> None:
    """Bring both to where the customer has agreed."""
    technician.painted = 0
    agent.responder.unpair()
    await agent.hear("paired")
    await technician.hear("paired")
    await technician.try_password(agent, agent.responder.password)
    await agent.say(messages.Consent(granted=True, text_version="1"))
    assert (await technician.hear("consent"))["granted"] is True


async def go_on(agent: AgentEnd, technician: TechnicianEnd) -> None:
    """Bring both back, after a lost line, to where the customer has agreed."""
    technician.painted = 0
    agent.responder.unpair()
    await agent.hear("paired")
    await technician.hear("paired")
    await technician.resume(agent)
    await agent.say(messages.Consent(granted=True, text_version="1"))
    assert (await technician.hear("consent"))["granted"] is True


async def show(agent: AgentEnd, technician: TechnicianEnd, payload: bytes = b"picture") -> None:
    """Bring one frame from the agent to the technician, and the credit back."""
    await agent.frame(payload)
    assert await technician.paint() == payload
    credit = await agent.bytes()
    assert credit[0] == Kind.CREDIT


def technician_path(session_id: UUID) -> str:
    """Return the path of the technician's socket."""
    return f"/ws/technician/{session_id}/"
