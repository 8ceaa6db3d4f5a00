"""The peer: TigerVNC's server for a real screen, websockify and noVNC, as Debian ships them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from bench.streaming.eye import Setup
from tests.integration.rig.display import Screen
from tests.integration.rig.processes import Program
from tests.integration.rig.wire import Link, Wire
from tests.services import free_port

NOVNC = Path("/usr/share/novnc")


@contextmanager
def tigervnc(browser: Browser, screen: Screen, link: Link, folder: Path) -> Iterator[Setup]:
    """Show `screen` in noVNC with its default settings, over `link`."""
    rfb_port, web_port = free_port(), free_port()
    server = Program(
        [
            *("X0tigervnc", "-display", screen.name, "-rfbport", rfb_port),
            *("-SecurityTypes", "None", "-localhost=1", "-AlwaysShared=1"),
        ],
        log=folder / "x0vncserver.log",
        env=screen.env,
    )
    bridge = Program(
        ["websockify", "--web", NOVNC, f"127.0.0.1:{web_port}", f"127.0.0.1:{rfb_port}"],
        log=folder / "websockify.log",
    )
    with server, bridge, Wire(web_port, link) as wire:
        server.wait_for("Listening for VNC connections", within=20)
        bridge.wait_for("proxying from", within=20)
        page = browser.new_page(viewport={"width": 1920, "height": 1200})
        # The page itself comes straight from websockify: only the picture is measured.
        page.goto(f"http://127.0.0.1:{web_port}/vnc_lite.html?port={wire.port}")
        page.wait_for_function(
            "document.querySelector('#screen canvas')?.width === 1920", timeout=20_000
        )
        yield Setup(
            who="tigervnc",
            page=page,
            canvas="#screen canvas",
            keys="#screen canvas",
            painter=page,
            context="document.querySelector('#screen canvas').getContext('2d')",
            agent=psutil.Process(server.pid),
            wire=wire,
        )
        page.close()
