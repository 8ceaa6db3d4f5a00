"""`python -m tests.dibuc.echo PORT`: the portal's server around three small applications.

/echo/ returns every message. /deaf/ takes nothing until the client says a text on another
socket to /wake/, and then tells how many messages and bytes were there. /flood/ sends as
many messages as its first one asks for, without waiting. /late/ closes after the first
message and goes on speaking; /was-late/ tells when that is over.
"""

import asyncio
import sys
from typing import Any

from dibuc.server import PatientServer, Send, bounded
from dibuc.sockets import MESSAGE_LIMIT, Receive, Socket

# Sent by /flood/: not one byte, so that the order can be seen.
FLOOD_SIZE = 64 * 1024
awake = asyncio.Event()
late = asyncio.Event()


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one websocket."""
    await receive()
    await send({"type": "websocket.accept"})
    if scope["path"] == "/deaf/":
        await awake.wait()
        await _count(receive, send)
    elif scope["path"] == "/wake/":
        awake.set()
    elif scope["path"] == "/late/":
        await receive()
        await send({"type": "websocket.close"})
        for kind, data in (("text", "late"), ("bytes", b"late")):
            await send({"type": "websocket.send", kind: data})
        late.set()
    elif scope["path"] == "/was-late/":
        await late.wait()
        await send({"type": "websocket.send", "text": "nothing was raised"})
        await receive()
    elif scope["path"] == "/flood/":
        number = int((await receive())["text"])
        for n in range(number):
            await send({"type": "websocket.send", "bytes": bytes([n % 256]) * FLOOD_SIZE})
        await send({"type": "websocket.close"})
        await receive()
    else:
        await _echo(receive, send)


async def _echo(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


async def _count(receive: Receive, send: Send) -> None:
    messages = size = 0
    while (message := await receive()).get("text") != "end":
        messages += 1
        size += len(message["bytes"])
    await send({"type": "websocket.send", "text": f"{messages} {size}"})
    await receive()


def main() -> None:
    """Serve on the port of the command line."""
    from daphne.ws_protocol import WebSocketFactory  # noqa: PLC0415 - after the reactor

    WebSocketFactory.protocol = Socket
    PatientServer(
        bounded(application),
        endpoints=[f"tcp:port={sys.argv[1]}:interface=127.0.0.1"],
        websocket_max_message_size=MESSAGE_LIMIT,
        websocket_max_frame_size=MESSAGE_LIMIT,
    ).run()


if __name__ == "__main__":
    main()
