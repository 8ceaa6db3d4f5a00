"""Starts the portal's processes, keeps them running and ends all of them.

`python -m dibuc.supervisor`, which is what script/server does after the set-up. The
order matters and is why no ready-made supervisor fits: Valkey comes first and goes
last, so that a worker can still hand its task back, and a worker gets more than some
seconds to finish the invoice at hand.
"""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import FrameType

from dibuc import settings
from dibuc.lifeline import die_with_parent
from dibuc.valkey import valkey_command, wait_for_redis

START_SECONDS = 60.0
# So long may a worker finish what it has begun; the rest is taken up after the next start.
STOP_SECONDS = 20.0
# A process that ends again and again is not worth another try.
RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0
POLL_SECONDS = 0.05

logger = logging.getLogger("dibuc.supervisor")


class StartError(Exception):
    """The portal cannot start; the text says why and what to do."""


@dataclass
class Program:
    """One of the portal's processes: its name, its command line, and when it was started."""

    name: str
    command: list[str]
    # On top of the supervisor's own environment.
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS + 1))

    def start(self, lock: int) -> None:
        """Start it in a session of its own: Ctrl-C reaches the supervisor only.

        It inherits the data folder's `lock`, which is thus held until the last one ends.
        """
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(  # noqa: S603 - our own command lines
            self.command,
            env=os.environ | self.variables,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread has been started here
            start_new_session=True,
            pass_fds=(lock,),
            stdin=subprocess.DEVNULL,
        )

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs or before it was started."""
        return self.process.poll() if self.process else None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_hopeless(self) -> bool:
        """Whether it has ended too often within RESTART_WINDOW_SECONDS."""
        full = len(self.starts) > RESTARTS
        return full and time.monotonic() - self.starts[0] < RESTART_WINDOW_SECONDS

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, or to its whole group where it must go at once."""
        if self.process is None:
            return
        if number is signal.SIGKILL:
            # The worker's own children too, even those that have outlived it.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)


def web_programs() -> list[Program]:
    """Return the server processes, each with its number."""
    numbers = range(1, settings.WEB_PROCESSES + 1)
    return [
        Program(
            "web" if settings.WEB_PROCESSES == 1 else f"web {number}",
            [sys.executable, "-m", "dibuc.server"],
            {"WEB_NUMBER": str(number)},
        )
        for number in numbers
    ]


