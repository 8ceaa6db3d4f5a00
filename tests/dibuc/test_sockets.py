"""The short way of binary messages, beside autobahn's own way for everything else."""

import os
import select
import socket
import time
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from dibuc.sockets import (
    INBOX_BYTES,
    MESSAGE_LIMIT,
    OUTBOX_BYTES,
    binary_header,
    masked_size,
    unmasked,
)
from tests.dibuc.echo import FLOOD_SIZE
from tests.dibuc.running import listening
from tests.services import free_port

SIZES = [1, 2, 125, 126, 127, 65_535, 65_536, 65_537, 200_000, MESSAGE_LIMIT]
MIB = 1024 * 1024


def frame(payload: bytes, opcode: Opcode = Opcode.BINARY, *, fin: bool = True) -> bytes:
    """Return a client's frame."""
    return Frame(opcode, payload, fin).serialize(mask=True)


# --- The header -----------------------------------------------------------------------


OTHERS = {
    "nothing": b"",
    "half a header": b"\x82",
    "no mask yet": b"\x82\x80",
    "empty": frame(b""),
    "text": frame(b"text", Opcode.TEXT),
    "a first part": frame(b"first", fin=False),
    "a further part": frame(b"more", Opcode.CONT),
    "ping": frame(b"", Opcode.PING),
    "close": frame(b"\x03\xe8", Opcode.CLOSE),
    "unmasked": Frame(Opcode.BINARY, b"unmasked").serialize(mask=False),
    "compressed": b"\xc2" + frame(b"compressed")[1:],
    "16 bits for a small length": b"\x82\xfe\x00\x05maskxxxxx",
    "64 bits for a small length": b"\x82\xff\x00\x00\x00\x00\x00\x00\x00\x05maskxxxxx",
    "beyond the limit": b"\x82\xff" + (MESSAGE_LIMIT + 1).to_bytes(8, "big") + b"mask",
    "beyond everything": b"\x82\xff" + (2**64 - 1).to_bytes(8, "big") + b"mask",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_whole_masked_binary_message_is_left_to_autobahn(name: str) -> None:
    assert masked_size(OTHERS[name]) is None


@pytest.mark.parametrize("size", SIZES)
def test_a_header_tells_its_own_size_and_the_payloads(size: int) -> None:
    data = frame(bytes(size))
    assert masked_size(data) == (len(data) - size, size)
    assert all(masked_size(data[:cut]) is None for cut in range(len(data) - size))


@pytest.mark.parametrize("size", SIZES)
def test_our_header_is_the_one_of_the_websockets_library(size: int) -> None:
    payload = bytes(size)
    whole = Frame(Opcode.BINARY, payload).serialize(mask=False)
    assert binary_header(size) + payload == whole


@given(st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=300))
def test_the_mask_comes_off_byte_by_byte(mask: bytes, data: bytes) -> None:
    assert unmasked(mask, data) == bytes(b ^ mask[i % 4] for i, b in enumerate(data))


# --- A real server --------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, psutil.Process]]:
    """Run the echo server; yield its port and its process."""
    port = free_port()
    with listening(port, "tests.dibuc.echo", str(port)) as process:
        yield port, process


def open_at(port: int, path: str) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{port}{path}", compression=None, max_size=None)


