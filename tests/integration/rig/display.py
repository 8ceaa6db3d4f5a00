"""A virtual screen (Xvfb) and what can be seen on it."""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageGrab

from tests.integration.rig.ending import Ending
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until

Pixels = NDArray[np.uint8]  # height x width x 3, RGB


class Screen(Ending):
    """An Xvfb of `width` x `height` pixels on the first free display."""

    def __init__(self, folder: Path, width: int = 1920, height: int = 1080) -> None:
        """Start the X server; its log and display number go to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.width, self.height = width, height
        self.folder = folder
        number = folder / "display-number"
        server = f"Xvfb -displayfd 3 -screen 0 {width}x{height}x24 -nolisten tcp -noreset"
        # The shell is only there to open the file that Xvfb writes its number to.
        self._server = Program(
            ["sh", "-c", f'exec {server} 3>"$0"', number], log=folder / "xvfb.log"
        )
        self.name = ":" + until(
            lambda: number.read_text().strip() if number.exists() else "",
            within=15,
            what="the X server",
        )

    @property
    def env(self) -> dict[str, str]:
        """The environment of programs that shall appear on this screen."""
        return os.environ | {"DISPLAY": self.name, "WAYLAND_DISPLAY": "", "XAUTHORITY": "/dev/null"}

    def pixels(self) -> Pixels:
        """Return what the screen shows, without the pointer."""
        picture = ImageGrab.grab(xdisplay=self.name).convert("RGB")
        return np.asarray(picture, dtype=np.uint8)

    def save(self, path: Path) -> None:
        """Write what the screen shows to a PNG file."""
        Image.fromarray(self.pixels()).save(path)

    def xdotool(self, *arguments: str | int) -> str:
        """Run xdotool on this screen and return what it printed."""
        return subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout.strip()

    def window(self, title: str, *, within: float = 20) -> int:
        """Wait for a visible window whose title matches the expression and return its id."""

        def find() -> str:
            try:
                return self.xdotool("search", "--onlyvisible", "--name", title)
            except subprocess.CalledProcessError:
                return ""

        found = until(find, within=within, what=f"a window {title!r}", pause=0.1)
        return int(re.split(r"\s+", found)[-1])

    def place_of(self, window: int) -> tuple[int, int, int, int]:
        """Return left, top, width and height of a window's content, in pixels."""
        shown = subprocess.run(
            ["xwininfo", "-id", str(window)],
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
        names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        found = [re.search(rf"{name}:\s+(-?\d+)", shown) for name in names]
        left, top, width, height = (int(match[1]) for match in found if match)
        return left, top, width, height

    def stop(self) -> None:
        """End the X server and with it every window."""
        self._server.stop()
