"""The peer: as little relay as can be, on the `websockets` library.

`python -m bench.relay.bare PORT`. Two sockets with the same path are a pair, and every
message of one goes to the other. No log-in, no limits, no ledger: the floor.
"""

import asyncio
import sys
from collections import defaultdict

from websockets.asyncio.server import ServerConnection, serve


class Pair:
    """Two sockets that find each other."""

    def __init__(self) -> None:
        self.sockets: list[ServerConnection] = []
        self.complete = asyncio.Event()

    async def join(self, socket: ServerConnection) -> ServerConnection:
        """Wait for the other socket and return it."""
        self.sockets.append(socket)
        if len(self.sockets) > 1:
            self.complete.set()
        await self.complete.wait()
        return self.sockets[self.sockets[0] is socket]


async def run(port: int) -> None:
    """Relay until the process is ended."""
    pairs: dict[str, Pair] = defaultdict(Pair)

    async def relay(socket: ServerConnection) -> None:
        other = await pairs[socket.request.path if socket.request else ""].join(socket)
        async for message in socket:
            await other.send(message)

    async with serve(relay, "127.0.0.1", port, compression=None, max_size=2**20):
        print("ready", flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1])))
