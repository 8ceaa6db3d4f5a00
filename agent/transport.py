"""The line to the server: one websocket, plain bytes and texts, no knowledge of what they mean."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, WebSocketException
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.protocol import Event, State
from websockets.streams import StreamReader

from agent import elapsed
from agent.protocol.framing import (
    BINARY_MAX_FROM_TECHNICIAN,
    HEARTBEAT_INTERVAL,
    SILENCE_LIMIT,
)

AGENT_PATH = "/ws/agent/"
OPEN_TIMEOUT = 10.0
CLOSE_TIMEOUT = 2.0
# What waits in the kernel cannot be replaced by something newer: keep it little.
SEND_BUFFER = 32 * 1024
MAX_QUEUE = 64
# No message for so long, one ping missed: look whether the computer was asleep meanwhile.
LOOK_AFTER = 1.25 * HEARTBEAT_INTERVAL.total_seconds()
# A frame's first byte: all of a message, and binary; the lengths that fit into the second one.
# RFC 6455 section 5.2.
_WHOLE_BINARY = 0x80 | Opcode.BINARY
_SHORT = 126
_SHORT_HEAD = 2
_AT_EOF = StreamReader.at_eof.__code__
# Where the systems keep their certificates, for a program that was built on another one.
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class AddressError(Exception):
    """The server's address cannot be used; the text says why."""


class LineError(Exception):
    """There is no line, or it broke."""


class UntrustedError(LineError):
    """The server's certificate is not one that this computer trusts."""


def socket_url(server: str) -> str:
    """Return the agent's websocket of a portal.

    Args:
        server: the portal's address, for instance https://portal.example.

    Raises:
        AddressError: not an http(s) address, or one that would travel unencrypted.
    """
    parts = urlsplit(server)
    try:
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(server) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise AddressError(server)
    if parts.scheme == "http" and not _is_loopback(host):
        raise AddressError(server)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{AGENT_PATH}"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _tls() -> ssl.SSLContext:
    # Reading a system's certificates takes 20 ms, and an interrupted session calls often.
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        for name in CERTIFICATES:
            if Path(name).is_file():
                context.load_verify_locations(name)
                break
    return context


class _Gone(asyncio.Transport):
    """In the place of a transport whose connection is lost.

    Asyncio's own cannot be aborted any more if it got rid of its last bytes while it was closing:
    it forgets its event loop, but not that it was open (CPython 3.11). Websockets does abort it.
    """

    def abort(self) -> None:
        return

    def is_closing(self) -> bool:
        return True


class _Socket(ClientConnection):
    """A websocket that hands over what needs no waiting as soon as it is there.

    A credit or a key is dealt with in some microseconds; waking a task for it takes ten times as
    long, and they come as often as frames go.

    Attributes:
        heard_at: when a message came last, in seconds of `elapsed`.
        at_once: takes a binary message and returns whether that was all; it must not block.
        unread: messages that came and are not done with; behind them nothing is handed over.
        failed: what `at_once` raised; the line is broken off then.
    """

    heard_at = 0.0
    at_once: Callable[[bytes], bool] | None = None
    unread = 0
    failed: Exception | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.transport = _Gone()

    def process_event(self, event: Event) -> None:
        if isinstance(event, Frame) and event.opcode in DATA_OPCODES:
            self.heard_at = elapsed.seconds()
            if self._is_done(event):
                return
            self.unread += event.opcode is not Opcode.CONT
        super().process_event(event)

    def _is_done(self, frame: Frame) -> bool:
        whole = frame.fin and frame.opcode is Opcode.BINARY
        if not whole or self.unread or self.at_once is None:
            return False
        try:
            return self.at_once(bytes(frame.data))
        except Exception as error:  # noqa: BLE001 (whoever reads from the line gets it)
            self.failed = error
            self.transport.abort()
            return True

    def data_received(self, data: bytes) -> None:
        if self._is_one_message(data):
            # Past websockets' parser, which takes longer than whatever the message asks for.
            self.process_event(Frame(Opcode.BINARY, data[_SHORT_HEAD:]))
        else:
            super().data_received(data)

    def _is_one_message(self, data: bytes) -> bool:
        """Tell whether this is a whole short binary message: a credit, a key, an echo."""
        return (
            len(data) > _SHORT_HEAD
            and data[0] == _WHOLE_BINARY
            and data[1] == len(data) - _SHORT_HEAD < _SHORT
            and self._is_between_messages()
        )

    def _is_between_messages(self) -> bool:
        """Tell whether websockets waits for the first bytes of one, not for the rest."""
        if self.protocol.current_size is not None or self.protocol.state is not State.OPEN:
            return False
        waits: Any = self.protocol.parser
        while waits.gi_yieldfrom is not None:
            waits = waits.gi_yieldfrom
        return waits.gi_code is _AT_EOF

    def post(self, message: bytes) -> None:
        """Send a binary message without waiting for room.

        Like `send`, but without its preparations for any other kind.

        Raises:
            ConnectionClosedError: it is closed or being closed.
        """
        if self.protocol.state is not State.OPEN:
            rcvd, sent = self.protocol.close_rcvd, self.protocol.close_sent
            raise ConnectionClosedError(rcvd, sent, self.protocol.close_rcvd_then_sent)
        self.transport.write(Frame(Opcode.BINARY, message).serialize(mask=True))


