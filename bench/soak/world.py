"""Both ends of a session for the soak: a customer's computer in use, a technician who works."""

import os
import random
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil
from playwright.sync_api import Browser, Route

from bench.streaming import pictures
from bench.streaming.real.film import film_file
from bench.streaming.real.page import long_page
from tests.agent.resize import resize
from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import canvas_pixels
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.display import Pixels
from tests.integration.rig.ending import Ending
from tests.integration.rig.known_picture import draw_known_picture
from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.rig.waiting import until
from tests.integration.rig.wire import Link, Wire

if TYPE_CHECKING:
    from tests.integration.rig.processes import Program

SIZES: Final = ((1280, 800), (1024, 768), (1152, 720))
BACK: Final = 40.0  # seconds after which a cut line has to be whole again
# Counts what only the engine sees: digests that came, and fresh pictures that it asked for.
COUNT: Final = """
globalThis.dibucCounts = { checksum: 0, refresh: 0 };
const { parse, stringify } = JSON;
JSON.parse = (...given) => {
  const read = parse(...given);
  if (read?.t === "checksum") { dibucCounts.checksum += 1; }
  return read;
};
JSON.stringify = (value, ...more) => {
  if (value?.t === "refresh") { dibucCounts.refresh += 1; }
  return stringify(value, ...more);
};
"""


def _let_counts_be_seen(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(content_type="text/javascript", body=COUNT + answer.text())


class World(Ending):
    """A computer with an editor, a terminal, a browser and a wallpaper, and its technician."""

    def __init__(self, browser: Browser, folder: Path, link: Link) -> None:
        """Start everything and connect."""
        with ExitStack() as stack:
            self.portal = stack.enter_context(Portal(folder / "portal"))
            self.wire = stack.enter_context(Wire(self.portal.port, link))
            self.computer = stack.enter_context(Computer(folder / "computer", layout="us"))
            self._furnish()
            self.page = browser.new_page(viewport={"width": 1500, "height": 950})
            self.page.route("**/viewer/core/worker*.js", _let_counts_be_seen)
            self.desk = Desk(self.page, self.portal)
            self.desk.log_in(TECHNICIAN)
            self.agent = stack.enter_context(
                Agent.without_window(
                    f"http://127.0.0.1:{self.wire.port}",
                    log=folder / "agent.log",
                    env=self.computer.env,
                )
            )
            self.desk.order(self.agent.support_id, self.agent.password)
            # Waits as Playwright does, which alone lets the route above be served.
            self.page.wait_for_selector("body[data-state=asking]", timeout=20_000)
            self.agent.answer(yes=True)
            self.page.wait_for_selector("body[data-state=connected]", timeout=20_000)
            self._stack = stack.pop_all()
        self.agent_process = psutil.Process(self.agent.pid)
        (self.server_process,) = self.portal.processes("dibuc.server")

    def _furnish(self) -> None:
        computer = self.computer
        wallpaper = computer.folder / "wallpaper.png"
        draw_known_picture(wallpaper)
        computer.show_picture(wallpaper)
        letter = computer.home / "Brief.txt"
        letter.write_text(pictures.prose(71, 200))
        computer.start("mousepad", "--disable-server", letter)
        self._pipe = computer.home / "pipe"
        os.mkfifo(self._pipe)
        terminal = ("xterm", "-geometry", "90x24+40+420", "-title", "konsole")
        computer.start(*terminal, "-e", "cat", self._pipe)
        # Read and write, so that opening waits for nobody.
        self._terminal = self._pipe.open("r+b", buffering=0)
        computer.start(
            *("/usr/bin/chromium", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--password-store=basic", f"--user-data-dir={computer.home / 'chromium'}"),
            *("--window-size=900,600", "--window-position=300,60"),
            long_page(computer.home).as_uri(),
        )
        self.windows = [
            computer.screen.window(title) for title in ("Brief.txt", "konsole", "bench page")
        ]
        self.film = film_file()
        self.more: list[Program] = []  # terminals that were opened besides

    def print(self, text: str) -> None:
        """Print in the customer's terminal."""
        os.write(self._terminal.fileno(), text.encode())

    def hands(self, *arguments: str | int) -> None:
        """Let the customer do something (arguments of xdotool); a window may be gone."""
        with suppress(Exception):
            self.computer.screen.xdotool(*arguments)

    def resize(self, size: tuple[int, int]) -> None:
        """Change the customer's resolution."""
        resize(self.computer.screen.name, *size)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture that the technician has."""
        width, height = self.desk.screen.evaluate("canvas => [canvas.width, canvas.height]")
        return width, height

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where in the technician's page the customer's pixel x, y is."""
        box = self.desk.screen.bounding_box()
        if box is None:
            raise RuntimeError("the technician sees no screen")
        width, height = self.size
        across, down = (x + 0.5) / width, (y + 0.5) / height
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def random_point(self, rng: random.Random) -> tuple[float, float]:
        """Return a point of the page that lies on the screen."""
        width, height = self.size
        return self.point(rng.uniform(5, width - 5), rng.uniform(5, height - 5))

    def pixels(self) -> tuple[Pixels, Pixels]:
        """Return what the technician sees and what is on the customer's screen."""
        return canvas_pixels(self.desk.screen), self.computer.screen.pixels()

    def counts(self) -> dict[str, int]:
        """Return how many digests came and how many fresh pictures were asked for."""
        counted: dict[str, int] = self.page.workers[0].evaluate("dibucCounts")
        return counted

    def cut(self) -> None:
        """Break the agent's line and wait until the session goes on."""
        self.wire.cut()
        until(lambda: self._state() != "connected", within=BACK, what="the cut to be noticed")
        until(self._is_back, within=BACK, what="the session to go on after a cut", pause=0.2)

    def _state(self) -> str:
        state: str = self.page.evaluate("document.body.dataset.state")
        return state

    def _is_back(self) -> bool:
        state = self._state()
        if state in {"password", "failed", "ended"}:
            message = f"after a cut the page is in the state {state!r}"
            raise RuntimeError(message)
        return state == "connected"

    def stop(self) -> None:
        """End everything."""
        self._terminal.close()
        self._stack.close()
