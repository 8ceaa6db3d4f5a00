"""Binary messages: the kind byte, handshakes, credits and the header of a record.

docs/protocol.md sections 1, 3 and 5. The limits of section 1 stand here too.
"""

import struct
from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum
from typing import NamedTuple, Self

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import Fields, dump_json, malformed

PROTOCOL_VERSION = 1

# Bytes.
TEXT_MAX = 4 * 1024
BINARY_MAX_FROM_AGENT = 256 * 1024
BINARY_MAX_FROM_TECHNICIAN = 64 * 1024
HANDSHAKE_MAX = 4 * 1024
FRAME_MAX = 16 * 1024 * 1024
CONTROL_MAX = 64 * 1024

# Numbers.
HANDSHAKES_PER_PAIRING = 24
TECHNICIAN_MESSAGES_PER_SECOND = 500
AGENT_CONTROL_RECORDS_PER_SECOND = 200

# Durations.
HELLO_TIMEOUT = timedelta(seconds=10)
HEARTBEAT_INTERVAL = timedelta(seconds=2)
SILENCE_LIMIT = timedelta(seconds=6)

RECORD_VERSION = 1
RECORD_FLAG_MORE = 1
RECORD_HEADER_SIZE = 12
RECORD_TAG_SIZE = 16
RECORD_OVERHEAD = 1 + RECORD_HEADER_SIZE + RECORD_TAG_SIZE

_CREDIT = struct.Struct("!BI")
_HEADER = struct.Struct("!BBBBQ")
_KIND_AND_HEADER = struct.Struct("!xBBBBQ")


class Kind(IntEnum):
    """The first byte of a binary message."""

    HANDSHAKE = 1
    RECORD = 2
    CREDIT = 3


class Channel(IntEnum):
    """What a record carries."""

    PICTURE = 1  # A to T
    CONTROL = 2  # both directions


_KINDS = {int(kind): kind for kind in Kind}
_CHANNELS = {int(channel): channel for channel in Channel}


class RecordHeader(NamedTuple):
    """The 12 bytes in front of a sealed body, sent in the clear and authenticated."""

    version: int
    channel: Channel
    flags: int
    epoch: int
    counter: int

    @property
    def more(self) -> bool:
        """Whether more records of the same payload follow."""
        return bool(self.flags & RECORD_FLAG_MORE)

    def pack(self) -> bytes:
        """Return the 12 bytes."""
        return _HEADER.pack(self.version, self.channel, self.flags, self.epoch, self.counter)

    @classmethod
    def unpack(cls, message: bytes) -> Self:
        """Read the header of a whole record message (kind byte, header, body).

        Hot path of the relay. Raises ProtocolError `malformed`.
        """
        if len(message) < RECORD_OVERHEAD or message[0] != Kind.RECORD:
            raise malformed("a record of fewer bytes than header and tag")
        version, channel, flags, epoch, counter = _KIND_AND_HEADER.unpack_from(message)
        known = _CHANNELS.get(channel)
        if version != RECORD_VERSION or known is None or flags > 1:
            raise malformed(f"record header {version} {channel} {flags}")
        return cls(version, known, flags, epoch, counter)


def kind_of(message: bytes) -> Kind:
    """Return the kind of a binary message, or raise ProtocolError `malformed`."""
    kind = _KINDS.get(message[0]) if message else None
    if kind is None:
        raise malformed("unknown kind of binary message")
    return kind


def handshake_message(fields: Mapping[str, object]) -> bytes:
    """Return a handshake with the given JSON object; `too-large` over 4 KiB."""
    payload = dump_json(fields).encode()
    if len(payload) > HANDSHAKE_MAX:
        raise ProtocolError(Code.TOO_LARGE, f"a handshake of {len(payload)} bytes")
    return bytes([Kind.HANDSHAKE]) + payload


def parse_handshake(message: bytes) -> dict[str, object]:
    """Return the JSON object of a handshake."""
    if kind_of(message) is not Kind.HANDSHAKE:
        raise malformed("a handshake was expected")
    return dict(Fields.of_json(message[1:], HANDSHAKE_MAX).values)


def credit_message(painted: int) -> bytes:
    """Return the credit for `painted` frames since the pairing, cumulative."""
    return _CREDIT.pack(Kind.CREDIT, painted)


def parse_credit(message: bytes) -> int:
    """Return the cumulative number of painted frames."""
    if len(message) != _CREDIT.size or message[0] != Kind.CREDIT:
        raise malformed("a credit is a kind and 4 bytes")
    painted: int = _CREDIT.unpack(message)[1]
    return painted
