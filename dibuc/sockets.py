"""Daphne's websocket with a short way in and out for the relay's frames.

What the two ends send is nearly always one whole binary frame. It is taken and written
here; every other kind goes through autobahn, which also opens and closes the connection.
Nothing is kept beyond a bound: a socket whose messages are not taken is not read on.
"""

import logging
import struct
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPullProducer
from websockets import frames
from zope.interface import implementer

# A binary message has 256 KiB at most (docs/protocol.md), and its frame a header.
MESSAGE_LIMIT: Final = 257 * 1024
# What may wait for the application before the socket is not read on. Less than one
# message would stop nothing, since a message is read as a whole.
INBOX_BYTES: Final = 512 * 1024
INBOX_MESSAGES: Final = 64

# What may wait for a slow reader before the connection is closed: three frames of 16 MiB
# (docs/protocol.md), and what is said besides.
OUTBOX_BYTES: Final = 64 * 1024 * 1024
# A slow reader gets so long to reach the close behind the pictures, in seconds; with
# autobahn's own second it would miss why.
CLOSE_SECONDS: Final = 10

# RFC 6455, section 5.2: the whole message, binary; a mask follows the length.
WHOLE_BINARY: Final = 0x82
MASKED: Final = 0x80
LENGTH_16: Final = 126
LENGTH_64: Final = 127
MASK_SIZE: Final = 4
SHORTEST_HEADER: Final = 2

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]


def masked_size(data: bytes) -> tuple[int, int] | None:
    """Return (size of the header with its mask, size of the payload) of a frame's beginning.

    None when `data` holds less than the header, or another frame than a whole, masked
    binary message of at most MESSAGE_LIMIT bytes in the shortest spelling.
    """
    if len(data) < SHORTEST_HEADER or data[0] != WHOLE_BINARY or not data[1] & MASKED:
        return None
    size = data[1] & ~MASKED
    header = SHORTEST_HEADER
    if size == LENGTH_16:
        header += 2
        size = int.from_bytes(data[SHORTEST_HEADER:header], "big")
        whole = size >= LENGTH_16
    elif size == LENGTH_64:
        header += 8
        size = int.from_bytes(data[SHORTEST_HEADER:header], "big")
        whole = 1 << 16 <= size <= MESSAGE_LIMIT
    else:
        whole = size > 0
    header += MASK_SIZE
    return (header, size) if whole and len(data) >= header else None


def binary_header(size: int) -> bytes:
    """Return the header of an unmasked frame with a whole binary message of `size` bytes."""
    if size < LENGTH_16:
        return bytes((WHOLE_BINARY, size))
    if size < 1 << 16:
        return struct.pack("!BBH", WHOLE_BINARY, LENGTH_16, size)
    return struct.pack("!BBQ", WHOLE_BINARY, LENGTH_64, size)


def unmasked(mask: bytes, data: bytes) -> bytes:
    """Return `data` without its mask of four bytes."""
    # In C where the library was built with it. Autobahn's own makes an object for each
    # message and copies three times: 3 us for 20 KB, against 0.4.
    library: Any = frames
    payload: bytes = library.apply_mask(data, mask)
    return payload


@implementer(IPullProducer)
class Outlet:
    """What the socket did not take at once; it goes piece by piece as the socket empties."""

    def __init__(self, transport: Any) -> None:
        self.is_full = False
        self._is_lost = False
        self._size = 0
        self._pieces: deque[bytes] = deque()
        self._transport = transport

    def keep(self, data: bytes) -> None:
        """Send `data` after everything that is kept already; give up when that is too much."""
        if self._is_lost:
            return
        self._pieces.append(data)
        self._size += len(data)
        if self._size > OUTBOX_BYTES:
            logger.warning("A socket took too little: connection closed.")
            self.stopProducing()
            self._transport.abortConnection()
            return
        if not self.is_full:
            self.is_full = True
            # It asks for the first piece at once.
            self._transport.registerProducer(self, streaming=False)

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's interface
        """Hand on the next piece: the one before has been sent."""
        if self._pieces:
            piece = self._pieces.popleft()
            self._size -= len(piece)
            self._transport.write(piece)
        else:
            self.is_full = False
            self._transport.unregisterProducer()

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's interface
        """Forget everything: the connection is lost."""
        self._is_lost = True
        self._pieces.clear()


