"""R6: a real window is dragged over others, without and with a compositor."""

import math

from bench.streaming import pictures
from bench.streaming.hands import LEFT
from bench.streaming.real.desktop import Desktop
from bench.streaming.xlib import Server


class Dragging(Desktop):
    """R6a: an editor's window is held at its title and moved, 50 steps a second."""

    interval = 0.02
    answers_keys = False  # the window manager holds the keyboard meanwhile
    _X, _Y = 560, 240

    def __init__(self, server: Server) -> None:
        """Open two editors, one over the other."""
        super().__init__(server)
        self.prepare()
        for number, (x, y) in enumerate(((150, 90), (self._X, self._Y))):
            path = self.home / f"Text{number}.txt"
            path.write_text(pictures.prose(61 + number, 90))
            window = self.open_editor(path)
            self.place(window, x, y, 900, 620)
        self.activate(window)
        self._angle = 0.0
        self._held = False
        self.wait_until_still()

    def prepare(self) -> None:
        """Start what shall run besides."""

    def step(self, number: int) -> None:
        """Hold the window by its title and move it along a curve."""
        del number
        x, y = self._X + 400, self._Y + 10
        if not self._held:
            self.hands.move(*self._point(x, y))
            self.hands.button(LEFT, down=True)
            self._held = True
        self._angle += 0.03
        self.hands.move(*self._point(x, y))

    def _point(self, x: int, y: int) -> tuple[int, int]:
        return (
            round(x + 380 * math.sin(self._angle)),
            round(y + 120 * math.sin(2 * self._angle)),
        )

    def finish(self) -> None:
        """Let the window go."""
        self.hands.button(LEFT, down=False)
        self._held = False


class ComposedDragging(Dragging):
    """R6b: the same under picom, with shadows."""

    def prepare(self) -> None:
        """Start the compositor."""
        self.start("picom", "--backend", "xrender", "--shadow", "--config", "/dev/null")
