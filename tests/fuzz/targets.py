"""What is fuzzed: functions of bytes that return or raise what docs/protocol.md allows.

Anything else that escapes from one is a fault: another exception, a hang, or a result that
says something else than the input did.
"""

from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from agent.protocol import control, framing, messages, picture
from agent.protocol.errors import ProtocolError
from agent.protocol.framing import Channel, RecordHeader
from agent.protocol.keyexchange import AgentIdentity, Initiator, Responder, TechnicianIdentity
from agent.protocol.keys import ResumeSecret
from agent.protocol.records import Opener, Sealer
from agent.protocol.resume import Resumer
from dibuc.sockets import MASK_SIZE, MESSAGE_LIMIT, SHORTEST_HEADER, masked_size

Target = Callable[[bytes], None]
T = TypeVar("T")
SUPPORT_ID = "123456786"
PASSWORD = "12345674"
KEY, IV = bytes(32), bytes(12)
EVA = TechnicianIdentity("Eva Muster", "DIBUC EDV-Service", "https://portal.example")
AGENT = AgentIdentity("0.1.0", "Linux X11")
# Cut here, one input is several messages.
SEPARATOR = b"\xff\x00\xff"


def texts(data: bytes) -> None:
    """Read a text message as each side would, and write again what was understood."""
    text = data.decode("utf-8", "replace")
    for parse in (
        messages.parse_from_agent,
        messages.parse_from_technician,
        messages.parse_to_agent,
        messages.parse_to_technician,
    ):
        message = _allowed(lambda parse=parse: parse(text))  # type: ignore[misc]
        if message is not None:
            assert parse(messages.dump(message)) == message


def controls(data: bytes) -> None:
    """Read a control message as each side would."""
    for parse in (control.parse_from_technician, control.parse_from_agent):
        message = _allowed(lambda parse=parse: parse(data))  # type: ignore[misc]
        if message is not None:
            assert parse(control.dump(message)) == message


def pictures(data: bytes) -> None:
    """Read a frame; every rectangle and every source of a copy is on the screen."""
    frame = _allowed(lambda: picture.parse_frame(data))
    if frame is None:
        return
    assert picture.encode_frame(frame) == data
    for rect in frame.rects:
        corners = [(rect.x, rect.y)]
        if rect.codec is picture.Codec.COPY:
            corners.append(picture.copy_source(rect))
        for x, y in corners:
            assert 0 <= x < x + rect.w <= frame.width
            assert 0 <= y < y + rect.h <= frame.height


def binaries(data: bytes) -> None:
    """Read what the relay reads of a binary message."""
    _allowed(lambda: framing.kind_of(data))
    _allowed(lambda: framing.parse_handshake(data))
    _allowed(lambda: framing.parse_credit(data))
    header = _allowed(lambda: RecordHeader.unpack(data))
    if header is not None:
        assert data[1:].startswith(header.pack())


def websocket_headers(data: bytes) -> None:
    """Read the beginning of a frame, which never means more than the limit."""
    found = masked_size(data)
    if found is not None:
        header, size = found
        assert SHORTEST_HEADER + MASK_SIZE <= header <= len(data)
        assert 0 < size <= MESSAGE_LIMIT


def records(data: bytes) -> None:
    """Open records of which some are left out, said twice, changed or cut.

    What opens is what was sealed, in its order; after the first wrong one nothing does.
    """
    sealer = Sealer(KEY, IV, message_max=100)
    genuine = [
        record
        for number in range(8)
        for record in sealer.seal(Channel(1 + number % 2), bytes([number]) * (30 * number))
    ]
    opener, position, due = Opener(KEY, IV), 0, 0
    intact = True
    for choice, place in zip(islice(data, 0, None, 2), islice(data, 1, None, 2), strict=False):
        if choice == _SKIP:
            position += 1 + place % 3
        elif choice == _REPLAY:
            position = max(0, position - 1 - place % 3)
        if position >= len(genuine):
            break
        message = _tampered(genuine[position], choice, place)
        intact = intact and message == genuine[min(due, len(genuine) - 1)] and due < len(genuine)
        try:
            opened = opener.receive(message)
        except ProtocolError:
            assert not intact
            continue
        assert intact
        if opened is not None:
            assert len(set(opened[1])) <= 1
        due += 1
        position += 1


def exchanges(data: bytes) -> None:
    """Tell an agent handshakes; without the password nobody gets keys or more tries."""
    responder = Responder(SUPPORT_ID, AGENT)
    tries = responder.tries_left
    password = responder.password
    for message in data.split(SEPARATOR):
        for answer in responder.receive(b"\x01" + message):
            framing.parse_handshake(answer)
        assert responder.keys is None
        if responder.password == password:
            assert responder.tries_left <= tries
        tries, password = responder.tries_left, responder.password


def answers(data: bytes) -> None:
    """Tell a technician's page handshakes of an agent, to a password and to a resumption."""
    initiator = Initiator(SUPPORT_ID, PASSWORD, EVA)
    resumer = Resumer(SUPPORT_ID, ResumeSecret(bytes(32), 0, "123456"))
    for end in (initiator, resumer):
        end.start()
        for message in data.split(SEPARATOR):
            if _allowed(lambda end=end, message=message: end.receive(b"\x01" + message)) is None:  # type: ignore[misc]
                break
        assert end.keys is None


def identities(data: bytes) -> None:
    """Read what the ends say about themselves."""
    _allowed(lambda: TechnicianIdentity.parse(data))
    _allowed(lambda: AgentIdentity.parse(data))


TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        texts, controls, pictures, binaries, websocket_headers, records, exchanges, answers,
        identities,
    )
}  # fmt: skip
# Each try costs a key exchange.
SLOW = frozenset({"exchanges", "answers"})

_SKIP, _REPLAY, _FLIP, _CUT = range(4)


def _tampered(message: bytes, choice: int, place: int) -> bytes:
    at = place % len(message)
    if choice == _FLIP:
        return message[:at] + bytes([message[at] ^ (1 + place % 255)]) + message[at + 1 :]
    return message[:at] if choice == _CUT else message


def _allowed(call: Callable[[], T]) -> T | None:
    """Return the result, or None where the input is refused as it may be."""
    try:
        return call()
    except ProtocolError:
        return None
