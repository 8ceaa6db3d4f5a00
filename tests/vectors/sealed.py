"""Records: payloads with the messages they become, and streams with a fault in them."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent.protocol.errors import Code
from agent.protocol.framing import RECORD_OVERHEAD, Channel, RecordHeader
from agent.protocol.records import Sealer
from tests.vectors.seeds import seeded

KEY = seeded("record key", 32)
IV = seeded("record iv", 12)
# 20 bytes of payload a record, so that few bytes show what splitting does.
MESSAGE_MAX = RECORD_OVERHEAD + 20
# An IV whose low 8 bytes are ones: adding instead of xor would show.
IV_OF_ONES = seeded("record iv", 4) + b"\xff" * 8

Opened = tuple[Channel, bytes] | None


def records() -> object:
    """Return the content of records.json."""
    return {"sealed": [_sealed(IV), _sealed(IV_OF_ONES), _sealed(IV, 3)], "streams": _streams()}


def _sealed(iv: bytes, epoch: int = 0) -> object:
    sealer = Sealer(KEY, iv, MESSAGE_MAX, epoch=epoch)
    payloads = [
        (Channel.CONTROL, b'{"t":"release"}'),
        (Channel.PICTURE, b""),
        (Channel.PICTURE, seeded("one piece", 20)),
        (Channel.PICTURE, seeded("three pieces", 41)),
        (Channel.CONTROL, seeded("two pieces", 40)),
    ]
    return {
        "key": KEY.hex(),
        "iv": iv.hex(),
        "epoch": epoch,
        "message_max": MESSAGE_MAX,
        "payloads": [
            {
                "channel": channel,
                "payload": payload.hex(),
                "messages": [message.hex() for message in sealer.seal(channel, payload)],
            }
            for channel, payload in payloads
        ],
    }


def _streams() -> object:
    sealer = Sealer(KEY, IV, MESSAGE_MAX)
    first = sealer.seal(Channel.CONTROL, b"first")[0]
    second = sealer.seal(Channel.PICTURE, b"second")[0]
    third = sealer.seal(Channel.CONTROL, b"third")[0]
    done: list[Opened] = [(Channel.CONTROL, b"first"), (Channel.PICTURE, b"second")]
    both: list[Channel] = [Channel.PICTURE, Channel.CONTROL]
    flipped = second[:-1] + bytes([second[-1] ^ 1])
    later = Sealer(KEY, IV, epoch=1).seal(Channel.CONTROL, b"first")[0]
    other_key = Sealer(seeded("another key", 32), IV).seal(Channel.CONTROL, b"first")[0]
    cases: list[tuple[str, list[Channel], list[bytes], list[Opened], Code | None]] = [
        ("all is well", both, [first, second, third], [*done, (Channel.CONTROL, b"third")], None),
        ("one is missing", both, [first, third], done[:1], Code.BAD_RECORD),
        ("the first is missing", both, [second], [], Code.BAD_RECORD),
        ("one comes twice", both, [first, first], done[:1], Code.BAD_RECORD),
        ("two changed places", both, [second, first], [], Code.BAD_RECORD),
        ("a bit of the tag is wrong", both, [first, flipped], done[:1], Code.BAD_RECORD),
        ("nothing opens after a fault", both, [first, flipped, second], done[:1], Code.BAD_RECORD),
        ("another key", both, [other_key], [], Code.BAD_RECORD),
        ("the channel was changed", both, [_with(first, 2, 1)], [], Code.BAD_RECORD),
        ("the more-flag was set", both, [_with(first, 3, 1)], [], Code.BAD_RECORD),
        ("an unknown flag", both, [_with(first, 3, 2)], [], Code.MALFORMED),
        ("version 2", both, [_with(first, 1, 2)], [], Code.MALFORMED),
        ("epoch 1", both, [_with(first, 4, 1)], [], Code.BAD_RECORD),
        ("sealed in the epoch after", both, [later], [], Code.BAD_RECORD),
        ("channel 9", both, [_with(first, 2, 9)], [], Code.MALFORMED),
        ("cut off", both, [first[:-1]], [], Code.BAD_RECORD),
        ("shorter than a tag", both, [first[:28]], [], Code.MALFORMED),
        ("a byte more", both, [first + b"\x00"], [], Code.BAD_RECORD),
        ("a picture from T", [Channel.CONTROL], [first, second], done[:1], Code.BAD_RECORD),
        ("the header lies about its counter", both, [_lying_header()], [], Code.BAD_RECORD),
        ("an empty piece", both, [_empty_piece()], [], Code.BAD_RECORD),
        ("channels between the pieces", both, *_interleaved()),
    ]
    return {
        "key": KEY.hex(),
        "iv": IV.hex(),
        "cases": [
            {
                "name": name,
                "channels": channels,
                "messages": [message.hex() for message in messages],
                "opened": [_described(item) for item in opened],
                "code": code,
            }
            for name, channels, messages, opened, code in cases
        ],
    }


def _described(opened: Opened) -> object:
    return opened and {"channel": opened[0], "payload": opened[1].hex()}


def _with(message: bytes, index: int, value: int) -> bytes:
    return message[:index] + bytes([value]) + message[index + 1 :]


def _interleaved() -> tuple[list[bytes], list[Opened], None]:
    """Pieces of a picture with a whole control message between them."""
    sealer = _Seal()
    messages = [
        sealer.piece(Channel.PICTURE, b"pic", more=True),
        sealer.piece(Channel.CONTROL, b"con", more=True),
        sealer.piece(Channel.PICTURE, b"tu", more=True),
        sealer.piece(Channel.CONTROL, b"trol", more=False),
        sealer.piece(Channel.PICTURE, b"re", more=False),
    ]
    opened: list[Opened] = [
        None, None, None, (Channel.CONTROL, b"control"), (Channel.PICTURE, b"picture"),
    ]  # fmt: skip
    return messages, opened, None


def _lying_header() -> bytes:
    """Return a first record that opens under its own nonce, but says that it is the eighth."""
    header = RecordHeader(1, Channel.CONTROL, 0, 0, 7).pack()
    return b"\x02" + header + AESGCM(KEY).encrypt(IV, b"first", header)


def _empty_piece() -> bytes:
    return _Seal().piece(Channel.PICTURE, b"", more=True)


class _Seal(Sealer):
    """Seals single pieces, also such as an honest end does not send."""

    def __init__(self) -> None:
        super().__init__(KEY, IV)

    def piece(self, channel: Channel, body: bytes, *, more: bool) -> bytes:
        return self._record(channel, body, more=more)
