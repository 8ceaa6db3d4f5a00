"""The screen under X11: XDamage to wake up, MIT-SHM strips of rows to read.

Two connections: `watch` receives events in the event loop's thread, `grab` reads pixels in
the worker's. Damage is taken before the pixels are read, so a change in between is at worst
reported twice, never lost.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TypeVar

from agent.capture.base import (
    Box,
    Capture,
    CaptureError,
    CursorShape,
    Monitor,
    Picture,
    ResizedError,
)
from agent.capture.x11_monitors import MonitorList
from agent.capture.x11_reader import Reader
from agent.capture.x11_watch import Watch
from agent.xlib import CONFIGURE_NOTIFY, Connection, DisplayLostError

log = logging.getLogger(__name__)

T = TypeVar("T")

GENERIC_EVENT = 35


def _ignore() -> None:
    """Nobody has asked yet."""


def _report(error: CaptureError) -> None:
    log.error("%s", error)


class X11Capture(Capture):
    """The root window of one X screen, or a part of it."""

    def __init__(self, display_name: str | None = None, *, shared_memory: bool = True) -> None:
        """Connect and start watching.

        Args:
            display_name: for instance ':0'; None takes the environment's DISPLAY.
            shared_memory: False reads over the socket even where MIT-SHM is there.

        Raises:
            CaptureError: no X server, or one whose screen cannot be read.
        """
        self.on_damage = _ignore
        self.on_layout = _ignore
        self.on_cursor = _ignore
        self.on_pointer = _ignore
        self.on_lost = _report
        self._loop: asyncio.AbstractEventLoop | None = None
        try:
            self._watch = Connection(display_name)
            self._grab = Connection(display_name)
            self._watching = Watch(self._watch)
            self._monitors = MonitorList(self._watch)
            self._resized = False
            self._part: Box | None = None
            self._reader = Reader(self._grab, shared_memory=shared_memory)
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        loop.add_reader(self.fileno(), self._readable)

    def detach(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self.fileno())
            self._loop = None

    def _readable(self) -> None:
        try:
            self.dispatch()
        except CaptureError as error:
            self.detach()
            self.on_lost(error)

    def fileno(self) -> int:
        """Return the socket on which the X server tells what happens."""
        return self._watch.fileno()

    def dispatch(self) -> None:
        """Read what the X server has told and call the callbacks.

        Raises:
            CaptureError: the screen is gone.
        """
        self._tell(read=True)

    def _tell(self, *, read: bool) -> None:
        try:
            types = set(self._watch.events(read=read))
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        if not types:
            return
        if CONFIGURE_NOTIFY in types:
            self._resized = True
        if CONFIGURE_NOTIFY in types or not self._monitors.events.isdisjoint(types):
            self.on_layout()
        if self._watching.damage_event in types:
            self.on_damage()
        if self._watching.cursor_event in types:
            self.on_cursor()
        if GENERIC_EVENT in types:
            self.on_pointer()

    def take_damage(self) -> list[Box]:
        boxes = self._ask(self._watching.take_damage)
        if self._part is None:
            return boxes
        shown = (_within(box, self._part) for box in boxes)
        return [box for box in shown if box is not None]

    def monitors(self) -> list[Monitor]:
        return self._ask(self._monitors.read)

    def show(self, part: Box | None) -> None:
        self._part = part

    def _ask(self, question: Callable[[], T]) -> T:
        """Make a round trip. It may read events from the socket, for which nobody would wake up."""
        try:
            answer = question()
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        self._tell(read=False)
        return answer

    def grab(self, boxes: list[Box]) -> Picture:
        if self._resized:
            raise ResizedError("the screen has a new size")
        try:
            self._reader.read(boxes)
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        return self._reader.picture

    def reopen(self) -> Picture:
        self._resized = False
        try:
            self._reader.allocate(self._part)
            width, height = self._reader.picture.width, self._reader.picture.height
            self._reader.read([Box(0, 0, width, height)])
        except DisplayLostError as error:
            raise CaptureError(str(error)) from error
        return self._reader.picture

    def cursor(self) -> CursorShape | None:
        return self._ask(self._watching.cursor)

    def pointer(self) -> tuple[int, int]:
        return self._ask(self._watch.pointer)

    def partial(self) -> bool:
        # Under Wayland an X server shows only those programs that still speak X11. Newer ones
        # say what they are, older ones only the environment does.
        nested = self._watch.extension("XWAYLAND") is not None
        return nested or os.environ.get("XDG_SESSION_TYPE") == "wayland"

    def close(self) -> None:
        self.detach()
        self._reader.release()
        self._watch.close()
        self._grab.close()


def _within(box: Box, part: Box) -> Box | None:
    """Return what of a box lies in a part of the screen, in that part's pixels; None if nothing."""
    x0, y0 = max(box.x0, part.x0), max(box.y0, part.y0)
    x1, y1 = min(box.x1, part.x1), min(box.y1, part.y1)
    if x0 >= x1 or y0 >= y1:
        return None
    return Box(x0 - part.x0, y0 - part.y0, x1 - part.x0, y1 - part.y0)
