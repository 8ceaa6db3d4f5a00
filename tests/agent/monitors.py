"""An X server whose monitors come, go and change their size: Xorg's driver without a card."""

from pathlib import Path

from tests.agent.conftest import Screen

CONFIGURATION = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 262144
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "{size}"
    Virtual 4096 4096
  EndSubSection
EndSection
"""


class Monitors(Screen):
    """One monitor at first, DUMMY0; `turn_on` adds DUMMY1 and so on."""

    def __init__(self, home: Path, size: str = "1280x800") -> None:
        self._modes: set[tuple[int, int]] = set()
        self._configuration = home / "xorg.conf"
        self._configuration.write_text(CONFIGURATION.replace("{size}", size))
        super().__init__(home, size)

    def command(self, size: str) -> list[str]:  # noqa: ARG002 (the configuration has it)
        log = self._configuration.with_suffix(".log")
        options = ["-noreset", "-novtswitch", "-sharevts", "-logfile", str(log)]
        return ["Xorg", "-config", str(self._configuration), *options]

    def turn_on(self, monitor: str, size: tuple[int, int], *more: str) -> None:
        """Give a monitor this size in pixels, and what else xrandr takes for it."""
        name = f"mode{size[0]}x{size[1]}"
        if size not in self._modes:
            self._modes.add(size)
            # Nobody looks at the signal: any timing will do.
            width, height = size
            across = [width, width + 8, width + 16, width + 32]
            down = [height, height + 2, height + 4, height + 8]
            clock = across[-1] * down[-1] * 30 / 1e6
            self.run("xrandr", "--newmode", name, f"{clock:.3f}", *map(str, across + down))
        # A mode that the monitor has already is no error.
        self.run("xrandr", "--addmode", monitor, name)
        self.run("xrandr", "--output", monitor, "--mode", name, *more)

    def turn_off(self, monitor: str) -> None:
        """Unplug it."""
        self.run("xrandr", "--output", monitor, "--off")
