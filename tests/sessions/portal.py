"""A portal that was really started, to be stopped and killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from dibuc.lifeline import die_with_parent
from technicians.models import User

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


class Portal:
    """`python -m dibuc.server` on the test's own database and Redis, on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port: int = trial.getsockname()[1]
        self.log = folder / "portal.log"
        self.environment = os.environ | {
            "DIBUC_DATA": str(folder),
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "PORT": str(self.port),
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """The address that a browser shows."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sockets(self) -> str:
        """The beginning of every websocket address."""
        return f"ws://127.0.0.1:{self.port}/ws"

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dibuc.server"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - before any thread is started
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.listens():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def listens(self) -> bool:
        """Whether somebody answers on the port."""
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, gently or (SIGKILL) not, and wait until it is gone."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None

    def memory(self) -> int:
        """Return the bytes that the process holds."""
        assert self.process is not None
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.stop(signal.SIGKILL)


def database_url() -> str:
    """Return the address of the test's database for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    user = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
    host = quote(str(values["HOST"]), safe="")
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgresql://{user}@{host}{port}/{values['NAME']}"


def cookie_of(user: User) -> str:
    """Return the Cookie header of somebody who has logged in."""
    login = SessionStore()
    login[SESSION_KEY] = str(user.pk)
    login[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    login[HASH_SESSION_KEY] = user.get_session_auth_hash()
    login.save()
    return f"{settings.SESSION_COOKIE_NAME}={login.session_key}"
