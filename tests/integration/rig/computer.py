"""The customer's computer: a screen with a window manager, an editor and pictures."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.integration.rig.display import Screen
from tests.integration.rig.ending import Ending
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until


class Computer(Ending):
    """A screen on which programs run as on a small Linux desktop."""

    def __init__(
        self, folder: Path, *, layout: str = "de", width: int = 1280, height: int = 800
    ) -> None:
        """Start screen and window manager; `layout` is the keyboard's, as for setxkbmap."""
        self.folder = folder
        self.screen = Screen(folder, width, height)
        self.home = Path(tempfile.mkdtemp(prefix="home-", dir=folder))
        self.env = self.screen.env | {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_RUNTIME_DIR": str(self.home),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
            "LANG": "C.UTF-8",
        }
        # A blinking caret would never let the picture rest.
        gtk = self.home / ".config" / "gtk-3.0" / "settings.ini"
        gtk.parent.mkdir(parents=True)
        gtk.write_text("[Settings]\ngtk-cursor-blink=false\n")
        self._programs: list[Program] = []
        self.start("setxkbmap", "-layout", layout).wait()
        self.start("openbox")

    def start(self, *command: str | Path) -> Program:
        """Start a program on this screen; it ends with the computer."""
        log = self.folder / f"{len(self._programs)}-{Path(command[0]).name}.log"
        program = Program(command, log=log, env=self.env, cwd=self.home)
        self._programs.append(program)
        return program

    def open_editor(self, name: str = "notiz.txt") -> Path:
        """Open an empty file in the editor, give it the focus and return its path."""
        path = self.home / name
        path.touch()
        # The editor warns root, who a customer would never be: let it think so.
        # (Inside a chroot Linux makes no user namespaces; there the warning stays.)
        nobody: tuple[str, ...] = ("unshare", "--user")
        if os.geteuid() != 0 or subprocess.run([*nobody, "true"], check=False).returncode:
            nobody = ()
        self.start(*nobody, "mousepad", "--disable-server", path)
        window = self.screen.window(name)
        self.screen.xdotool("windowmove", window, 60, 80)
        self.screen.xdotool("windowactivate", "--sync", window)
        return path

    def show_picture(self, path: Path) -> None:
        """Make a picture (PNG) of the screen's size the desktop's background."""
        self.start("python3", Path(__file__).with_name("wallpaper.py"), path).wait_for("shown")

    def wait_until_still(self) -> None:
        """Wait until two looks at the screen, a moment apart, show the same."""
        looks = [self.screen.pixels()]

        def still() -> bool:
            looks.append(self.screen.pixels())
            return bool((looks[-1] == looks[-2]).all())

        until(still, within=20, what="the screen to be still", pause=0.3)

    def press_until(
        self, keys: str, window: int, condition: Callable[[], bool], *, what: str
    ) -> None:
        """Press `keys` in a window until they are taken: at first it may not be ready for them."""

        def pressed() -> bool:
            # A window that is not shown yet takes no focus either.
            with suppress(subprocess.CalledProcessError):
                self.screen.xdotool("windowfocus", "--sync", window, "key", keys)
            return condition()

        until(pressed, within=15, what=what, pause=0.3)

    def stop(self) -> None:
        """End everything on the screen, then the screen."""
        for program in reversed(self._programs):
            program.stop(within=5)
        self.screen.stop()
