"""PostgreSQL, Redis, Celery's worker and beat as real processes, each to be killed and begun again.

Nothing of the web: what is tested is that a month's run survives whatever dies under it.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg.rows import dict_row

from dibuc.lifeline import die_with_parent
from dibuc.valkey import wait_for_redis
from tests.services import free_port, postgresql_program

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 240.0


class BackOffice:
    """The processes behind the portal's pages, on data in one folder."""

    def __init__(self) -> None:
        # Short, since a socket lies there, and open to PostgreSQL's own user.
        self._temporary = tempfile.TemporaryDirectory(prefix="dibuc-back-office-")
        self.folder = Path(self._temporary.name)
        self.folder.chmod(0o755)
        self._groups: dict[str, subprocess.Popen[bytes]] = {}
        self._port = free_port()
        self._redis_url = f"redis://127.0.0.1:{self._port}/0"
        self._sockets = self.folder / "pg"
        self._user = "postgres" if os.geteuid() == 0 else None
        self.environment = os.environ | {
            "DIBUC_DATA": str(self.folder / "data"),
            "DATABASE_URL": f"postgresql://dibuc@{quote(str(self._sockets), safe='')}/postgres",
            "REDIS_URL": self._redis_url,
            "DJANGO_SETTINGS_MODULE": "dibuc.settings",
            "WORKERS": "2",
        }

    def __enter__(self) -> Self:
        self._sockets.mkdir()
        if self._user:
            shutil.chown(self._sockets, self._user)
        subprocess.run(
            [postgresql_program("initdb"), "-D", self._data, "-U", "dibuc", "-A", "trust"],
            user=self._user,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        self.start("database")
        self.start("redis")
        return self

    def __exit__(self, *_error: object) -> None:
        for name in reversed(self._groups.copy()):
            self.kill(name)
        self._temporary.cleanup()

    @property
    def _data(self) -> Path:
        return self._sockets / "data"

    def start(self, name: str) -> None:
        """Start one of database, redis, worker, beat; wait where it must be there first."""
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--app", "dibuc"]
        programs: dict[str, list[str]] = {
            # As it comes, with every commit on the disk: what it confirmed must be there again.
            "database": [
                *(postgresql_program("postgres"), "-D", str(self._data)),
                *("-k", str(self._sockets), "-h", ""),
            ],
            "redis": [
                *("redis-server", "--port", str(self._port), "--bind", "127.0.0.1"),
                *("--save", "", "--dir", str(self.folder)),
            ],
            "worker": [*celery, "worker", "--loglevel", "WARNING", "--without-mingle"],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self._groups[name] = subprocess.Popen(
                programs[name],
                user=self._user if name == "database" else None,
                env=self.environment,
                cwd="/" if name == "database" else ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread has been started here
            )
        if name == "redis":
            wait_for_redis(self._redis_url, seconds=PATIENCE)
        if name == "database":
            self.wait_until(self._database_answers)

    def kill(self, name: str) -> None:
        """End a program and its children as a power cut would."""
        process = self._groups.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart(self, name: str) -> None:
        """Kill a program and start it again on what it has left behind."""
        self.kill(name)
        self.start(name)

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=check,
            capture_output=True,
            text=True,
        )

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Ask the database."""
        with psycopg.connect(
            host=str(self._sockets), user="dibuc", dbname="postgres", row_factory=dict_row
        ) as connection:
            return connection.execute(query).fetchall()

    def number(self, query: str) -> int:
        """Ask the database for one number."""
        (row,) = self.rows(query)
        (value,) = row.values()
        return int(value)

    def _database_answers(self) -> bool:
        try:
            return self.number("SELECT 1") == 1
        except psycopg.OperationalError:
            return False

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.1)
