"""The line: where it may go and how it is opened."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.utils import accept_key

from agent import elapsed, transport
from agent.transport import SEND_BUFFER, AddressError, Line, LineError, UntrustedError, socket_url
from tests.agent.server import Server


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("https://portal.example", "wss://portal.example/ws/agent/"),
        ("https://portal.example:8443/", "wss://portal.example:8443/ws/agent/"),
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/ws/agent/"),
        ("http://localhost:9000", "ws://localhost:9000/ws/agent/"),
        ("http://[::1]:8000", "ws://[::1]:8000/ws/agent/"),
    ],
)
def test_the_socket_is_at_a_fixed_path_of_the_portal(server: str, url: str) -> None:
    assert socket_url(server) == url


@pytest.mark.parametrize(
    "server",
    [
        "http://portal.example",  # would travel in the clear
        "http://127.0.0.1.evil.example",
        "http://192.168.1.5:8000",
        "ftp://portal.example",
        "portal.example",
        "https://",
        "https://portal.example:port",
        "",
    ],
)
def test_other_addresses_are_refused(server: str) -> None:
    with pytest.raises(AddressError):
        socket_url(server)


async def test_no_origin_no_compression_no_delay_and_a_small_buffer(server: Server) -> None:
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        request = caller.socket.request
        assert request is not None
        assert request.path == "/ws/agent/"
        assert "Origin" not in request.headers
        assert "Cookie" not in request.headers
        assert "Sec-WebSocket-Extensions" not in request.headers
        raw = line._socket.transport.get_extra_info("socket")  # type: ignore[union-attr]
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        # Linux says twice what was asked for.
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER


async def test_nobody_there_is_a_line_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(LineError):
            async with Line(f"ws://127.0.0.1:{port}/ws/agent/"):
                pass


async def test_a_message_larger_than_the_protocol_allows_breaks_the_line(server: Server) -> None:
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        await caller.socket.send(b"\3" * (64 * 1024 + 1))
        with pytest.raises(LineError):
            await line.receive()


async def test_a_closed_line_can_neither_send_nor_receive(server: Server) -> None:
    line = Line(socket_url(server.url))
    with pytest.raises(LineError):
        await line.send("early")
    async with line:
        caller = await server.call()
        await caller.socket.close()
        with pytest.raises(LineError):
            await line.receive()
        with pytest.raises(LineError):
            await line.send("late")


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be a websocket from here on."""
    request = await reader.readuntil(b"\r\n\r\n")
    key = request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0].decode()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept_key(key).encode()
    )


async def test_a_line_that_got_rid_of_its_last_bytes_too_late_is_lost_like_any_other() -> None:
    is_full, is_over = asyncio.Event(), asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await is_full.wait()
        # No more from here; what the other end still has is taken all the same.
        writer.write_eof()
        await asyncio.sleep(0.2)
        while await reader.read(65536):
            pass
        writer.close()
        await writer.wait_closed()
        is_over.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    async with server, Line(f"ws://127.0.0.1:{port}/ws/agent/") as line:
        sending = asyncio.create_task(line.send(bytes(512 * 1024)))
        await asyncio.sleep(0.2)
        assert not sending.done()
        is_full.set()
        with contextlib.suppress(LineError):
            await sending
        with pytest.raises(LineError):
            await line.receive()
        for late in ("late", b"late"):
            with pytest.raises(LineError):
                await line.send(late)
        line.abort()
        await is_over.wait()


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async def handle(_socket: ServerConnection) -> None:
        await asyncio.Event().wait()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    async with serve(handle, "127.0.0.1", 0, ssl=context) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        with pytest.raises(UntrustedError, match="self-signed certificate"):
            async with Line(f"wss://127.0.0.1:{port}/ws/agent/"):
                pass


def test_the_systems_certificates_are_read_once_however_often_the_server_is_called() -> None:
    context = transport._tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert transport._tls() is context


def take_all(line: Line) -> list[bytes]:
    """Take whatever the line offers; return what that was, which grows."""
    taken: list[bytes] = []

    def take(message: bytes) -> bool:
        taken.append(message)
        return True

    line.take_at_once(take)
    return taken


def address_of(listening: WebSocketServer) -> str:
    port = next(iter(listening.sockets)).getsockname()[1]
    return f"ws://127.0.0.1:{port}/ws/agent/"


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 and its key; return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


async def test_what_needs_no_waiting_is_taken_at_once_and_the_rest_is_received(
    server: Server,
) -> None:
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        taken: list[bytes] = []

        def take(message: bytes) -> bool:
            taken.append(message)
            return message.startswith(b"\3")

        line.take_at_once(take)
        received = asyncio.create_task(line.receive())
        for message in (b"\3one", b"\3two", b"\1three"):
            await caller.socket.send(message)
            await asyncio.sleep(0.05)
        assert await received == b"\1three"
        assert taken == [b"\3one", b"\3two", b"\1three"]


