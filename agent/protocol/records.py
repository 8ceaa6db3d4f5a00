"""Sealed records: AES-256-GCM with a strict counter. docs/protocol.md section 5."""

from collections.abc import Collection

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import (
    BINARY_MAX_FROM_AGENT,
    CONTROL_MAX,
    FRAME_MAX,
    RECORD_FLAG_MORE,
    RECORD_HEADER_SIZE,
    RECORD_OVERHEAD,
    RECORD_VERSION,
    Channel,
    Kind,
    RecordHeader,
)

PAYLOAD_MAX = {Channel.PICTURE: FRAME_MAX, Channel.CONTROL: CONTROL_MAX}
_KIND = bytes([Kind.RECORD])
_BODY_START = 1 + RECORD_HEADER_SIZE


class Sealer:
    """The sending end of one direction."""

    def __init__(
        self, key: bytes, iv: bytes, message_max: int = BINARY_MAX_FROM_AGENT, *, epoch: int = 0
    ) -> None:
        """Start at counter 0.

        Args:
            key: 32 bytes, from the key exchange.
            iv: 12 bytes, from the key exchange.
            message_max: the longest binary message in bytes that may be sent.
            epoch: of the keys.
        """
        self._epoch = epoch
        self._cipher = AESGCM(key)
        self._iv = int.from_bytes(iv, "big")
        self._piece = message_max - RECORD_OVERHEAD
        self._counter = 0

    def seal(self, channel: Channel, payload: bytes) -> list[bytes]:
        """Return the payload as whole binary messages, to be sent in this order.

        Raises ProtocolError `too-large` before anything is sealed, so the counter stands.
        """
        limit = PAYLOAD_MAX[channel]
        pieces = max(1, -(-len(payload) // self._piece))
        if len(payload) + pieces * RECORD_OVERHEAD > limit:
            raise ProtocolError(Code.TOO_LARGE, f"a payload of {len(payload)} bytes")
        return [
            self._record(channel, payload[start : start + self._piece], more=number < pieces)
            for number, start in enumerate(range(0, pieces * self._piece, self._piece), start=1)
        ]

    def _record(self, channel: Channel, body: bytes, *, more: bool) -> bytes:
        flags = RECORD_FLAG_MORE if more else 0
        header = RecordHeader(RECORD_VERSION, channel, flags, self._epoch, self._counter).pack()
        nonce = (self._iv ^ self._counter).to_bytes(12, "big")
        self._counter += 1
        return _KIND + header + self._cipher.encrypt(nonce, body, header)


class Opener:
    """The receiving end of one direction. After an error it opens nothing more."""

    def __init__(
        self,
        key: bytes,
        iv: bytes,
        channels: Collection[Channel] = tuple(Channel),
        *,
        epoch: int = 0,
    ) -> None:
        """Start at counter 0.

        Args:
            key: 32 bytes, from the key exchange.
            iv: 12 bytes, from the key exchange.
            channels: the channels that may come from this direction.
            epoch: of the keys.
        """
        self._epoch = epoch
        self._cipher = AESGCM(key)
        self._iv = int.from_bytes(iv, "big")
        self._counter = 0
        self._pieces: dict[Channel, list[bytes]] = {channel: [] for channel in channels}
        self._sizes = dict.fromkeys(channels, 0)
        self._broken = False

    def receive(self, message: bytes) -> tuple[Channel, bytes] | None:
        """Take one whole binary message; return a payload once it is complete.

        Raises ProtocolError `malformed`, `bad-record` or `too-large`: the session ends.
        """
        if self._broken:
            raise ProtocolError(Code.BAD_RECORD, "after a bad record")
        self._broken = True  # until this record has proved good
        header, body = self._open(message)
        channel = header.channel
        self._sizes[channel] += len(message)
        if self._sizes[channel] > PAYLOAD_MAX[channel]:
            raise ProtocolError(Code.TOO_LARGE, "a payload over its limit")
        if header.more and not body:
            raise ProtocolError(Code.BAD_RECORD, "an empty piece")
        self._broken = False
        pieces = self._pieces[channel]
        pieces.append(body)
        if header.more:
            return None
        payload = b"".join(pieces) if len(pieces) > 1 else body
        pieces.clear()
        self._sizes[channel] = 0
        return channel, payload

    def _open(self, message: bytes) -> tuple[RecordHeader, bytes]:
        header = RecordHeader.unpack(message)
        if header.epoch != self._epoch:
            raise ProtocolError(Code.BAD_RECORD, f"epoch {header.epoch}, now is {self._epoch}")
        if header.counter != self._counter:
            raise ProtocolError(
                Code.BAD_RECORD, f"record {header.counter}, expected {self._counter}"
            )
        if header.channel not in self._pieces:
            raise ProtocolError(Code.BAD_RECORD, f"channel {header.channel} from this end")
        nonce = (self._iv ^ self._counter).to_bytes(12, "big")
        try:
            body = self._cipher.decrypt(nonce, message[_BODY_START:], message[1:_BODY_START])
        except InvalidTag:
            raise ProtocolError(Code.BAD_RECORD, "does not open") from None
        self._counter += 1
        return header, body
