"""Daphne that waits for slow readers: `python -m dibuc.server`.

Plain Daphne takes whatever an application sends and keeps it in memory until the
client has read it (docs/adr/0001-back-pressure.md). Here `send` of a piece of a body
returns only once the socket's buffer is empty again, so that a download costs its
buffer, however large the file and however slow the reader.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

# First of all: it installs the reactor that runs on asyncio.
from daphne.server import Server  # isort: skip
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketFactory
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from dibuc.sockets import MESSAGE_LIMIT, Receive, Socket

# A reader that takes nothing at all for so long has gone.
STALL_SECONDS = 120

# Where a scope carries its connection on the way to `bounded`.
SOCKET = "dibuc.socket"

Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

logger = logging.getLogger(__name__)


@implementer(IPushProducer)
class Flow:
    """Whether a response may go on; Twisted's transport says so."""

    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()

    def pauseProducing(self) -> None:  # noqa: N802
        """Stop: the socket takes no more for now."""
        self._free.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """Go on: everything written so far has left."""
        self._free.set()

    def stopProducing(self) -> None:  # noqa: N802
        """Let the application go on to its end: the client has gone."""
        self._free.set()

    async def wait(self) -> bool:
        """Return true once the response may go on, false after STALL_SECONDS."""
        try:
            await asyncio.wait_for(self._free.wait(), STALL_SECONDS)
        except TimeoutError:
            return False
        return True


def close(protocol: Socket, message: Mapping[str, Any]) -> None:
    """Close a websocket with any code of RFC 6455, or refuse one that was not accepted.

    Daphne's own way lets only 1000 and 3000 to 4999 through, and raises for the others.
    """
    if protocol.state == Socket.STATE_OPEN:
        protocol.sendCloseFrame(message.get("code", 1000))
    else:
        protocol.handle_reply(message)


class PatientServer(Server):  # type: ignore[misc]  # Daphne ships no types
    """Daphne's server, which waits for slow readers and is not flooded by quick senders.

    Responses in several pieces wait for their reader. Websockets do not, since the relay
    has a credit of its own; they are read no faster than their messages are taken.
    """

    def create_application(self, protocol: object, scope: dict[str, Any]) -> Any:
        """Start the application for a connection, with a bounded inbox if it is a websocket."""
        if isinstance(protocol, Socket):
            scope[SOCKET] = protocol
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: object, message: Mapping[str, Any]) -> None:
        """Hand `message` to the client's connection, and wait until it has room again."""
        if isinstance(protocol, Socket):
            if message["type"] == "websocket.send" and protocol.is_closing:
                # Whoever speaks to the other side has done nothing wrong, and may not fail.
                return
            if data := message.get("bytes"):
                protocol.send_binary(data)
            elif message["type"] == "websocket.close":
                close(protocol, message)
            else:
                await super().handle_reply(protocol, message)
            return
        if not isinstance(protocol, WebRequest) or message["type"] != "http.response.body":
            await super().handle_reply(protocol, message)
            return
        if message.get("more_body") and protocol.producer is None and protocol.channel:
            protocol.registerProducer(Flow(), streaming=True)
        elif not message.get("more_body") and protocol.producer is not None and protocol.channel:
            protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if isinstance(protocol.producer, Flow) and not await protocol.producer.wait():
            logger.warning("A reader took nothing for %d s: connection closed.", STALL_SECONDS)
            protocol.transport.abortConnection()

    def kill_all_applications(self) -> Deferred[list[Any]]:
        """Cancel all applications when the server stops, and wait until every one has ended.

        Daphne's own goes on as soon as the first has: what the others still write in
        threads would then wait for an event loop that has stopped, and the process with it.
        """
        running = [
            application
            for details in self.connections.values()
            if (application := details.get("application_instance")) and not application.done()
        ]
        for application in running:
            application.cancel()
        return Deferred.fromFuture(asyncio.gather(*running, return_exceptions=True))


def bounded(application: Application) -> Application:
    """Let the sockets of `application` know what it takes of theirs."""

    async def run(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        socket: Socket | None = scope.pop(SOCKET, None)
        await application(scope, receive if socket is None else socket.receiving(receive), send)

    return run


def serve() -> None:
    """Serve the portal on BIND and LISTEN_PORT until SIGTERM or SIGINT."""
    # Late, since it sets Django up.
    from django.conf import settings  # noqa: PLC0415

    from dibuc.asgi import application  # noqa: PLC0415

    WebSocketFactory.protocol = Socket
    PatientServer(
        bounded(application),
        endpoints=[
            f"tcp:port={settings.LISTEN_PORT}:interface={settings.BIND.replace(':', chr(92) + ':')}"
        ],
        websocket_max_message_size=MESSAGE_LIMIT,
        websocket_max_frame_size=MESSAGE_LIMIT,
        # Only a proxy in front speaks HTTPS, and only then is its word on the client taken.
        proxy_forwarded_address_header="X-Real-IP" if settings.IS_HTTPS else None,
        proxy_forwarded_proto_header="X-Forwarded-Proto" if settings.IS_HTTPS else None,
        server_name="",
    ).run()


if __name__ == "__main__":
    serve()
