"""A small desktop for real programs: a home, a wallpaper, a window manager."""

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from PIL import ImageGrab

from bench.streaming import pictures
from bench.streaming.hands import Hands
from bench.streaming.pictures import HEIGHT, WIDTH
from bench.streaming.scene import Scene
from bench.streaming.xlib import Server
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until

# A blinking caret would never let the picture rest.
_GTK: Final = """[Settings]
gtk-cursor-blink=false
gtk-xft-antialias=1
gtk-xft-rgba={rgba}
"""
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><match target="font">
<edit name="antialias" mode="assign"><bool>true</bool></edit>
<edit name="rgba" mode="assign"><const>{rgba}</const></edit>
</match></fontconfig>
"""


class Desktop(Scene):
    """A scene of real programs. They need a D-Bus session, as `dbus-run-session` makes one."""

    rgba = "none"  # order of the display's subpixels that text is drawn for
    settles = 0.5

    def __init__(self, server: Server) -> None:
        """Prepare home and screen and start the window manager."""
        self.server = server
        self.hands = Hands(server)
        # Programs that are asked to end may still write while their home goes.
        self._folder = tempfile.TemporaryDirectory(
            prefix="dibuc-desktop-", ignore_cleanup_errors=True
        )
        self.home = Path(self._folder.name)
        self._programs: list[Program] = []
        self._env = os.environ | {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.home),
            "NO_AT_BRIDGE": "1",
            "LANG": "C.UTF-8",
        }
        for name, text in (("gtk-3.0/settings.ini", _GTK), ("fontconfig/fonts.conf", _FONTS)):
            path = self.home / ".config" / name
            path.parent.mkdir(parents=True)
            path.write_text(text.format(rgba=self.rgba))
        server.wallpaper(server.pixmap(pictures.wallpaper()))
        server.sync()
        self.start("openbox")
        # It names itself in a property of the root window, which xdotool reads.
        until(self._window_manager, within=20, what="the window manager")
        self.hands.move(WIDTH // 2, HEIGHT // 2)

    def _window_manager(self) -> bool:
        with suppress(subprocess.CalledProcessError):
            return bool(self.xdotool("get_desktop"))
        return False

    def start(self, *command: str | Path) -> Program:
        """Start a program on this desktop; it ends with the scene."""
        log = self.home / "log" / f"{len(self._programs)}-{Path(command[0]).name}.log"
        program = Program(command, log=log, env=self._env, cwd=self.home)
        self._programs.append(program)
        return program

    def xdotool(self, *arguments: str | int) -> str:
        """Run xdotool on this desktop and return what it printed."""
        return subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self._env,
            check=True,
            capture_output=True,
            text=True,
            timeout=20,
        ).stdout.strip()

    def window(self, title: str, *, within: float = 60) -> int:
        """Wait for a visible window whose title matches the expression; its number."""

        def find() -> int:
            with suppress(subprocess.CalledProcessError):
                return int(self.xdotool("search", "--onlyvisible", "--name", title).split()[-1])
            return 0

        return until(find, within=within, what=f"a window {title!r}", pause=0.1)

    def open_editor(self, path: Path) -> int:
        """Open a text in the editor and return its window."""
        # The editor warns root, who a customer would never be: let it think so.
        # (Inside a chroot Linux makes no user namespaces; there the warning stays.)
        nobody: tuple[str, ...] = ("unshare", "--user")
        if os.geteuid() or subprocess.run([*nobody, "true"], check=False).returncode:
            nobody = ()
        self.start(*nobody, "mousepad", "--disable-server", path)
        return self.window(path.name)

    def place(self, window: int, x: int, y: int, width: int, height: int) -> None:
        """Put a window's upper left corner to x, y and give it a size, in pixels."""
        self.xdotool("windowsize", window, width, height)
        self.xdotool("windowmove", window, x, y)

    def activate(self, window: int) -> None:
        """Raise a window and give it the focus."""
        self.xdotool("windowactivate", "--sync", window)

    def wait_until_still(self) -> None:
        """Wait until half a second shows no change (a slow start is not what is measured)."""
        last = [b""]

        def still() -> bool:
            before, last[0] = last[0], ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).tobytes()
            return before == last[0]

        until(still, within=60, what="the programs to be still", pause=0.5)

    def close(self) -> None:
        """End every program."""
        for program in reversed(self._programs):
            program.stop(within=3)
        self._folder.cleanup()
