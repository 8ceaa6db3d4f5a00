"""What a screen looks like to the rest of the agent, whatever the platform."""

import abc
import asyncio
from collections.abc import Callable
from dataclasses import dataclass


class CaptureError(Exception):
    """The screen cannot be read; the text says why and is shown in the log only."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the screen in pixels: left, top (inside), right, bottom (outside)."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class CursorShape:
    """A pointer's picture: straight (not premultiplied) RGBA, rows from the top."""

    rgba: bytes
    width: int
    height: int
    hot_x: int
    hot_y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Memory that holds the whole screen.

    Attributes:
        pixels: height * stride bytes, four a pixel; `layout` names their order as Pillow does.
        stride: bytes from one row to the next.
    """

    width: int
    height: int
    stride: int
    layout: str
    pixels: memoryview


class Capture(abc.ABC):
    """Reads the screen and says when it has changed. Costs nothing while it has not.

    `grab` and `reopen` belong to a worker's thread, everything else and the callbacks to the
    event loop's; a platform keeps the two apart.
    """

    on_damage: Callable[[], None]
    on_cursor: Callable[[], None]
    on_pointer: Callable[[], None]
    on_lost: Callable[[CaptureError], None]

    @abc.abstractmethod
    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Call the callbacks in this event loop from now on."""

    @abc.abstractmethod
    def detach(self) -> None:
        """Call them no more; doing it twice is harmless."""

    @abc.abstractmethod
    def take_damage(self) -> list[Box]:
        """Return what has changed since the last call, as boxes of the screen; they may overlap."""

    @abc.abstractmethod
    def size(self) -> tuple[int, int]:
        """Width and height of the screen as it is now."""

    @abc.abstractmethod
    def grab(self, boxes: list[Box]) -> Picture:
        """Return the screen with at least these boxes up to date; the same memory each time.

        Raises:
            CaptureError: the screen is gone.
            ResizedError: its size is another one than that of the last picture.
        """

    @abc.abstractmethod
    def reopen(self) -> Picture:
        """Start again with the screen's present size, everything up to date."""

    @abc.abstractmethod
    def cursor(self) -> CursorShape | None:
        """Return the pointer's present shape, or None where it cannot be known."""

    @abc.abstractmethod
    def pointer(self) -> tuple[int, int]:
        """Return the pointer's position in pixels."""

    @abc.abstractmethod
    def partial(self) -> bool:
        """Tell whether only a part of the screen can be read here, so that it is no use."""

    @abc.abstractmethod
    def close(self) -> None:
        """Let everything go; doing it twice is harmless."""


class ResizedError(CaptureError):
    """The screen has another size than before: call `reopen`."""


def row_intervals(boxes: list[Box], height: int) -> list[tuple[int, int]]:
    """Return the rows that these boxes touch, as intervals that neither touch nor overlap."""
    merged: list[tuple[int, int]] = []
    for box in sorted(boxes, key=lambda b: b.y0):
        top, bottom = max(box.y0, 0), min(box.y1, height)
        if top >= bottom:
            continue
        if merged and top <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    return merged
