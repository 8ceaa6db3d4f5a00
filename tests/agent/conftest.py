"""Real X servers, each with programs of its own, and a session beside a scripted server."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from ctypes import c_ulong, c_void_p
from pathlib import Path

import pytest
from PIL import Image

from agent.capture.base import Box
from agent.capture.x11 import X11Capture
from agent.encode.base import image_of
from agent.xlib import Connection
from tests.agent.server import Server, running_server

ROOT = Path(__file__).resolve().parents[2]
# Seconds before a wait counts as in vain; a machine may be many times slower than usual.
PATIENCE = 60


class Screen:
    """A virtual screen and what runs on it."""

    def __init__(self, home: Path, size: str = "1280x800x24", *extra: str) -> None:
        self.home = home
        self.extra: dict[str, str] = {}
        self._programs: list[subprocess.Popen[bytes]] = []
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(
            [*self.command(size), "-displayfd", str(write_end), "-nolisten", "tcp", *extra],
            pass_fds=[write_end],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as number:
            self.display = f":{number.readline().strip()}"

    def command(self, size: str) -> list[str]:
        """Return the X server's command."""
        return ["Xvfb", "-noreset", "-screen", "0", size]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DISPLAY": self.display,
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            "GTK_USE_PORTAL": "0",
            "GSETTINGS_BACKEND": "memory",
            **self.extra,
        }

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a program on this screen."""
        program = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._programs.append(program)
        return program

    def run(self, *command: str) -> str:
        """Run a program to its end; return what it prints."""
        done = subprocess.run(
            command, env=self.environment, check=True, capture_output=True, timeout=2 * PATIENCE
        )
        return done.stdout.decode()

    def window(self, *search: str) -> str:
        """Wait for a visible window (arguments of xdotool search); return its id."""
        found: list[str] = []

        def find() -> list[str]:
            # Not by its own --sync, which ends with an error where a window goes meanwhile.
            with contextlib.suppress(subprocess.CalledProcessError):
                found[:] = self.run("xdotool", "search", "--onlyvisible", *search).split()
            return found

        until(find)
        return found[-1]

    def manager(self) -> None:
        """Start a window manager and wait until it manages."""
        self.start("openbox")
        until(lambda: "window id #" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"))

    def paint(self, colour: int) -> None:
        """Fill the empty screen with a colour, 0xRRGGBB."""
        connection = Connection(self.display)
        x11 = connection.x11
        x11.XSetWindowBackground.argtypes = [c_void_p, c_ulong, c_ulong]
        x11.XClearWindow.argtypes = [c_void_p, c_ulong]
        x11.XSetWindowBackground(connection.handle, connection.root, colour)
        x11.XClearWindow(connection.handle, connection.root)
        connection.sync()
        connection.close()

    def picture(self) -> Image.Image:
        """Return what the screen shows now, read by a connection of its own."""
        capture = X11Capture(self.display)
        picture = capture.reopen()
        image = image_of(picture, Box(0, 0, picture.width, picture.height))
        capture.close()
        return image

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.terminate()
            try:
                program.wait(timeout=5)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        self.server.terminate()
        self.server.wait()


def until(condition: Callable[[], object]) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Return an empty virtual screen of 1280 x 800."""
    home = tmp_path / "home"
    home.mkdir()
    made = Screen(home)
    yield made
    made.stop()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Return a server of the agent's socket."""
    async with running_server() as made:
        yield made


class Agent:
    """The program, started as a customer would; with --json, so that it can be followed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.events: list[dict[str, object]] = []

    async def event(self, name: str) -> dict[str, object]:
        """Wait for the next event of that name."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            while line := await self.process.stdout.readline():
                event = json.loads(line)
                self.events.append(event)
                if event["event"] == name:
                    return dict(event)
        raise AssertionError(f"no {name} in {self.events}")

    def say(self, line: str) -> None:
        """Type an answer on its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")

    async def exit_code(self) -> int:
        async with asyncio.timeout(60):
            return await self.process.wait()


@contextlib.asynccontextmanager
async def running_agent(screen: Screen, url: str, *options: str) -> AsyncIterator[Agent]:
    """Run the agent on a screen; it is killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "agent",
        "--server",
        url,
        "--json",
        *options,
        cwd=ROOT,
        env=screen.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Agent(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
