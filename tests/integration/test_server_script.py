"""script/server: sets up, runs everything, says where it is, and leaves nothing behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.integration.rig.waiting import until
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
# Set-up is done before the tests, so that this is only the start itself; generous, since
# other tests may be busy on the same processor.
START_SECONDS = 90
STOP_SECONDS = 40


def clean_environment() -> dict[str, str]:
    """Return this process's variables without those that are the portal's settings."""
    ours = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours}


class Server:
    """A started script/server on a data folder and port of its own."""

    def __init__(self, data: Path, **settings: str) -> None:
        """Start it; what it prints goes to a file."""
        self.port = free_port()
        self.data = data
        self.log = data.with_suffix(".log")
        own = {"DIBUC_DATA": str(data), "PORT": str(self.port)}
        environment = clean_environment() | own | settings
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [ROOT / "script" / "server"], env=environment, stdout=output, stderr=output
            )
        self.family: list[psutil.Process] = []

    @property
    def output(self) -> str:
        """What was printed so far."""
        return self.log.read_text()

    def wait_until_ready(self) -> None:
        """Return when the portal is announced and its processes are known."""
        until(
            lambda: "Portal ready" in self.output or self.process.poll() is not None,
            within=START_SECONDS,
            what="the portal to be ready",
        )
        assert "Portal ready" in self.output, self.output
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals) -> int:
        """Send a signal to the script's process, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def healthz(self) -> tuple[int, dict[str, bool]]:
        """Return status and content of /healthz."""
        address = f"http://127.0.0.1:{self.port}/healthz"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder as the first start leaves it."""
    # Short, as the socket inside needs it.
    folder = tmp_path_factory.mktemp("p") / "data"
    own = {"DIBUC_DATA": str(folder), "PORT": str(free_port())}
    command = [sys.executable, "manage.py", "prepare"]
    subprocess.run(command, cwd=ROOT, env=clean_environment() | own, check=True)
    return folder


@pytest.fixture
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("s") / "data"
    shutil.copytree(prepared, folder)
    one = Server(folder)
    yield one
    if one.process.poll() is None:
        one.process.kill()
        one.process.wait()


def gone(processes: list[psutil.Process]) -> bool:
    """Return whether none of them runs any more."""
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes
    )


def shown_log_ins(server: Server) -> list[str]:
    """Return the two lines with demo log-ins."""
    until(
        lambda: server.output.count("Demo log-in: ") == 2,
        within=STOP_SECONDS,
        what="two demo log-ins",
    )
    return [line for line in server.output.splitlines() if line.startswith("Demo log-in: ")]


def refused(tmp_path: Path, **settings: str) -> str:
    """Return what script/server says when it refuses to start with `settings`."""
    one = Server(tmp_path / "data", **settings)
    assert one.process.wait(START_SECONDS) != 0
    assert "Traceback" not in one.output
    assert "Portal ready" not in one.output
    return one.output


@pytest.mark.parametrize(
    ("settings", "explanation"),
    [
        ({"PORT": "eighty"}, "(dibuc.E001) PORT='eighty' is not a whole number"),
        ({"SECRET_KEY": "secret"}, "(dibuc.E006) SECRET_KEY is too easy to guess"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/y"}, "(dibuc.E010) The database does not"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "(dibuc.E011) Redis does not answer"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_stops_the_start_with_its_name(
    tmp_path: Path, settings: dict[str, str], explanation: str
) -> None:
    assert explanation in refused(tmp_path, **settings)


def test_a_port_that_is_taken_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        output = refused(tmp_path, PORT=str(port))
    assert f"Port {port} on 127.0.0.1 cannot be used" in output
    assert "script/server" in output


def test_demo_data_is_refused_once_outsiders_could_log_in(server: Server, tmp_path: Path) -> None:
    server.wait_until_ready()
    server.stop(signal.SIGTERM)
    output = refused(server.data.parent, PUBLIC_URL="https://support.example.com")
    assert "dibuc.E009" in output


def test_a_first_start_makes_demo_data_and_ctrl_c_ends_everything(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    server = Server(tmp_path_factory.mktemp("f") / "data")
    server.wait_until_ready()
    assert "Making demo data" in server.output
    assert f"Portal ready: http://127.0.0.1:{server.port}" in server.output
    log_ins = shown_log_ins(server)
    assert server.healthz() == (
        200,
        {"ok": True, "database": True, "redis": True, "worker": True},
    )
    assert (server.data / "demo-logins").stat().st_mode & 0o777 == 0o600
    assert server.stop(signal.SIGINT) == 0
    assert gone(server.family)

    again = Server(server.data)
    again.wait_until_ready()
    assert shown_log_ins(again) == log_ins
    assert "Making demo data" not in again.output
    assert again.stop(signal.SIGTERM) == 0
    assert gone(again.family)


def test_no_process_survives_when_the_script_is_killed(server: Server) -> None:
    server.wait_until_ready()
    assert len(server.family) >= 4
    server.stop(signal.SIGKILL)
    until(lambda: gone(server.family), within=STOP_SECONDS, what="all processes to end")


def test_a_killed_worker_is_missed_and_comes_back(server: Server) -> None:
    server.wait_until_ready()
    worker = next(one for one in server.family if "worker" in one.cmdline())
    pool = worker.children()
    worker.kill()
    until(
        lambda: "worker ended with code -9: started again" in server.output,
        within=STOP_SECONDS,
        what="the worker to be missed",
    )
    until(lambda: gone(pool), within=STOP_SECONDS, what="the worker's children to end")
    until(lambda: server.healthz()[0] == 200, within=START_SECONDS, what="the new worker")
    server.stop(signal.SIGTERM)


def test_a_second_portal_on_the_same_data_is_refused(server: Server) -> None:
    server.wait_until_ready()
    other = subprocess.run(
        [sys.executable, "-m", "dibuc.supervisor"],
        cwd=ROOT,
        env=clean_environment() | {"DIBUC_DATA": str(server.data), "PORT": str(server.port)},
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert other.returncode == 1
    assert "Another portal runs on the data folder" in other.stderr
    assert server.healthz()[0] == 200
    server.stop(signal.SIGTERM)