def programs() -> tuple[Program | None, list[Program]]:
    """Return the embedded Valkey, if it is wanted, and everything that needs a Redis."""
    # Nothing but JSON is taken from the broker, so that being root is not the hole of old.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *quiet, "-m", "celery", "--quiet", "--app", "dibuc"]
    valkey = None
    if settings.REDIS_EMBEDDED:
        command = valkey_command(settings.REDIS_SOCKET, settings.VALKEY_DIR)
        valkey = Program("valkey", command)
    return valkey, [
        *web_programs(),
        Program("worker", [*celery, "worker", "--loglevel", "WARNING", "--without-mingle"]),
        Program("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]),
    ]


class Supervisor:
    """The portal's processes from their start to their end."""

    def __init__(self, valkey: Program | None, others: list[Program], lock: int) -> None:
        self.valkey = valkey
        self.others = others
        self.lock = lock
        self.stop_signals = 0

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Remember that the end is wanted; a second time means at once."""
        self.stop_signals += 1

    def run(self, ready: Callable[[], None]) -> int:
        """Run until a signal comes; call `ready` once everything answers. Return 0 or 1."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        try:
            self.start()
            if not self.stop_signals:
                ready()
            while not self.stop_signals:
                self.revive()
                time.sleep(POLL_SECONDS)
        except StartError as error:
            logger.error("%s", error)  # noqa: TRY400 - explained without a traceback
            return 1
        finally:
            self.stop()
        return 0

    def start(self) -> None:
        """Start everything and return when /healthz is content."""
        if self.valkey:
            self.valkey.start(self.lock)
            wait_for_redis(settings.REDIS_URL, seconds=START_SECONDS)
        for program in self.others:
            program.start(self.lock)
        deadline = time.monotonic() + START_SECONDS
        while not self.stop_signals and not is_healthy():
            for program in self.everything():
                if program.code is not None:
                    raise StartError(
                        f"{program.name} ended at once with code {program.code}: "
                        "its own lines above say why."
                    )
            if time.monotonic() > deadline:
                raise StartError(
                    f"The portal did not answer within {START_SECONDS:.0f} s: "
                    f"http://127.0.0.1:{settings.PORT}/healthz names what is missing."
                )
            time.sleep(POLL_SECONDS)

    def revive(self) -> None:
        """Start again what has ended by itself; raise StartError when that is hopeless."""
        for program in self.everything():
            if program.code is None:
                continue
            if program.is_hopeless:
                raise StartError(f"{program.name} ended {RESTARTS} times within a minute.")
            logger.warning("%s ended with code %s: started again.", program.name, program.code)
            program.send(signal.SIGKILL)
            program.start(self.lock)

    def stop(self) -> None:
        """End everything, Valkey last; whoever takes too long is killed."""
        self.end(self.others)
        if self.valkey:
            self.end([self.valkey])

    def end(self, group: Iterable[Program]) -> None:
        """End `group` with SIGTERM, after STOP_SECONDS or a second signal with SIGKILL."""
        running = [program for program in group if program.is_running]
        for program in running:
            program.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        impatient = self.stop_signals + 1
        while any(program.is_running for program in running):
            if time.monotonic() > deadline or self.stop_signals >= impatient:
                for program in running:
                    program.send(signal.SIGKILL)
            time.sleep(POLL_SECONDS)
        for program in running:
            program.send(signal.SIGKILL)

    def everything(self) -> list[Program]:
        """Return all programs."""
        return [*([self.valkey] if self.valkey else []), *self.others]


def own_address(port: int) -> str:
    """Return the address under which this computer reaches the server process on `port`."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
    host = everywhere.get(settings.BIND, settings.BIND)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def is_healthy() -> bool:
    """Return whether /healthz of every server process answers 200."""
    return all(map(answers, range(settings.PORT, settings.PORT + settings.WEB_PROCESSES)))


def answers(port: int) -> bool:
    """Return whether /healthz on `port` answers 200."""
    request = urllib.request.Request(  # noqa: S310 - http to ourselves
        f"{own_address(port)}/healthz",
        # As the proxy in front would, or the answer is a redirect to HTTPS.
        headers={"Host": "localhost", "X-Forwarded-Proto": "https", "X-Real-IP": "127.0.0.1"},
    )
    # Never through the proxy that the environment may name.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def lock_data_folder() -> int:
    """Return the lock of the data folder; raise StartError when another portal holds it."""
    handle = os.open(settings.DATA_DIR / "server.lock", os.O_CREAT | os.O_RDWR, 0o600)
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if is_healthy() or time.monotonic() > deadline:
                raise StartError(
                    f"Another portal runs on the data folder {settings.DATA_DIR}: "
                    "end it first, or set DIBUC_DATA to another folder."
                ) from None
            # One that was killed: its processes are just about to end.
            time.sleep(POLL_SECONDS)
        else:
            return handle


def announce() -> None:
    """Say where the portal is, and the demo log-ins if there are any."""
    lines = [f"Portal ready: {settings.PUBLIC_URL}"]
    if settings.DEMO_ALLOWED and settings.DEMO_FILE.exists():
        lines += [f"Demo log-in: {line}" for line in settings.DEMO_FILE.read_text().splitlines()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the portal; return the exit code."""
    logging.basicConfig(format="{asctime} {levelname} {name}: {message}", style="{")
    try:
        supervisor = Supervisor(*programs(), lock_data_folder())
    except StartError as error:
        logger.error("%s", error)  # noqa: TRY400 - explained without a traceback
        return 1
    return supervisor.run(announce)


if __name__ == "__main__":
    sys.exit(main())
