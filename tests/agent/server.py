"""A server of the agent's socket that does what the test tells it, and a technician behind it."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import zstandard
from PIL import Image
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request

from agent.protocol import control, damm, messages
from agent.protocol.framing import Channel, Kind, credit_message, kind_of
from agent.protocol.keyexchange import Initiator, TechnicianIdentity
from agent.protocol.keys import ResumeSecret, SessionKeys
from agent.protocol.picture import Codec, Rect, copy_source, parse_frame
from agent.protocol.records import Opener, Sealer
from agent.protocol.resume import Resumer
from tests.agent.streamed import streamed

TECHNICIAN = TechnicianIdentity("Tina Technik", "DIBUC", "https://portal.example")
TERMS = messages.Terms(600, 850, 850, Decimal("19.00"))
COMPANY = messages.CompanyContact("DIBUC", "06233 326103")


class Painter:
    """The technician's canvas, painted as docs/protocol.md section 6.1 says."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (1, 1))
        self.frames = 0
        self.codecs: list[Codec] = []
        self._stream: Any = None
        self._planes: dict[int, Image.Image] = {}

    def paint(self, payload: bytes) -> None:
        frame = parse_frame(payload)
        if frame.fresh:
            self._stream = zstandard.ZstdDecompressor(max_window_size=2**25).decompressobj()
            self._planes.clear()
        if self.image.size != (frame.width, frame.height):
            assert frame.fresh
            self.image = Image.new("RGB", (frame.width, frame.height))
        for rect in frame.rects:
            self.codecs.append(rect.codec)
            if rect.codec in {Codec.ZSTD, Codec.LINES}:
                part = streamed(self._stream, rect)
            elif rect.codec is Codec.COPY:
                x, y = copy_source(rect)
                part = self.image.crop((x, y, x + rect.w, y + rect.h))
            elif rect.codec is Codec.KEEP:
                self._keep(rect)
                continue
            elif rect.codec is Codec.RESTORE:
                box = (rect.x, rect.y, rect.x + rect.w, rect.y + rect.h)
                part = self._planes[rect.data[0]].crop(box)
            elif rect.codec is Codec.H264:
                # Nothing here decodes films; what comes out of one is rough at best.
                part = Image.new("RGB", (rect.w, rect.h), "magenta")
            elif rect.codec is Codec.PREVIEW:
                half = Image.open(io.BytesIO(rect.data)).convert("RGB")
                assert half.size == (-(-rect.w // 2), -(-rect.h // 2))
                part = half.resize((half.width * 2, half.height * 2)).crop((0, 0, rect.w, rect.h))
            else:
                part = Image.open(io.BytesIO(rect.data)).convert("RGB")
                assert part.size == (rect.w, rect.h)
            self.image.paste(part, (rect.x, rect.y))
        self.frames += 1

    def _keep(self, rect: Rect) -> None:
        plane = self._planes.setdefault(rect.data[0], Image.new("RGB", self.image.size))
        box = (rect.x, rect.y, rect.x + rect.w, rect.y + rect.h)
        plane.paste(self.image.crop(box), box[:2])


class Caller:
    """One agent that called. Text messages of it wait in `texts`."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.texts: asyncio.Queue[messages.FromAgent] = asyncio.Queue()
        self.handshakes: asyncio.Queue[bytes] = asyncio.Queue()
        self.controls: list[control.AgentControl] = []
        self.painter = Painter()
        self.painted = asyncio.Condition()
        self.credits = True
        self.support_id = ""
        self.refusals: list[str] = []
        self.secret = ResumeSecret(bytes(32), 0, "")
        self._opener: Opener | None = None
        self._sealer: Sealer | None = None
        self.closed = asyncio.Event()

    async def read(self) -> None:
        try:
            async for message in self.socket:
                if isinstance(message, str):
                    self.texts.put_nowait(messages.parse_from_agent(message))
                elif kind_of(message) is Kind.HANDSHAKE:
                    self.handshakes.put_nowait(message)
                elif self._opener is not None:
                    await self._record(self._opener, message)
        finally:
            self.closed.set()

    async def _record(self, opener: Opener, message: bytes) -> None:
        opened = opener.receive(message)
        if opened is None:
            return
        channel, payload = opened
        if channel is Channel.CONTROL:
            said = control.parse_from_agent(payload)
            assert said is not None
            self.controls.append(said)
            return
        async with self.painted:
            self.painter.paint(payload)
            self.painted.notify_all()
        if self.credits:
            await self.socket.send(credit_message(self.painter.frames))

    async def say(self, message: messages.ToAgent) -> None:
        await self.socket.send(messages.dump(message))

    async def text(self) -> messages.FromAgent:
        async with asyncio.timeout(60):
            while isinstance(message := await self.texts.get(), messages.Pong):
                pass
        return message

    async def register(self, support_id: str | None = None) -> messages.AgentHello:
        hello = await self.text()
        assert isinstance(hello, messages.AgentHello)
        self.support_id = support_id or damm.new_support_id()
        await self.say(messages.Registered(1, self.support_id, "t" * 32, COMPANY, TERMS, "2026-11"))
        return hello

    async def exchange(self, password: str) -> str:
        """Run the key exchange as a technician; return '' or the code of the refusal."""
        initiator = Initiator(self.support_id, password, TECHNICIAN)
        await self.socket.send(initiator.start())
        async with asyncio.timeout(60):
            while initiator.keys is None:
                answer = await self.handshakes.get()
                refused = json.loads(answer[1:])
                if refused["step"] == "refused":
                    self.refusals.append(refused["code"])
                    return str(refused["code"])
                for message in initiator.receive(answer):
                    await self.socket.send(message)
        self._use(initiator.keys)
        return ""

    async def resume(self, before: ResumeSecret) -> str:
        """Go on without a password; return '' or the code of the refusal."""
        resumer = Resumer(self.support_id, before)
        await self.socket.send(resumer.start())
        async with asyncio.timeout(60):
            while resumer.keys is None:
                answer = await self.handshakes.get()
                refused = json.loads(answer[1:])
                if refused["step"] == "refused":
                    return str(refused["code"])
                for message in resumer.receive(answer):
                    # The first picture may come right behind the answer to this.
                    if resumer.derived is not None:
                        self._use(resumer.derived)
                    await self.socket.send(message)
        return ""

    def _use(self, keys: SessionKeys) -> None:
        self.secret = keys.resume_secret
        down, up = keys.agent_to_technician, keys.technician_to_agent
        self._opener = Opener(down.key, down.iv, epoch=keys.epoch)
        self._sealer = Sealer(up.key, up.iv, epoch=keys.epoch)
        self.painter = Painter()
        self.controls.clear()

    async def control(self, message: control.TechnicianControl) -> None:
        await self.sealed(control.dump(message))

    async def sealed(self, payload: bytes) -> None:
        for record in self.seal(payload):
            await self.socket.send(record)

    def seal(self, payload: bytes, channel: Channel = Channel.CONTROL) -> list[bytes]:
        """Return the records of a payload; the next ones are expected after them."""
        assert self._sealer is not None
        return self._sealer.seal(channel, payload)

    async def see(self, condition: Callable[[Image.Image], bool]) -> None:
        """Wait until the painted picture fulfils a condition."""
        async with asyncio.timeout(60), self.painted:
            await self.painted.wait_for(lambda: condition(self.painter.image))


class Server:
    """Listens on loopback; each agent that calls comes out of `calls`."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[Caller] = asyncio.Queue()
        self.url = ""
        # Calls are taken and then answered by nothing.
        self.hangs = False

    async def admit(self, _socket: ServerConnection, _request: Request) -> None:
        if self.hangs:
            await asyncio.Event().wait()

    async def call(self) -> Caller:
        async with asyncio.timeout(60):
            return await self.calls.get()

    async def handle(self, socket: ServerConnection) -> None:
        caller = Caller(socket)
        self.calls.put_nowait(caller)
        try:
            await caller.read()
        except ConnectionClosed:
            return


@asynccontextmanager
async def running_server(port: int = 0) -> AsyncIterator[Server]:
    """Serve until the block is left."""
    server = Server()
    async with serve(
        server.handle, "127.0.0.1", port, max_size=300 * 1024, process_request=server.admit
    ) as listening:
        number = next(iter(listening.sockets)).getsockname()[1]
        server.url = f"http://127.0.0.1:{number}"
        yield server
