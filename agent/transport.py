"""The line to the server: one websocket, plain bytes and texts, no knowledge of what they mean."""

import asyncio
import ipaddress
import socket
import ssl
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

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


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        for name in CERTIFICATES:
            if Path(name).is_file():
                context.load_verify_locations(name)
                break
    return context


class Line:
    """A line, open from `open` or the beginning of an `async with` on."""

    def __init__(self, url: str) -> None:
        """Prepare to call.

        Args:
            url: from `socket_url`.
        """
        self._url = url
        self._socket: ClientConnection | None = None

    async def open(self) -> "Line":
        """Call the server.

        Raises:
            LineError: it does not answer as it should.
        """
        try:
            self._socket = await connect(
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
            )
        except (OSError, WebSocketException, ValueError) as error:
            # TimeoutError and ssl.SSLError are OSErrors.
            raise LineError(str(error)) from error
        raw = self._socket.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        return self

    def abort(self) -> None:
        """Drop it without a farewell."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def __aenter__(self) -> "Line":
        return self if self._socket is not None else await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
            await self._socket.send(message)
        except (OSError, WebSocketException) as error:
            raise LineError(str(error)) from error

    async def receive(self) -> str | bytes:
        """Return the next message.

        Raises:
            LineError: the line broke, was closed, or has been silent for too long.
        """
        if self._socket is None:
            raise LineError("not open")
        since = elapsed.seconds()
        while True:
            left = SILENCE_LIMIT.total_seconds() - (elapsed.seconds() - since)
            if left <= 0:
                raise LineError("the server is silent")
            try:
                async with asyncio.timeout(min(LOOK_AFTER, left)):
                    return await self._socket.recv()
            except TimeoutError:
                continue
            except (OSError, WebSocketException) as error:
                raise LineError(str(error)) from error
