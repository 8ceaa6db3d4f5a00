"""The way of the frames: from one socket's queue straight into the other socket.

A plain loop instead of Channels' dispatch, which costs several times as much a frame.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from agent.protocol.errors import Code, ProtocolError
from sessions.relay.ends import End
from sessions.relay.room import Room

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]


async def run_agent(receive: Receive, room: Room, end: End) -> None:
    """Take what the agent sends, until its socket closes or it breaks a rule."""
    await _run(receive, room, end, (room.agent_bytes, room.agent_text))


async def run_technician(receive: Receive, room: Room, end: End) -> None:
    """Take what the technician's page sends, until its socket closes or it breaks a rule."""
    await _run(receive, room, end, (room.technician_bytes, room.technician_text))


async def _run(
    receive: Receive,
    room: Room,
    end: End,
    take: tuple[Callable[[bytes], Awaitable[None]], Callable[[str], Awaitable[None]]],
) -> None:
    take_bytes, take_text = take
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if end.closed:
            continue
        end.heard = True
        try:
            data = message.get("bytes")
            if data is not None:
                await take_bytes(data)
            else:
                await take_text(message["text"])
        except ProtocolError as error:
            logger.info("Closed an end: %s", error)
            await room.refuse(end, error.code)
        except Exception:
            logger.exception("A message could not be taken")
            await room.refuse(end, Code.INTERNAL)
