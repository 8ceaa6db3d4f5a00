"""One socket of a support session, and how fast it may talk."""

from collections.abc import Awaitable, Callable
from typing import Any

from agent.protocol import messages
from agent.protocol.errors import Code

Send = Callable[[dict[str, Any]], Awaitable[None]]

CLOSE_NORMAL = 1000
CLOSE_GOING_AWAY = 1001
CLOSE_POLICY = 1008


class Rate:
    """At most `most` a second, measured by a bucket that fills up again evenly."""

    __slots__ = ("_filled_at", "_left", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = float(most)
        self._filled_at = 0.0

    def allows(self, now: float, amount: int = 1) -> bool:
        """Take `amount` at monotonic time `now` (seconds); False when that is too much."""
        grown = self._left + (now - self._filled_at) * self._most
        self._left = min(grown, self._most) - amount
        self._filled_at = now
        return self._left >= 0


class End:
    """A socket that has been let in: the agent's or the technician's.

    `send` is the server's own ASGI function, so that a frame takes one call to leave.
    """

    __slots__ = ("closed", "heard", "pong", "send", "settles_at", "silent_beats")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.closed = False
        # Set by every message and cleared by every heartbeat.
        self.heard = True
        self.silent_beats = 0
        self.pong = 0
        # The ping after whose answer nothing of an earlier pairing can be under way.
        self.settles_at = 0

    @property
    def settled(self) -> bool:
        """Whether everything that this end sent in an earlier pairing has arrived."""
        return self.pong >= self.settles_at

    async def say(self, message: messages.Message) -> None:
        """Send a text message, unless the socket is closed."""
        if not self.closed:
            await self.send({"type": "websocket.send", "text": messages.dump(message)})

    async def close(self, code: int) -> None:
        """Close the socket once; whatever it still sends is ignored."""
        if not self.closed:
            self.closed = True
            await self.send({"type": "websocket.close", "code": code})

    async def refuse(self, code: Code) -> None:
        """Say what was wrong, and close with 1008."""
        await self.say(messages.Error(code.value))
        await self.close(CLOSE_POLICY)
