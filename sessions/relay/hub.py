"""All support sessions whose sockets are in this process. No database.

An agent and its technician meet here and nowhere else: frames go from one socket straight
to the other, never through the channel layer, which may drop what it carries.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from agent.protocol import framing
from agent.protocol.errors import Code, ProtocolError
from sessions.relay.room import Room

logger = logging.getLogger(__name__)

# A training room behind one address must fit in; a flood of sockets must not.
SOCKETS_PER_ADDRESS = 100


class Hub:
    """The rooms of this process, and the sockets of each network address."""

    def __init__(self, sockets_per_address: int = SOCKETS_PER_ADDRESS) -> None:
        self.rooms: dict[UUID, Room] = {}
        self._sockets: Counter[str] = Counter()
        self._most = sockets_per_address
        self._beats: dict[UUID, asyncio.Task[None]] = {}

    @contextmanager
    def counted(self, address: str) -> Iterator[None]:
        """Count a socket of `address` while it stands; raise ProtocolError for one too many."""
        if self._sockets[address] >= self._most:
            raise ProtocolError(Code.TOO_MANY_SOCKETS, "from one address")
        self._sockets[address] += 1
        try:
            yield
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]

    def room(self, session_id: UUID, make: Callable[[], Room]) -> Room:
        """Return the session's room, made now where there is none; it begins to beat."""
        room = self.rooms.get(session_id)
        if room is None:
            room = self.rooms[session_id] = make()
            self._beats[session_id] = asyncio.create_task(self._beat(session_id, room))
        return room

    def forget_if_empty(self, session_id: UUID) -> None:
        """Drop the room when no socket is left in it."""
        room = self.rooms.get(session_id)
        if room is not None and room.is_empty:
            del self.rooms[session_id]
            self._beats.pop(session_id).cancel()

    async def _beat(self, session_id: UUID, room: Room) -> None:
        while True:
            await asyncio.sleep(framing.HEARTBEAT_INTERVAL.total_seconds())
            try:
                await room.beat()
            except Exception:
                # One session's fault must not stop its own heartbeat for good.
                logger.exception("Heartbeat of session %s", session_id)
