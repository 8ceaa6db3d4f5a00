"""R3: terminals that print fast, as a build or an installation does."""

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from bench.streaming import pictures
from bench.streaming.real.desktop import Desktop
from bench.streaming.xlib import Server


class Terminal(Desktop):
    """R3a: xterm, a hundred lines a second."""

    interval = 0.05
    command: ClassVar[Sequence[str]] = ("xterm", "-geometry", "140x50", "-title", "bench", "-e")
    LINES: ClassVar[int] = 5  # a step

    def __init__(self, server: Server) -> None:
        """Open the terminal with a program that prints what comes through a pipe."""
        super().__init__(server)
        self._rng = random.Random(41)  # noqa: S311 - text, not secrets
        pipe = self.home / "pipe"
        os.mkfifo(pipe)
        self.open(pipe)
        self._pipe = pipe.open("w")
        self._number = 0
        self._window = self.window("bench")
        self.place(self._window, 200, 60, 1200, 800)
        self._print(60)
        self.wait_until_still()

    def open(self, pipe: Path) -> None:
        """Start the terminal."""
        self.start(*self.command, "cat", pipe)

    def _print(self, lines: int) -> None:
        for _ in range(lines):
            self._number += 1
            words = " ".join(pictures.word(self._rng) for _ in range(self._rng.randint(3, 12)))
            state = f"\x1b[3{self._number % 6 + 1}mok\x1b[0m"
            self._pipe.write(f"[{self._number:6d}] {state} {words}\n")
        self._pipe.flush()

    def step(self, number: int) -> None:
        """Print some lines."""
        del number
        self._print(self.LINES)

    def close(self) -> None:
        """Close the pipe, which ends what prints, then the rest."""
        self._pipe.close()
        super().close()


class OtherTerminal(Terminal):
    """R3b: LXTerminal, with the widget that GNOME's and Xfce's terminals share."""

    def open(self, pipe: Path) -> None:
        """Start the terminal, which takes its command as one text."""
        self.start("lxterminal", "--no-remote", "-t", "bench", "-e", f"cat {pipe}")
