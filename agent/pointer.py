"""The customer's pointer for the technician: its shape, once each, and where the customer moves it.

The technician's own pointer is drawn in this shape where the technician's hand is, so a shape
must be there at once; an animated one must not fill the line.
"""

import asyncio
import hashlib
import io
import time
from collections.abc import Awaitable, Callable

from PIL import Image

from agent.capture.base import Capture, CursorShape
from agent.protocol import control

# Seconds between two messages about the place, and between two about the shape.
PLACE_PACE = 1 / 30
SHAPE_PACE = 0.1
# So long after the technician's last movement the pointer is where the technician put it.
OURS = 0.3
MAX_KNOWN = 500
HIDDEN = CursorShape(bytes(4), 1, 1, 0, 0)


class PointerSharing:
    """One pairing's pointer, from the first shape to the end of the pairing."""

    def __init__(
        self, capture: Capture, tell: Callable[[control.AgentControl], Awaitable[None]]
    ) -> None:
        """Prepare.

        Args:
            capture: the screen; whoever opened it closes it.
            tell: sends one control message.
        """
        self._capture = capture
        self._tell = tell
        self._wake = asyncio.Event()
        self._reshaped = True
        self._shaped_at = -SHAPE_PACE
        self._shown = ""
        self._known: set[str] = set()
        self._place: tuple[int, int] | None = None
        self._moved_at = -OURS
        self._timer: asyncio.TimerHandle | None = None
        self._paused = False
        capture.on_cursor = self._on_cursor
        capture.on_pointer = self._wake.set

    async def run(self) -> None:
        """Follow the pointer until cancelled.

        Raises:
            CaptureError: the screen is gone.
        """
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._paused:
                continue
            await self._send_shape()
            await self._send_place()
            await asyncio.sleep(PLACE_PACE)

    def _again_in(self, seconds: float) -> None:
        """Wake up then, if not before."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._wake.set)

    def placed(self, x: int, y: int) -> None:
        """Note where the technician moved the pointer: nobody needs to be told of it."""
        self._place = (x, y)
        self._moved_at = time.monotonic()

    def refresh(self) -> None:
        """Tell everything again, as if nothing were known."""
        self._known.clear()
        self._shown = ""
        self._on_cursor()

    def pause(self) -> None:
        """Say nothing until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Go on with what has changed meanwhile."""
        self._paused = False
        self._wake.set()

    def _on_cursor(self) -> None:
        self._reshaped = True
        self._wake.set()

    async def _send_shape(self) -> None:
        if not self._reshaped:
            return
        now = time.monotonic()
        if self._shaped_at + SHAPE_PACE > now:
            # The place is not held up: come back for the shape.
            self._again_in(self._shaped_at + SHAPE_PACE - now)
            return
        self._reshaped = False
        self._shaped_at = now
        shape = self._capture.cursor()
        if shape is None:
            return
        name, picture = _name(shape), None
        if name == self._shown:
            return
        if name not in self._known:
            picture = _fitting(shape)
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known.add(name)
        self._shown = name
        await self._tell(control.Cursor(name, picture))

    async def _send_place(self) -> None:
        now = time.monotonic()
        if self._moved_at + OURS > now:
            self._again_in(self._moved_at + OURS - now)
            return
        place = self._capture.pointer()
        if place != self._place:
            self._place = place
            await self._tell(
                control.Pointer(*(min(max(c, 0), control.COORDINATE_MAX) for c in place))
            )


def _name(shape: CursorShape) -> str:
    sizes = b"%d %d %d %d " % (shape.width, shape.height, shape.hot_x, shape.hot_y)
    return hashlib.sha256(sizes + shape.rgba).hexdigest()[:16]


def _fitting(shape: CursorShape) -> control.CursorShape:
    """Return the shape as large as the protocol allows: scaled down if it has to be."""
    if not any(shape.rgba[3::4]):
        # However large, nothing of it can be seen.
        shape = HIDDEN
    picture = Image.frombytes("RGBA", (shape.width, shape.height), shape.rgba)
    side = control.CURSOR_SIDE_MAX
    while True:
        scale = min(1.0, side / max(shape.width, shape.height))
        width, height = max(1, int(shape.width * scale)), max(1, int(shape.height * scale))
        hot_x = min(int(shape.hot_x * scale), width - 1)
        hot_y = min(int(shape.hot_y * scale), height - 1)
        small = picture if scale == 1.0 else picture.resize((width, height))
        buffer = io.BytesIO()
        small.save(buffer, "PNG")
        if buffer.tell() <= control.CURSOR_PNG_MAX:
            return control.CursorShape(buffer.getvalue(), hot_x, hot_y, width, height)
        # Noise does not compress: 64 pixels a side always fit.
        side //= 2
