"""The peer Selkies: captures an X screen, sends H.264 over a web socket to its own web page.

Its packages are pinned with their hashes in bench/requirements-selkies.txt and live in an
environment of their own, made on first use.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import Browser

from bench.data import data_folder
from bench.streaming.eye import Setup
from tests.integration.rig.display import Screen
from tests.integration.rig.processes import Program
from tests.integration.rig.wire import Link, Wire
from tests.services import free_port

REQUIREMENTS: Final = Path(__file__).parents[1] / "requirements-selkies.txt"
WATCH: Final = Path(__file__).with_name("selkies.js")
VIDEO: Final = "#videoStream"


def installed() -> Path:
    """Return the program, installed where it was not."""
    version = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = data_folder() / f"selkies-{version}"
    program = folder / "bin" / "selkies"
    done = folder / "complete"
    if not done.exists():
        print("Installing Selkies in an environment of its own ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "-qq"]
        options = ["--disable-pip-version-check", "--require-hashes", "--requirement"]
        subprocess.run([*pip, *options, REQUIREMENTS], check=True, stdout=sys.stderr)
        done.touch()
    return program


@contextmanager
def selkies(browser: Browser, screen: Screen, link: Link, folder: Path) -> Iterator[Setup]:
    """Show `screen` in Selkies' page over `link`: its defaults, at the screen's own size.

    Sound, log-in and gamepads are off, since nobody else has them here.
    """
    program, port = installed(), free_port()
    home = folder / "selkies"
    home.mkdir()
    command: list[str | int | Path] = [
        *(program, "--addr", "127.0.0.1", "--port", port, "--mode", "websockets"),
        *("--enable-basic-auth=false", "--audio-enabled=false", "--gamepad-enabled=false"),
        *("--manual-width", screen.width, "--manual-height", screen.height),
        "--enable-resize=false",
    ]
    env = screen.env | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "TMPDIR": str(home)}
    log = folder / "selkies.log"
    with Program(command, log=log, env=env) as server, Wire(port, link) as wire:
        server.wait_for("server running on", within=30)
        page = browser.new_page(viewport={"width": 1920, "height": 1200})
        page.add_init_script(WATCH.read_text())
        page.goto(f"http://127.0.0.1:{wire.port}/", timeout=60_000)
        page.wait_for_function(
            f"document.querySelector('{VIDEO}')?.videoWidth === {screen.width}", timeout=60_000
        )
        # What reads pixels takes the size from these, which a video leaves empty.
        page.evaluate(
            "([selector, width, height]) =>"
            " Object.assign(document.querySelector(selector), { width, height })",
            [VIDEO, screen.width, screen.height],
        )
        yield Setup(
            who="selkies",
            page=page,
            canvas=VIDEO,
            keys="#overlayInput",
            painter=page,
            context="dibucShown",
            agent=psutil.Process(server.pid),
            wire=wire,
            ever_silent=False,
        )
        page.close()
