"""R1: Chromium scrolls a long page. R5: it plays a film."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from playwright.sync_api import sync_playwright

from bench.streaming.hands import WHEEL_DOWN, WHEEL_UP
from bench.streaming.pictures import HEIGHT, WIDTH
from bench.streaming.real.desktop import Desktop
from bench.streaming.real.film import film_file
from bench.streaming.real.page import film_page, long_page
from bench.streaming.scene import Frames, Numbered
from bench.streaming.xlib import Server
from tests.integration.rig.waiting import until

STEPS_PER_WAY: Final = 60  # down the page, then up again


class _Browser(Desktop):
    """A Chromium of the customer's, full screen, whose page numbers its own frames."""

    numbered = Numbered.BY_PROGRAM

    def __init__(self, server: Server) -> None:
        """Open the page and connect to what it notes."""
        super().__init__(server)
        profile = self.home / "chromium"
        self.start(
            *("/usr/bin/chromium", "--no-sandbox", "--disable-gpu", "--kiosk", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--password-store=basic", "--force-color-profile=srgb"),
            *(f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}"),
            *("--remote-debugging-port=0", self.write_page().as_uri()),
        )
        port_file = profile / "DevToolsActivePort"
        until(port_file.exists, within=60, what="the customer's Chromium")
        port = port_file.read_text().splitlines()[0]
        self._playwright = sync_playwright().start()
        chromium = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.page = until(
            lambda: next(iter(chromium.contexts[0].pages), None), within=20, what="the page"
        )
        self.window("bench")
        self.page.wait_for_function(f"innerWidth === {WIDTH}")
        self.wait_until_still()

    def write_page(self) -> Path:
        """Write the page to the home and return its path."""
        return long_page(self.home)

    def frames(self, steps: Sequence[tuple[int, float]]) -> Frames:
        """Return what the page noted since the last run."""
        del steps
        noted: Frames = self.page.evaluate("frames.splice(0)")
        return noted

    def close(self) -> None:
        """End the connection, then everything else."""
        self._playwright.stop()
        super().close()


class Wheel(_Browser):
    """R1a: the wheel is turned, a notch every 80 ms, and Chromium scrolls smoothly."""

    interval = 0.08

    def step(self, number: int) -> None:
        """Turn the wheel by a notch."""
        self.hands.click(WHEEL_DOWN if number // STEPS_PER_WAY % 2 == 0 else WHEEL_UP)


class Keyboard(_Browser):
    """R1b: the arrow key is pressed again and again."""

    interval = 0.06

    def step(self, number: int) -> None:
        """Press the arrow key."""
        self.hands.press("Down" if number // STEPS_PER_WAY % 2 == 0 else "Up")


class LcdWheel(Wheel):
    """R1c: as R1a with text drawn for the display's subpixels."""

    rgba = "rgb"


class Film(_Browser):
    """R5: a film of 800x450 pixels, 25 pictures a second, without sound."""

    _plays = False

    interval = 0.1
    _VIDEO: ClassVar[str] = "document.querySelector('video')"

    def write_page(self) -> Path:
        """Write the page with the film."""
        return film_page(self.home, film_file())

    def step(self, number: int) -> None:
        """Let it play; the first step starts it."""
        del number
        if not self._plays:
            self.page.evaluate(f"{self._VIDEO}.play()")
            self._plays = True

    def finish(self) -> None:
        """Let it rest on the picture that it shows."""
        self.page.evaluate(f"{self._VIDEO}.pause()")
        self._plays = False
