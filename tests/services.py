"""`python -m tests.services COMMAND...`: run COMMAND beside its own PostgreSQL and Redis.

Both live in a temporary folder and end with the command; DATABASE_URL and REDIS_URL
tell the command where they are.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from dibuc.lifeline import die_with_parent
from dibuc.valkey import wait_for_redis

START_SECONDS = 60.0
LOWEST_PORT = 10_000
# Data that is thrown away need not survive a power cut.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def postgresql_program(name: str) -> str:
    """Return the path of PostgreSQL's `name`; Debian keeps the server's out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        sys.exit(f"PostgreSQL's {name} is missing: run script/bootstrap --tests.")
    return path


def free_port() -> int:
    """Return a port of the loopback that nobody uses.

    Below those that the system gives to outgoing connections: until somebody listens on it,
    seconds may pass, in which one of them could take it.
    """
    outgoing = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    below = max(int(outgoing[0]), LOWEST_PORT + 10_000)
    while True:
        port = secrets.choice(range(LOWEST_PORT, below))
        with socket.socket() as trial, suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port


@contextmanager
def running(command: list[str], user: str | None, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` until the end of the block; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            user=user,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread has been started here
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run a new PostgreSQL on a socket in `folder`; yield its DATABASE_URL."""
    # It refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    data = folder / "data"
    folder.mkdir()
    if user:
        shutil.chown(folder, user)
    subprocess.run(
        [postgresql_program("initdb"), "-D", data, "-U", "dibuc", "-A", "trust", "-E", "UTF8"],
        user=user,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    command = [postgresql_program("postgres"), "-D", str(data), "-k", str(folder), "-h", "", *FAST]
    with running(command, user, folder.with_suffix(".log")):
        deadline = time.monotonic() + START_SECONDS
        ready = [postgresql_program("pg_isready"), "-q", "-h", str(folder), "-U", "dibuc"]
        while subprocess.run(ready, check=False).returncode != 0:
            if time.monotonic() > deadline:
                sys.exit(f"PostgreSQL does not start:\n{folder.with_suffix('.log').read_text()}")
            time.sleep(0.1)
        yield f"postgresql://dibuc@{quote(str(folder), safe='')}/postgres"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a new Redis on a free port; yield its REDIS_URL."""
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("redis-server is missing: run script/bootstrap --tests.")
    port = free_port()
    folder.mkdir()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    url = f"redis://127.0.0.1:{port}/0"
    with running([program, *options], None, folder.with_suffix(".log")):
        wait_for_redis(url, seconds=START_SECONDS)
        yield url


def main() -> int:
    """Run the command line's command; return its exit code."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dibuc-services-")))
        folder.chmod(0o755)
        urls = {
            "DATABASE_URL": stack.enter_context(postgresql(folder / "postgresql")),
            "REDIS_URL": stack.enter_context(redis(folder / "redis")),
        }
        return subprocess.run(sys.argv[1:], env=os.environ | urls, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
