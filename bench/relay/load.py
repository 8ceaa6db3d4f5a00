"""A pair under load: sealed frames one way on credit, credits the other way."""

import asyncio
from typing import Final

from agent.protocol import framing, messages
from agent.protocol.framing import RECORD_OVERHEAD, Channel
from agent.protocol.records import Sealer
from bench.relay.pairs import Pair

WINDOW: Final = 2


class Load:
    """Sends frames of one size through one pair at a steady pace.

    Attributes:
        frames: how many have arrived at the technician.
    """

    def __init__(self, pair: Pair, size: int, frames_per_second: int) -> None:
        """Prepare; `size` is the whole message's, in bytes."""
        self.frames = 0
        self._pair = pair
        self._size = size
        self._interval = 1 / frames_per_second
        self._credit = asyncio.Semaphore(WINDOW)
        self._credited = 0
        self._sealer = Sealer(pair.keys.key, pair.keys.iv) if pair.keys else None

    async def run(self) -> None:
        """Go on until cancelled; raises ConnectionClosed when the relay ends a socket."""
        await asyncio.gather(self._send(), self._serve_agent(), self._serve_technician())

    def _frame(self) -> bytes:
        if self._sealer is None:
            return bytes(self._size)
        (message,) = self._sealer.seal(Channel.PICTURE, bytes(self._size - RECORD_OVERHEAD))
        return message

    async def _send(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            await self._credit.acquire()
            await self._pair.agent.send(self._frame())
            due += self._interval
            if (early := due - clock()) > 0:
                await asyncio.sleep(early)
            else:
                due -= early  # late: no catching up in a burst

    async def _serve_agent(self) -> None:
        async for message in self._pair.agent:
            if isinstance(message, bytes):
                credited = framing.parse_credit(message)
                for _ in range(credited - self._credited):
                    self._credit.release()
                self._credited = credited
            else:
                ping = messages.parse_to_agent(message)
                if isinstance(ping, messages.Ping):
                    await self._pair.agent.send(messages.dump(messages.Pong(ping.n)))

    async def _serve_technician(self) -> None:
        async for message in self._pair.technician:
            if isinstance(message, bytes):
                self.frames += 1
                await self._pair.technician.send(framing.credit_message(self.frames))
            else:
                ping = messages.parse_to_technician(message)
                if isinstance(ping, messages.Ping):
                    await self._pair.technician.send(messages.dump(messages.Pong(ping.n)))
