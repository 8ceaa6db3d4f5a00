"""The server waits for slow readers: a download costs its buffer, not its size."""

import json
import os
import socket
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.dibuc.running import listening
from tests.services import free_port

SIZE = 64 * 1024 * 1024
READERS = 10


@pytest.fixture(scope="module")
def content() -> bytes:
    return os.urandom(1024 * 1024) * (SIZE // 1024 // 1024)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> Iterator[tuple[int, int]]:
    """Run a server that offers one large file; yield its port and process number."""
    data = tmp_path_factory.mktemp("d")
    downloads = data / "downloads"
    downloads.mkdir()
    (data / "static").mkdir()
    (downloads / "agent").write_bytes(content)
    entry = {"file": "agent", "version": "1", "sha256": "0" * 64, "size": SIZE}
    (downloads / "manifest.json").write_text(json.dumps({"linux-x86_64": entry}))
    port = free_port()
    settings = {"DIBUC_DATA": str(data), "PORT": str(port), "PUBLIC_URL": "", "BIND": ""}
    settings["DJANGO_SETTINGS_MODULE"] = "dibuc.settings"
    with listening(port, "dibuc.server", settings=settings) as process:
        yield port, process.pid


def ask(port: int) -> socket.socket:
    """Ask for the file, and return the connection with nothing read."""
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    request = (
        f"GET /download/linux/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )
    line.sendall(request.encode())
    return line


def read_all(line: socket.socket) -> bytes:
    """Read until the server closes; return what follows the header."""
    received = bytearray()
    while piece := line.recv(1024 * 1024):
        received += piece
    return bytes(received).partition(b"\r\n\r\n")[2]


def test_memory_stays_flat_while_readers_take_nothing(
    server: tuple[int, int], content: bytes
) -> None:
    port, pid = server
    with ask(port) as warm:
        read_all(warm)
    process = psutil.Process(pid)
    before = process.memory_info().rss
    lines = [ask(port) for _ in range(READERS)]
    # Each gets its first bytes: the server has begun with all of them.
    beginnings = [line.recv(1024) for line in lines]
    # A reader who takes all gets all, in spite of those who stand still.
    with ask(port) as quick:
        assert read_all(quick) == content
    grown = process.memory_info().rss - before
    assert grown < SIZE, f"{grown / 1e6:.0f} MB for {READERS} readers"
    for line, beginning in zip(lines, beginnings, strict=True):
        assert beginning.startswith(b"HTTP/1.1 200")
        line.close()


def test_a_slow_reader_gets_every_byte_in_the_end(server: tuple[int, int], content: bytes) -> None:
    with ask(server[0]) as line:
        beginning = line.recv(64 * 1024)
        rest = bytearray()
        while piece := line.recv(64 * 1024):
            rest += piece
            if len(rest) < 2 * 1024 * 1024:
                time.sleep(0.01)
    assert (beginning + bytes(rest)).partition(b"\r\n\r\n")[2] == content


def test_a_reader_that_goes_away_leaves_the_server_well(
    server: tuple[int, int], content: bytes
) -> None:
    for _ in range(5):
        with ask(server[0]) as line:
            line.recv(1024)
    with ask(server[0]) as line:
        assert read_all(line) == content


def test_two_downloads_follow_each_other_on_one_connection(
    server: tuple[int, int], content: bytes
) -> None:
    port = server[0]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        for _ in range(2):
            line.sendall(
                f"GET /download/linux/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
            )
            received = bytearray()
            while b"\r\n\r\n" not in received:
                received += line.recv(1024)
            header, _, body = bytes(received).partition(b"\r\n\r\n")
            assert f"Content-Length: {SIZE}".encode() in header
            whole = bytearray(body)
            while len(whole) < SIZE:
                whole += line.recv(SIZE - len(whole))
            assert whole == content
