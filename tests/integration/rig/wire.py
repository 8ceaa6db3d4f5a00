"""The line between the two ends: a TCP proxy that counts bytes and can be made slow.

The slow line is a token bucket without burst behind a queue of 64 KB, as in a small
router, and a fixed delay, each way. There is no netem in many kernels, hence this.
"""

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass
from typing import Final

from tests.integration.rig.ending import Ending

QUEUE: Final = 64 * 1024
CHUNK: Final = 1460  # what an Ethernet frame carries of a TCP stream


@dataclass(frozen=True)
class Link:
    """A kind of line: bits a second (0 = as fast as it goes) and one-way delay in seconds."""

    name: str
    bits_per_second: int = 0
    delay: float = 0.0


LINKS: Final = {
    "loopback": Link("loopback"),
    "5mbit40ms": Link("5mbit40ms", 5_000_000, 0.020),
}


@dataclass(frozen=True)
class Passed:
    """Some bytes that went over a connection, in the order in which they went."""

    connection: int
    from_caller: bool
    data: bytes


class _Connection:
    """One that stands; what a silent line swallows never arrives, nor does its end."""

    def __init__(self, number: int, caller: asyncio.StreamWriter) -> None:
        self.number = number
        self.writers = [caller]
        self.is_silent = False

    def abort(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class Wire(Ending):
    """Listens on a free port and passes everything on to `port` of this machine."""

    def __init__(self, port: int, link: Link) -> None:
        """Start listening in a thread of its own; `port` may be set again later."""
        self.target = port
        # From where new connections come, as the other end sees it.
        self.address = "127.0.0.1"
        self.bytes = 0
        # What passed, once it is a list.
        self.kept: list[Passed] | None = None
        self._open: set[_Connection] = set()
        self._connections = 0
        self._is_down = False
        self._is_silent = False
        self._link = link
        self._socket = socket.create_server(("127.0.0.1", 0))
        if link.bits_per_second:
            # Small, so that the queue below is the one that fills, not the kernel's.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._listen())
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._accept, sock=self._socket, limit=QUEUE)
        async with server:
            await server.serve_forever()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_down:
            writer.transport.abort()
            return
        self._connections += 1
        connection = _Connection(self._connections, writer)
        connection.is_silent = self._is_silent
        self._open.add(connection)
        try:
            there, back = await asyncio.open_connection(
                "127.0.0.1", self.target, limit=QUEUE, local_addr=(self.address, 0)
            )
            connection.writers.append(back)
            for stream in (writer, back):
                stream.transport.set_write_buffer_limits(high=QUEUE)
                raw = stream.get_extra_info("socket")
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.gather(
                self._pass(connection, reader, back), self._pass(connection, there, writer)
            )
        except ConnectionError:
            pass  # nobody listens there now
        finally:
            self._open.discard(connection)
            connection.abort()

    async def _pass(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        from_caller = writer is not connection.writers[0]
        with contextlib.suppress(ConnectionError):
            if self._link.bits_per_second:
                await self._slowly(reader, writer)
            else:
                while data := await reader.read(QUEUE):
                    if connection.is_silent:
                        continue
                    self.bytes += len(data)
                    if self.kept is not None:
                        self.kept.append(Passed(connection.number, from_caller, data))
                    writer.write(data)
                    await writer.drain()
        if not connection.is_silent:
            writer.close()

    async def _slowly(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE // CHUNK)
        seconds_per_byte = 8 / self._link.bits_per_second
        free = 0.0  # when the line has sent what is on it

        async def fill() -> None:
            with contextlib.suppress(ConnectionError):
                while data := await reader.read(CHUNK):
                    await queue.put(data)
            await queue.put(b"")

        filling = asyncio.create_task(fill())
        while data := await queue.get():
            self.bytes += len(data)
            now = self._loop.time()
            free = max(now, free) + len(data) * seconds_per_byte
            await asyncio.sleep(free - now)
            self._loop.call_later(self._link.delay, self._deliver, writer, data)
        await asyncio.sleep(self._link.delay)
        await filling

    @staticmethod
    def _deliver(writer: asyncio.StreamWriter, data: bytes) -> None:
        if not writer.is_closing():
            writer.write(data)

    def cut(self) -> None:
        """Break every connection that stands; new ones are passed on."""

        def abort() -> None:
            for connection in list(self._open):
                connection.abort()

        self._loop.call_soon_threadsafe(abort)

    def go_down(self) -> None:
        """Break every connection, and refuse new ones until `come_up`."""
        self._is_down = True
        self.cut()

    def come_up(self) -> None:
        """Pass new connections on again."""
        self._is_down = False

    def fall_silent(self) -> None:
        """Swallow everything until `speak_again`, while all connections stay open."""

        def silence() -> None:
            self._is_silent = True
            for connection in self._open:
                connection.is_silent = True

        self._loop.call_soon_threadsafe(silence)

    def speak_again(self) -> None:
        """Pass new connections on; those of before stay half open, and mute."""

        def speak() -> None:
            self._is_silent = False

        self._loop.call_soon_threadsafe(speak)

    def leave_half_open(self) -> None:
        """Break every connection at the caller's end only: the other end does not notice."""

        def leave() -> None:
            for connection in list(self._open):
                connection.is_silent = True
                connection.writers[0].transport.abort()

        self._loop.call_soon_threadsafe(leave)

    def stop(self) -> None:
        """Stop passing anything on."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