async def test_a_message_that_comes_in_pieces_or_with_others_is_taken_whole_too(
    server: Server,
) -> None:
    # Frames as a server writes them: RFC 6455 section 5.2.
    one, two, in_parts = b"\x82\4\3one", b"\x82\4\3two", (b"\2\3\3th", b"\x80\3ree")
    long = b"\x82\x7e\0\x80\3" + bytes(127)
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        taken = take_all(line)
        pieces = (one[:1], one[1:], one[:2], one[2:], one + two, long, long[:3], long[3:], two)
        for piece in pieces:
            caller.socket.transport.write(piece)
            await asyncio.sleep(0.05)
        assert taken == [b"\3one"] * 3 + [b"\3two"] + [b"\3" + bytes(127)] * 2 + [b"\3two"]
        # What comes in frames of its own is nobody's to take at once, nor what comes between them.
        for piece in in_parts:
            caller.socket.transport.write(piece)
            await asyncio.sleep(0.05)
        assert await line.receive() == b"\3three"
        assert len(taken) == 7


async def test_a_binary_message_between_the_parts_of_another_breaks_the_line(
    server: Server,
) -> None:
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        line.take_at_once(lambda _message: True)
        for piece in (b"\2\3\3th", b"\x82\4\3one"):
            caller.socket.transport.write(piece)
            await asyncio.sleep(0.05)
        with pytest.raises(LineError):
            await line.receive()


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
async def test_what_is_posted_arrives_in_its_turn(size: int) -> None:
    came: list[str | bytes] = []

    async def handle(socket: ServerConnection) -> None:
        came.extend([await socket.recv() for _ in range(3)])

    async with serve(handle, "127.0.0.1", 0) as listening:
        line = Line(address_of(listening))
        assert not line.has_room
        with pytest.raises(LineError):
            line.post(b"early")
        async with line:
            assert line.has_room
            await line.send(b"sent")
            line.post(bytes(size))
            await line.send("text")
            with pytest.raises(LineError):
                await line.receive()
            with pytest.raises(LineError):
                line.post(b"late")
    assert came == [b"sent", bytes(size), "text"]


async def test_nothing_goes_into_or_comes_out_of_a_line_that_is_being_closed() -> None:
    is_over = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        writer.write(b"\x88\2\3\xe8")
        # The farewell's answer, of a client; then something that comes too late.
        assert (await reader.readexactly(8))[:2] == b"\x88\x82"
        writer.write(b"\x82\4\3one")
        assert await reader.read() == b""
        writer.close()
        is_over.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Line(f"ws://127.0.0.1:{port}/ws/agent/") as line:
        taken = take_all(line)
        await asyncio.sleep(0.2)
        with pytest.raises(LineError):
            line.post(b"late")
        with pytest.raises(LineError):
            await line.send(b"late")
        line.abort()
        await is_over.wait()
    assert not taken


async def test_a_line_from_which_nobody_reads_has_no_room() -> None:
    over = asyncio.Event()

    async def handle(socket: ServerConnection) -> None:
        socket.transport.pause_reading()
        await over.wait()
        socket.transport.abort()

    async with serve(handle, "127.0.0.1", 0) as listening, Line(address_of(listening)) as line:
        for _ in range(400):
            line.post(bytes(64 * 1024))
        assert not line.has_room
        line.abort()
        over.set()


async def test_nothing_overtakes_a_message_that_is_being_dealt_with(server: Server) -> None:
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        taken = take_all(line)
        for message in ("first", b"\3second", [b"\3th", b"ird"]):
            await caller.socket.send(message)
        assert await line.receive() == "first"
        # Whoever deals with it now may be at it for a while.
        await asyncio.sleep(0.05)
        assert await line.receive() == b"\3second"
        assert await line.receive() == b"\3third"
        assert not taken
        received = asyncio.create_task(line.receive())
        await asyncio.sleep(0)
        for message in (b"\3fourth", "last"):
            await caller.socket.send(message)
        assert await received == "last"
        assert taken == [b"\3fourth"]


async def test_whoever_takes_and_fails_breaks_the_line_off_and_the_reader_is_told(
    server: Server,
) -> None:
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()

        def take(_message: bytes) -> bool:
            raise KeyError("a fault of ours")

        line.take_at_once(take)
        await caller.socket.send(b"\3")
        with pytest.raises(KeyError, match="a fault of ours"):
            await line.receive()
        await asyncio.wait_for(caller.closed.wait(), 60)


async def test_a_silent_server_is_noticed_and_one_that_only_sends_credits_is_not_silent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SILENCE_LIMIT", dt.timedelta(seconds=1.5))
    monkeypatch.setattr(transport, "LOOK_AFTER", 0.1)
    async with Line(socket_url(server.url)) as line:
        caller = await server.call()
        line.take_at_once(lambda _message: True)
        received = asyncio.create_task(line.receive())
        for _ in range(17):
            await caller.socket.send(b"\3")
            await asyncio.sleep(0.1)
        assert not received.done()
        with pytest.raises(LineError, match="silent"):
            await asyncio.wait_for(received, 60)


async def test_a_computer_that_slept_looks_at_once_whether_the_line_still_stands(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LOOK_AFTER", 0.1)
    async with Line(socket_url(server.url)) as line:
        await server.call()
        received = asyncio.create_task(line.receive())
        await asyncio.sleep(0)
        now = elapsed.seconds()
        monkeypatch.setattr(elapsed, "seconds", lambda: now + 600)
        with pytest.raises(LineError, match="silent"):
            await asyncio.wait_for(received, 60)
