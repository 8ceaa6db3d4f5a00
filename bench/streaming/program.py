"""The program on the customer's screen: `python -m bench.streaming.program W2`.

It draws the workload when told `run SECONDS` on standard input and answers each with a
JSON line: when it rests, and when each numbered frame was drawn (seconds of the wall
clock, which the browser on the same machine can read too). F9 toggles the probe, a
small square, at any time: that is the repaint whose way to the technician is timed.
"""

import json
import math
import sys
import time
from collections.abc import Callable
from typing import Final, Protocol

from bench.streaming import pictures
from bench.streaming.pictures import HEIGHT, WIDTH
from bench.streaming.xlib import Server

BITS: Final = 12
CELL: Final = 8
PROBE: Final = 16
# The beacon shows the frame's number in black and white cells, the probe stands beside it.
SIGNAL_X, SIGNAL_Y = WIDTH - BITS * CELL - PROBE - 8, HEIGHT - PROBE - 8
GLYPH_WIDTH, GLYPH_HEIGHT, GLYPH_COLUMNS = 12, 24, 100
GLYPH_X, GLYPH_Y = 360, 200


class Scene(Protocol):
    """What a workload draws."""

    interval: float
    beacon: bool

    def step(self, number: int) -> None:
        """Draw frame `number`, counted from 1 over all runs."""


class Typing:
    """W1: a letter every 80 ms in an editor."""

    interval = 0.08
    beacon = False

    def __init__(self, server: Server) -> None:
        """Show the empty editor."""
        self._server = server
        page = pictures.text_page(1).copy()
        page[GLYPH_Y - 20 :, GLYPH_X - 20 :] = 255
        self._window = server.window(0, 0, WIDTH, HEIGHT)
        server.background(self._window, server.pixmap(page))
        self._glyphs = server.pixmap(pictures.glyphs(GLYPH_WIDTH, GLYPH_HEIGHT))

    def step(self, number: int) -> None:
        """Draw the next letter in its cell."""
        row, column = divmod(number - 1, GLYPH_COLUMNS)
        letter = (number * 7) % 26
        self._server.copy(
            self._glyphs,
            self._window,
            (letter * GLYPH_WIDTH, 0, GLYPH_WIDTH, GLYPH_HEIGHT),
            GLYPH_X + column * GLYPH_WIDTH,
            GLYPH_Y + row * GLYPH_HEIGHT,
        )


class Scrolling:
    """W2: a long page at 25 frames a second, 40 pixels each."""

    interval = 0.04
    beacon = True
    _PAGE = 12_000

    def __init__(self, server: Server) -> None:
        """Show the page's top."""
        self._server = server
        self._window = server.window(0, 0, WIDTH, HEIGHT)
        self._page = server.pixmap(pictures.text_page(2, WIDTH, self._PAGE))
        self.step(0)

    def step(self, number: int) -> None:
        """Show the page 40 pixels further, up again from its end."""
        way = self._PAGE - HEIGHT
        top = abs((number * 40 + way) % (2 * way) - way)
        self._server.copy(self._page, self._window, (0, top, WIDTH, HEIGHT), 0, 0)


class Dragging:
    """W3: a window of text dragged over a desktop with another."""

    interval = 0.04
    beacon = True

    def __init__(self, server: Server) -> None:
        """Show desktop and windows."""
        self._server = server
        desktop = pictures.text_page(3).copy()
        desktop[:, 1200:] = (30, 60, 110)
        server.background(server.window(0, 0, WIDTH, HEIGHT), server.pixmap(desktop))
        self._window = server.window(600, 300, 700, 500)
        content = pictures.text_page(4, 700, 500).copy()
        content[:28] = (40, 80, 150)
        server.background(self._window, server.pixmap(content))

    def step(self, number: int) -> None:
        """Move the window along a curve, at most 16 pixels a frame."""
        angle = number / 25
        self._server.move(
            self._window, round(600 + 380 * math.sin(angle)), round(280 + 160 * math.sin(2 * angle))
        )