class Line:
    """A line, open from `open` or the beginning of an `async with` on."""

    def __init__(self, url: str) -> None:
        """Prepare to call.

        Args:
            url: from `socket_url`.
        """
        self._url = url
        self._socket: _Socket | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._is_silent = False
        self._at_work = False

    async def open(self) -> "Line":
        """Call the server.

        Raises:
            LineError: it does not answer as it should.
            UntrustedError: it cannot show that it is the one that was called.
        """
        try:
            opened = await connect(
                self._url,
                ssl=_tls() if self._url.startswith("wss:") else None,
                compression=None,
                open_timeout=OPEN_TIMEOUT,
                close_timeout=CLOSE_TIMEOUT,
                # The protocol has a heartbeat of its own.
                ping_interval=None,
                max_size=BINARY_MAX_FROM_TECHNICIAN,
                max_queue=MAX_QUEUE,
                write_limit=SEND_BUFFER,
                user_agent_header=None,
                create_connection=_Socket,
            )
        except ssl.SSLCertVerificationError as error:
            raise UntrustedError(error.verify_message) from error
        except (OSError, WebSocketException, ValueError) as error:
            # TimeoutError and ssl.SSLError are OSErrors.
            raise LineError(str(error)) from error
        assert isinstance(opened, _Socket)  # noqa: S101 (for the type checker)
        self._socket = opened
        raw = opened.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        opened.heard_at = elapsed.seconds()
        self._look_again_in(LOOK_AFTER)
        return self

    def take_at_once(self, take: Callable[[bytes], bool]) -> None:
        """Offer binary messages to `take` first, as soon as they come, in their order.

        Args:
            take: returns whether that was all, else `receive` brings the message too. What it
                raises breaks the line off and is raised by `receive`.
        """
        if self._socket is not None:
            self._socket.at_once = take

    def abort(self) -> None:
        """Drop it without a farewell."""
        self._look_no_more()
        if self._socket is not None:
            self._socket.transport.abort()

    def _look_again_in(self, seconds: float) -> None:
        self._watch = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look_no_more(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        """Break off if nothing has come for too long, also if the computer slept meanwhile."""
        assert self._socket is not None  # noqa: S101 (open() set it)
        silence = elapsed.seconds() - self._socket.heard_at
        left = SILENCE_LIMIT.total_seconds() - silence
        if left > 0:
            self._look_again_in(min(LOOK_AFTER, left))
        else:
            self._is_silent = True
            self.abort()

    async def __aenter__(self) -> "Line":
        return self if self._socket is not None else await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._look_no_more()
        if isinstance(error, LineError):
            # Nobody would hear the farewell.
            self.abort()
        elif self._socket is not None:
            await self._socket.close()

    async def send(self, message: str | bytes) -> None:
        """Send one message; waits while the line is full.

        Raises:
            LineError: the line broke.
        """
        if self._socket is None:
            raise LineError("not open")
        try:
            if isinstance(message, bytes):
                self._socket.post(message)
                await self._socket.drain()
            else:
                await self._socket.send(message)
        except (OSError, WebSocketException) as error:
            raise LineError(str(error)) from error

    @property
    def has_room(self) -> bool:
        """Whether `post` would not make a full line fuller."""
        return self._socket is not None and not self._socket.paused

    def post(self, message: bytes) -> None:
        """Send one binary message without waiting.

        Raises:
            LineError: the line broke.
        """
        if self._socket is None:
            raise LineError("not open")
        try:
            self._socket.post(message)
        except WebSocketException as error:
            raise LineError(str(error)) from error

    async def receive(self) -> str | bytes:
        """Return the next message; whoever asks for it is done with the one before.

        Raises:
            LineError: the line broke, was closed, or has been silent for too long.
        """
        socket = self._socket
        if socket is None:
            raise LineError("not open")
        if self._at_work:
            socket.unread -= 1
            self._at_work = False
        try:
            message = await socket.recv()
        except (OSError, WebSocketException) as error:
            if socket.failed is not None:
                raise socket.failed from None
            raise LineError("the server is silent" if self._is_silent else str(error)) from error
        self._at_work = True
        return message