class Socket(WebSocketProtocol):  # type: ignore[misc]  # Daphne ships no types
    """A websocket that is read no faster than the application takes its messages."""

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's interface
        """Take the connection over from HTTP."""
        super().connectionMade()
        self.closeHandshakeTimeout = CLOSE_SECONDS
        # The HTTP channel's, which is past its use.
        self.transport.unregisterProducer()
        self._outlet = Outlet(self.transport)
        # A message that has come in part, and how much of it has not come.
        self._begun = bytearray()
        self._missing = 0
        self._waiting_bytes = 0
        self._waiting = 0
        self._is_paused = False

    @property
    def is_closing(self) -> bool:
        """Whether it was open, and takes no more messages."""
        return self.state in {self.STATE_CLOSING, self.STATE_CLOSED}

    # --- In ---------------------------------------------------------------------------

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Take what came from the network."""
        if self._missing > len(data):
            self._begun += data
            self._missing -= len(data)
            return
        if self._missing:
            self._begun += data
            data = bytes(self._begun)
            self._begun.clear()
            self._missing = 0
        position = 0
        while position < len(data) and self._at_a_message():
            frame = masked_size(data[position : position + 14])
            if frame is None:
                break
            header, size = frame
            begin = position + header
            end = begin + size
            if end > len(data):
                self._begun += data[position:]
                self._missing = end - len(data)
                return
            self.onMessage(
                unmasked(data[begin - MASK_SIZE : begin], data[begin:end]), isBinary=True
            )
            position = end
        if position < len(data):
            self._dataReceived(data[position:] if position else data)

    def _at_a_message(self) -> bool:
        """Whether autobahn has nothing begun: no handshake, no frame, no message in pieces."""
        return (
            self.state == self.STATE_OPEN
            and self.current_frame is None
            and not self.inside_message
            and not self.data
        )

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N802, N803
        """Hand a message to the application, and stop reading when it takes none."""
        if self.muted:
            return
        self.last_ping = time.time()
        message: dict[str, Any] = {"type": "websocket.receive"}
        if isBinary:
            message["bytes"] = payload
        else:
            message["text"] = payload.decode()
        self._waiting += 1
        self._waiting_bytes += len(payload)
        if not self._is_paused and (
            self._waiting > INBOX_MESSAGES or self._waiting_bytes > INBOX_BYTES
        ):
            self._is_paused = True
            self.transport.pauseProducing()
        self.application_queue.put_nowait(message)

    def receiving(self, receive: Receive) -> Receive:
        """Return the application's `receive`, which reads on once everything has been taken."""

        async def take() -> dict[str, Any]:
            message = await receive()
            if message["type"] == "websocket.receive":
                data = message.get("bytes")
                self._waiting -= 1
                self._waiting_bytes -= len(message["text"].encode() if data is None else data)
                if self._is_paused and not self._waiting:
                    self._is_paused = False
                    self.transport.resumeProducing()
            return message

        return take

    def onPing(self, payload: bytes) -> None:  # noqa: N802 - autobahn's interface
        """Answer, unless the other side takes no answers: they would pile up here."""
        if not self._outlet.is_full:
            super().onPing(payload)

    # --- Out --------------------------------------------------------------------------

    def send_binary(self, data: bytes) -> None:
        """Send a whole binary message; one to a connection that closes is dropped."""
        if self.state == self.STATE_OPEN:
            self.sendData(binary_header(len(data)) + data)

    def sendData(  # noqa: N802 - autobahn's interface
        self,
        data: bytes,
        sync: bool = False,  # noqa: FBT001, FBT002 - autobahn's signature
        chopsize: int | None = None,
    ) -> None:
        """Hand `data` to the socket at once, and to the connection what it does not take.

        Twisted alone would first ask the system when the socket takes something, which
        costs more than the sending. Autobahn composes a coloured line for a log that
        nobody reads.
        """
        if sync or chopsize or self.send_queue or not self.transport.connected:
            super().sendData(data, sync, chopsize)
            return
        if self._outlet.is_full:
            self._outlet.keep(data)
            return
        rest = memoryview(data)
        while rest:
            sent = self.transport.writeSomeData(rest)
            if not isinstance(sent, int):
                # Lost; the connection finds out in its own way, which also cleans up.
                self.transport.write(bytes(rest))
                return
            # Twisted offers the socket a part of it at a time.
            is_taken = sent == min(len(rest), self.transport.SEND_LIMIT)
            rest = rest[sent:]
            if not is_taken:
                self._outlet.keep(bytes(rest))
                return