class Switching:
    """W4: twelve full screens, text and photographs in turn, two a second.

    A run of whole seconds ends on text, since a photograph has a right to be refined slowly.
    """

    interval = 0.5
    beacon = True

    def __init__(self, server: Server) -> None:
        """Upload all twelve."""
        self._server = server
        self._window = server.window(0, 0, WIDTH, HEIGHT)
        self._screens = [
            server.pixmap(
                pictures.text_page(20 + number) if number % 2 else pictures.photograph(number)
            )
            for number in range(12)
        ]
        self.step(3)

    def step(self, number: int) -> None:
        """Show the next one."""
        screen = self._screens[number % 12]
        self._server.copy(screen, self._window, (0, 0, WIDTH, HEIGHT), 0, 0)


class Film:
    """W5: a film of 600 x 400 pixels at 25 frames a second in a page of text."""

    interval = 0.04
    beacon = True

    def __init__(self, server: Server) -> None:
        """Show the page and the first picture."""
        self._server = server
        self._window = server.window(0, 0, WIDTH, HEIGHT)
        server.background(self._window, server.pixmap(pictures.text_page(6)))
        self._frames = [server.pixmap(frame) for frame in pictures.film(50, 600, 400)]
        self.step(0)

    def step(self, number: int) -> None:
        """Show the next picture."""
        frame = self._frames[number % len(self._frames)]
        self._server.copy(frame, self._window, (0, 0, 600, 400), 700, 300)


class Idle:
    """W6: nothing happens."""

    interval = math.inf
    beacon = False

    def __init__(self, server: Server) -> None:
        """Show a page."""
        server.background(server.window(0, 0, WIDTH, HEIGHT), server.pixmap(pictures.text_page(7)))

    def step(self, number: int) -> None:
        """Nothing."""


SCENES: Final[dict[str, Callable[[Server], Scene]]] = {
    "W1": Typing,
    "W2": Scrolling,
    "W3": Dragging,
    "W4": Switching,
    "W5": Film,
    "W6": Idle,
}


class Program:
    """Draws a scene when told, and answers the probe's key at any time."""

    def __init__(self, workload: str) -> None:
        """Show the scene at rest."""
        self._server = Server()
        self._scene = SCENES[workload](self._server)
        self._signal = self._server.window(SIGNAL_X, SIGNAL_Y, BITS * CELL + PROBE, PROBE)
        self._server.grab_key("F9")
        self._probe = False
        self._number = 0
        self._show_probe()
        self._server.sync()

    def _show_probe(self) -> None:
        colour = 0xFFFFFF if self._probe else 0
        self._server.fill(self._signal, colour, (BITS * CELL, 0, PROBE, PROBE))
        self._server.flush()

    def _show_beacon(self) -> None:
        for bit in range(BITS):
            colour = 0xFFFFFF if self._number >> bit & 1 else 0
            self._server.fill(self._signal, colour, (bit * CELL, 0, CELL, PROBE))

    def _rest_until(self, moment: float, *others: int) -> list[int]:
        """Answer keys until `moment` (monotonic seconds) or until `others` can be read."""
        while True:
            if self._server.key_pressed():
                self._probe = not self._probe
                self._show_probe()
            left = moment - time.monotonic()
            if left <= 0:
                return []
            readable = self._server.wait(min(left, 3600), *others)
            if ready := [number for number in others if number in readable]:
                return ready

    def run(self, seconds: float) -> None:
        """Draw for `seconds` and say on standard output what was drawn when."""
        drawn = []
        begin = time.monotonic()
        step = 1
        while (moment := begin + step * self._scene.interval) < begin + seconds:
            self._rest_until(moment)
            self._number += 1
            self._scene.step(self._number)
            if self._scene.beacon:
                self._show_beacon()
            self._server.sync()
            drawn.append([self._number, time.time()])
            step += 1
        self._rest_until(begin + seconds)
        say({"rests": time.time(), "drawn": drawn})

    def serve(self) -> None:
        """Obey standard input until it ends."""
        say({"ready": True})
        while self._rest_until(math.inf, sys.stdin.fileno()):
            line = sys.stdin.readline()
            if not line:
                return
            self.run(float(line.removeprefix("run ")))


def say(message: dict[str, object]) -> None:
    """Print one JSON line at once."""
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    Program(sys.argv[1]).serve()
