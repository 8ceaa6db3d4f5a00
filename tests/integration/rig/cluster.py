"""Two server processes behind nginx, on PostgreSQL and Redis."""

import asyncio
import socket
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil
import psycopg
from psycopg.rows import dict_row

from tests.integration.rig.certificate import Certificate
from tests.integration.rig.nginx import Front, Nginx
from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.rig.waiting import until
from tests.services import free_port, postgresql, redis

PASSWORD: Final = "Ein-langes-Passwort-67227"
MAKE_TECHNICIAN: Final = (
    "from technicians.models import User;"
    f"User.objects.create_user({TECHNICIAN!r}, {PASSWORD!r}, name='Jana', is_technician=True)"
)


def two_ports() -> int:
    """Return a free port after which another is free."""
    while True:
        port = free_port()
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port


class Cluster(Portal):
    """A portal of two server processes, which people reach through nginx at `url`."""

    def __init__(self, folder: Path, certificate: Certificate | None = None) -> None:
        """Start databases, portal and nginx; with a certificate people come by HTTPS."""
        self._stack = ExitStack()
        try:
            # PostgreSQL does not run as root, and nobody else may look into pytest's folders.
            open_folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="dibuc-")))
            open_folder.chmod(0o755)
            self.database = self._stack.enter_context(postgresql(open_folder / "postgresql"))
            redis_url = self._stack.enter_context(redis(open_folder / "redis"))
            proxy = free_port()
            scheme = "http" if certificate is None else "https"
            # A certificate names a host, and so does its cookie.
            host = "127.0.0.1" if certificate is None else "localhost"
            public_url = f"{scheme}://{host}:{proxy}"
            super().__init__(
                folder / "data",
                port=two_ports(),
                settings={
                    "DATABASE_URL": self.database,
                    "REDIS_URL": redis_url,
                    "PUBLIC_URL": public_url,
                    "WEB_PROCESSES": "2",
                    "ACCEL_PREFIX": "/data",
                },
            )
            self.url = public_url
            self.manage("shell", "-c", MAKE_TECHNICIAN)
            self.log_ins[TECHNICIAN] = PASSWORD
            front = Front(proxy, [self.port, self.port + 1], self.data, certificate)
            self.nginx = Nginx(folder / "nginx", front)
            self._stack.callback(self.nginx.stop)
            until(lambda: _listens(proxy), within=10, what="nginx")
        except BaseException:
            self._stack.close()
            raise

    def sockets(self, relay: int | None = None) -> str:
        """Return the beginning of websocket addresses: through nginx, or of one process."""
        if relay is None:
            return self.url.replace("http", "ws", 1)
        return f"ws://127.0.0.1:{self.port + relay - 1}"

    def process(self, relay: int) -> psutil.Process:
        """Return the server process of that number."""
        (found,) = (
            process
            for process in self.processes("dibuc.server")
            if process.environ().get("WEB_NUMBER") == str(relay)
        )
        return found

    def wait_until_listening(self) -> None:
        """Wait until both processes take connections."""
        for port in (self.port, self.port + 1):
            until(partial(_listens, port), within=30, what=f"the process on {port}", pause=0.2)

    async def kill_process(self, relay: int) -> None:
        """Kill one server process; the supervisor starts it anew."""
        process = self.process(relay)
        process.kill()
        await asyncio.to_thread(psutil.wait_procs, [process], 10)

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """Ask the portal's database."""
        with psycopg.connect(self.database) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            # The callers' questions are written for SQLite.
            cursor.execute(query.replace("?", "%s").encode(), parameters)
            return cursor.fetchall()

    def stop(self) -> None:
        """End all of it."""
        super().stop()
        self._stack.close()


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
