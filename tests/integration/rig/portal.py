"""A started portal: server, worker, beat and Valkey, on a free port and data of its own."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psutil

from tests.integration.rig.ending import Ending
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until
from tests.services import free_port

ROOT: Final = Path(__file__).resolve().parents[3]
SETTINGS: Final = {
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "ALLOWED_HOSTS",
    "SECRET_KEY",
    "DEBUG",
    "WEB_PROCESSES",
    "WEB_NUMBER",
    "ACCEL_PREFIX",
}
TECHNICIAN: Final = "techniker@example.com"
OFFICE: Final = "buero@example.com"
# A small disk that only the portal's processes see, filled to the last byte.
FULL_ARCHIVE: Final = (
    *("unshare", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")), "--mount"),
    # Made private by hand: unshare itself cannot inside a chroot, whose root is no mount.
    *("--propagation", "unchanged", "sh", "-c"),
    'mount --make-rprivate / 2>/dev/null; mount -t tmpfs -o size=16m tmpfs "$0/archive" && '
    '{ cat /dev/zero >"$0/archive/ballast" 2>/dev/null || true; } && exec "$@"',
)


class Portal(Ending):
    """What `script/server` runs after the set-up, with demo data on an empty database."""

    def __init__(
        self,
        folder: Path,
        *,
        archive_is_full: bool = False,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare the data folder and start; the archive may lie on a disk without room.

        `port` is free (None: any), `settings` are variables of docs/operations.md.
        """
        self.data = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # What the caller's shell has set is not meant for this portal.
        inherited = {key: value for key, value in os.environ.items() if key not in SETTINGS}
        self._env = inherited | {
            "DJANGO_SETTINGS_MODULE": "dibuc.settings",
            "DIBUC_DATA": str(folder),
            "PORT": str(self.port),
            **(settings or {}),
        }
        self._archive_is_full = archive_is_full
        self.manage("prepare")
        self.log_ins: dict[str, str] = {}
        self._starts = 0
        self.start()

    def start(self) -> None:
        """Start the processes and wait until the portal answers."""
        self._starts += 1
        command = [sys.executable, "-m", "dibuc.supervisor"]
        self._supervisor = Program(
            [*FULL_ARCHIVE, self.data, *command] if self._archive_is_full else command,
            log=self.data / f"portal-{self._starts}.log",
            env=self._env,
            cwd=ROOT,
        )
        self._supervisor.wait_for(r"^Portal ready: ", within=60)
        if "DATABASE_URL" not in self._env:
            self._supervisor.wait_for(rf"^Demo log-in: {OFFICE} \S+$")
        found = re.findall(r"^Demo log-in: (\S+) (\S+)$", self.log, re.MULTILINE)
        self.log_ins |= dict(found)

    @property
    def log(self) -> str:
        """What the portal has printed since its last start."""
        return self._supervisor.output

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` on this portal's data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._env,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if check and done.returncode:
            message = f"manage.py {' '.join(arguments)} ended with {done.returncode}"
            raise RuntimeError(f"{message}:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """Ask the portal's database, which is only read."""
        source = f"file:{self.data / 'dibuc.sqlite3'}?mode=ro"
        connection = sqlite3.connect(source, uri=True, timeout=20)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query, parameters)]
        finally:
            connection.close()

    def session(self, support_id: str) -> dict[str, Any]:
        """Return the row of the support session with that ID."""
        query = "SELECT * FROM support_sessions_session WHERE support_id = ?"
        return self.rows(query, support_id)[0]

    def segments(self, support_id: str) -> list[dict[str, Any]]:
        """Return the connected stretches of a session, oldest first."""
        return self.rows(
            "SELECT g.* FROM support_sessions_segment g JOIN support_sessions_session s"
            " ON s.id = g.session_id WHERE s.support_id = ? ORDER BY g.started_at",
            support_id,
        )

    def processes(self, word: str) -> list[psutil.Process]:
        """Return the portal's processes whose command line contains `word`."""
        family = psutil.Process(self._supervisor.pid).children(recursive=True)
        return [process for process in family if any(word in part for part in process.cmdline())]

    def kill(self) -> None:
        """End every process at once, as a power cut would."""
        supervisor = psutil.Process(self._supervisor.pid)
        # It must not start them anew, and its end would end them gently.
        supervisor.suspend()
        family = supervisor.children(recursive=True)
        for process in family:
            process.kill()
        self._supervisor.kill()
        psutil.wait_procs(family, timeout=10)

    def make_room(self) -> None:
        """Give the archive's disk room again."""
        Path(f"/proc/{self._supervisor.pid}/root/{self.data}/archive/ballast").unlink()

    def stop(self) -> None:
        """End the portal as Ctrl-C does."""
        self._supervisor.stop(within=30)

    def wait_for_end(self, support_id: str, *, within: float = 20) -> dict[str, Any]:
        """Wait until a session has ended and return its row."""

        def ended() -> dict[str, Any] | None:
            session = self.session(support_id)
            return session if session["ended_at"] else None

        return until(ended, within=within, what="the end of the session", pause=0.1)

    def copy_logs(self, target: Path) -> None:
        """Keep what the portal printed."""
        for log in self.data.glob("portal-*.log"):
            shutil.copy(log, target)
