"""The drawn workloads W1 to W6: clean, repeatable pictures without a program's own habits."""

import math
from typing import Final

from bench.streaming import pictures
from bench.streaming.pictures import HEIGHT, WIDTH
from bench.streaming.scene import Numbered, Scene
from bench.streaming.xlib import Server

GLYPH_WIDTH, GLYPH_HEIGHT, GLYPH_COLUMNS = 12, 24, 100
GLYPH_X, GLYPH_Y = 360, 200


class Typing(Scene):
    """W1: a letter every 80 ms in an editor."""

    interval = 0.08
    numbered = Numbered.BY_CELLS

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


class Scrolling(Scene):
    """W2: a long page at 25 frames a second, 40 pixels each."""

    interval = 0.04
    numbered = Numbered.BY_STAGE
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


class Dragging(Scene):
    """W3: a window of text dragged over a desktop with another."""

    interval = 0.04
    numbered = Numbered.BY_STAGE

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


class Switching(Scene):
    """W4: twelve full screens, text and photographs in turn, two a second.

    A run of whole seconds ends on text, since a photograph has a right to be refined slowly.
    """

    interval = 0.5
    numbered = Numbered.BY_STAGE

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


class Film(Scene):
    """W5: a film of 600 x 400 pixels at 25 frames a second in a page of text."""

    interval = 0.04
    numbered = Numbered.BY_STAGE

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


class Idle(Scene):
    """W6: nothing happens."""

    interval = math.inf

    def __init__(self, server: Server) -> None:
        """Show a page."""
        server.background(server.window(0, 0, WIDTH, HEIGHT), server.pixmap(pictures.text_page(7)))

    def step(self, number: int) -> None:
        """Nothing."""


DRAWN: Final = {
    "W1": Typing,
    "W2": Scrolling,
    "W3": Dragging,
    "W4": Switching,
    "W5": Film,
    "W6": Idle,
}
