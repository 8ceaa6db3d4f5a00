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
class Monitor:
    """One monitor.

    Attributes:
        id: the platform's number, the same as long as the monitor is there; 0 to 2^31 - 1.
        name: as the system calls it; may be empty.
        box: its part of the whole screen.
        scale: percent by which programs enlarge what they draw on it.
        primary: it has the task bar; true for one of them at most.
    """

    id: int
    name: str
    box: Box
    scale: int
    primary: bool


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
    """Memory that holds the part of the screen which is shown.

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

    Of the whole screen one part is read: all of it at first, later what `show` was told.
    Boxes and pictures are in pixels of that part; the monitors, the pointer and `show` itself
    in pixels of the whole screen.

    `grab` and `reopen` belong to a worker's thread, everything else and the callbacks to the
    event loop's; a platform keeps the two apart.
    """

    on_damage: Callable[[], None]
    on_layout: Callable[[], None]
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
        """Return what has changed since the last call; the boxes may overlap."""

    @abc.abstractmethod
    def monitors(self) -> list[Monitor]:
        """Return the monitors as they are now, at least one; `on_layout` says that they changed."""

    @abc.abstractmethod
    def show(self, part: Box | None) -> None:
        """Read this part of the screen from the next `reopen` on; None is the whole screen."""

    @abc.abstractmethod
    def grab(self, boxes: list[Box]) -> Picture:
        """Return the picture with at least these boxes up to date; the same memory each time.

        Raises:
            CaptureError: the screen is gone.
            ResizedError: the screen has another size than at the last `reopen`.
        """

    @abc.abstractmethod
    def reopen(self) -> Picture:
        """Start again with the screen's present size, everything up to date.

        Raises:
            CaptureError: the screen is gone.
            ResizedError: the part to be shown is no longer there; `monitors` says what is.
        """

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
    """The screen is another one than before: look at `monitors`, then call `reopen`."""


def inside(boxes: list[Box], width: int, height: int) -> list[Box]:
    """Return what of each box lies in a picture; those of which nothing does are left out."""
    cut = (Box(max(b.x0, 0), max(b.y0, 0), min(b.x1, width), min(b.y1, height)) for b in boxes)
    return [box for box in cut if box.x0 < box.x1 and box.y0 < box.y1]


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