def raw(port: int, path: str) -> socket.socket:
    """Open a websocket that nothing reads from but the test."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    )
    line.sendall(request.encode())
    assert b" 101 " in line.recv(1024)
    return line


@pytest.mark.parametrize("size", SIZES)
def test_messages_of_every_size_come_back(server: tuple[int, psutil.Process], size: int) -> None:
    message = os.urandom(size)
    with open_at(server[0], "/echo/") as line:
        for _ in range(3):
            line.send(message)
        assert [line.recv() for _ in range(3)] == [message] * 3


def test_a_message_beyond_the_limit_ends_the_socket(server: tuple[int, psutil.Process]) -> None:
    with open_at(server[0], "/echo/") as line:
        line.send(bytes(MESSAGE_LIMIT + 1))
        with pytest.raises(ConnectionClosedError):
            line.recv()


def test_frames_of_all_kinds_in_pieces_of_any_size_keep_their_order(
    server: tuple[int, psutil.Process],
) -> None:
    pieces: list[str | bytes | list[bytes]] = [
        b"one",
        "zwei",
        b"",
        [b"three ", b"in ", b"parts"],
        os.urandom(70_000),
        "fünf" * 50,
        os.urandom(300),
        [os.urandom(500), os.urandom(66_000)],
        b"last",
    ]
    wire = b""
    for piece in pieces:
        if isinstance(piece, list):
            first, *rest = piece
            wire += frame(first, fin=False) + frame(b"still here", Opcode.PING)
            for number, part in enumerate(rest, 1):
                wire += frame(part, Opcode.CONT, fin=number == len(rest))
        elif isinstance(piece, str):
            wire += frame(piece.encode(), Opcode.TEXT)
        else:
            wire += frame(piece)
    # Daphne hands an empty message on, but sends none.
    expected = [b"".join(p) if isinstance(p, list) else p for p in pieces if p]
    for step in (1, 2, 3, 7, 100, 1448, 65_536, len(wire)):
        with open_at(server[0], "/echo/") as line:
            # A byte at a time takes long for all of it: the interesting ones are the first.
            few = step < 100
            for at in range(0, 400 if few else len(wire), step):
                line.socket.sendall(wire[at : at + step])
            if few:
                line.socket.sendall(wire[-(-400 // step) * step :])
            assert [line.recv() for _ in expected] == expected


def test_a_flood_to_a_deaf_application_stops_at_the_sender(
    server: tuple[int, psutil.Process],
) -> None:
    port, process = server
    before = process.memory_info().rss
    with open_at(port, "/deaf/") as line:
        message = frame(bytes(20_000))
        sent = 0
        while sent < 400 * MIB and select.select([], [line.socket], [], 1)[1]:
            sent += line.socket.send(message[sent % len(message) :], socket.MSG_DONTWAIT)
        # What the system keeps on both sides, and our inbox.
        assert sent < 40 * MIB
        assert process.memory_info().rss - before < INBOX_BYTES + 4 * MIB
        with open_at(port, "/wake/"):
            pass
        begun = sent % len(message)
        line.socket.sendall(message[begun:] if begun else b"")
        line.send("end")
        whole = -(-sent // len(message))
        assert line.recv() == f"{whole} {whole * 20_000}"


def test_pings_of_a_client_that_reads_no_answers_pile_nothing_up(
    server: tuple[int, psutil.Process],
) -> None:
    port, process = server
    pings = frame(bytes(125), Opcode.PING) * 1000
    with raw(port, "/echo/") as line:
        before = process.memory_info().rss
        for _ in range(120):
            line.sendall(pings)
        assert process.memory_info().rss - before < 8 * MIB


def test_a_slow_reader_gets_everything_in_order_and_then_the_close(
    server: tuple[int, psutil.Process],
) -> None:
    number = 300
    with open_at(server[0], "/flood/") as line:
        line.send(str(number))
        time.sleep(0.5)  # the socket is full by now, and the close waits behind it
        for n in range(number):
            assert line.recv() == bytes([n % 256]) * FLOOD_SIZE
        with pytest.raises(Exception, match="1000"):
            line.recv()


def test_what_is_said_after_the_close_is_dropped_and_nothing_is_raised(
    server: tuple[int, psutil.Process],
) -> None:
    port, _process = server
    with open_at(port, "/late/") as line:
        line.send("go")
        with pytest.raises(ConnectionClosed):
            line.recv()
    with open_at(port, "/was-late/") as line:
        assert line.recv(timeout=60) == "nothing was raised"


def test_a_reader_that_takes_nothing_of_too_much_is_closed(
    server: tuple[int, psutil.Process],
) -> None:
    port, process = server
    before = process.memory_info().rss
    with raw(port, "/flood/") as line:
        line.sendall(frame(b"4000", Opcode.TEXT))  # 250 MiB
        deadline = time.monotonic() + 30
        while len(process.net_connections()) > 1:
            assert time.monotonic() < deadline, "the connection stands"
            time.sleep(0.05)
            assert process.memory_info().rss - before < OUTBOX_BYTES + 16 * MIB


def test_a_reader_that_goes_away_in_the_middle_leaves_the_server_well(
    server: tuple[int, psutil.Process],
) -> None:
    port, process = server
    for _ in range(5):
        with open_at(port, "/flood/") as line:
            line.send("200")
            line.recv()
            line.socket.shutdown(socket.SHUT_RDWR)
    with open_at(port, "/echo/") as line:
        line.send(b"well")
        assert line.recv() == b"well"
    deadline = time.monotonic() + 20
    while len(process.net_connections()) > 1:
        assert time.monotonic() < deadline, "connections are left"
        time.sleep(0.2)
