"""Shows the screen: waits for damage and for credit, then codes what changed, newest only.

Nothing is coded that cannot be sent at once, because a coded frame must not be dropped.
At rest there is nothing to do: no timer runs, the process sleeps.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from agent.capture.base import Box, Capture, ResizedError
from agent.encode.screen import ScreenEncoder
from agent.protocol.flow import CreditWindow
from agent.protocol.monitors import Monitors
from agent.protocol.picture import Frame, encode_frame
from agent.view import View

log = logging.getLogger(__name__)

# Seconds between two frames: twice the time that coding takes, within these bounds.
PACE_MIN = 0.002
PACE_MAX = 1 / 60
# Once after so many calm seconds the whole screen is compared, in case a change went unreported.
VERIFY_AFTER = 2.0
# While the screen is being changed it cannot be read: so often in a row, and seconds in between.
MOST_CHANGES = 100
CHANGE_PAUSE = 0.05


class ScreenSharing:
    """One pairing's picture, from the first frame to the end of the pairing."""

    def __init__(
        self,
        capture: Capture,
        send: Callable[[bytes], Awaitable[None]],
        tell: Callable[[Monitors], Awaitable[None]],
    ) -> None:
        """Prepare.

        Args:
            capture: the screen; whoever opened it closes it.
            send: takes the payload of one frame, returns when the line has room again.
            tell: sends a control message.
        """
        self._capture = capture
        self._send = send
        self._tell = tell
        self._view = View()
        self._changed = True
        self._told: Monitors | None = None
        self._size = (1, 1)
        self._encoder = ScreenEncoder()
        self._credit = CreditWindow()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="picture")
        self._wake = asyncio.Event()
        self._damaged = False
        self._whole = True
        self._paused = False
        self._verify_at: float | None = None
        capture.on_damage = self._on_damage
        capture.on_layout = self._on_layout

    async def run(self) -> None:
        """Show the screen until cancelled.

        Raises:
            CaptureError: the screen is gone.
        """
        changes = 0
        try:
            while True:
                await self._wait()
                await self._look_at_monitors()
                started = time.monotonic()
                boxes = self._take_boxes(started)
                try:
                    payload = await self._in_worker(self._payload, boxes)
                except ResizedError:
                    changes += 1
                    if changes > MOST_CHANGES:
                        raise
                    await asyncio.sleep(CHANGE_PAUSE)
                    self._on_layout()
                    continue
                changes = 0
                if payload is None:
                    continue
                coded = time.monotonic() - started
                self._credit.frame_sent()
                await self._send(payload)
                pace = min(max(2 * coded, PACE_MIN), PACE_MAX)
                await asyncio.sleep(max(0.0, started + pace - time.monotonic()))
        finally:
            # A running job still uses the screen's memory: wait for it, some milliseconds.
            self._worker.shutdown(wait=True, cancel_futures=True)

    def credit(self, painted: int) -> None:
        """Take the credit for so many frames painted since the pairing.

        Raises:
            ProtocolError: more than were sent, or fewer than before.
        """
        self._credit.credit(painted)
        self._wake.set()

    def refresh(self) -> None:
        """Send the whole screen next, in a fresh stream."""
        self._whole = True
        self._wake.set()

    def can(self, *, h264: bool) -> None:
        """Take note of what the technician's browser is able to decode."""
        self._encoder.show_films(wanted=h264)

    def choose(self, monitor: int | None) -> None:
        """Show this monitor from now on; None is the whole screen."""
        self._view.choose(monitor)
        self._on_layout()

    def pause(self) -> None:
        """Send nothing more until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Go on with what has changed meanwhile."""
        self._paused = False
        self._wake.set()

    def _on_damage(self) -> None:
        self._damaged = True
        self._wake.set()

    def _on_layout(self) -> None:
        self._changed = True
        self._wake.set()

    async def _look_at_monitors(self) -> None:
        """Before the first frame, and when the screen has changed: say what there is."""
        if not self._changed:
            return
        self._changed = False
        self._whole = True
        monitors = self._view.look(self._capture.monitors())
        self._capture.show(self._view.part)
        if monitors != self._told:
            self._told = monitors
            await self._tell(monitors)

    async def _wait(self) -> None:
        """Return when there is something to send and the credit to send it."""
        while True:
            due = self._due()
            if due is not None and due <= 0:
                return
            self._wake.clear()
            try:
                async with asyncio.timeout(due):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _due(self) -> float | None:
        """Seconds until something is to be sent; None: not before somebody wakes us."""
        if self._paused or not self._credit.may_send:
            return None
        if self._damaged or self._whole or self._changed or self._encoder.waiting():
            return 0.0
        times = [t for t in (self._encoder.mend_at(), self._verify_at) if t is not None]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _take_boxes(self, now: float) -> list[Box] | None:
        """Return what to look at: None for the whole screen, nothing for what is calm by now."""
        if self._whole:
            self._whole = self._damaged = False
            self._capture.take_damage()
            self._verify_at = now + VERIFY_AFTER
            return None
        if self._damaged:
            self._damaged = False
            self._verify_at = now + VERIFY_AFTER
            return self._capture.take_damage()
        if self._verify_at is not None and self._verify_at <= now:
            self._verify_at = None
            return [Box(0, 0, *self._size)]
        return []

    async def _in_worker(
        self, job: Callable[[list[Box] | None], bytes | None], boxes: list[Box] | None
    ) -> bytes | None:
        return await asyncio.get_running_loop().run_in_executor(self._worker, job, boxes)

    def _payload(self, boxes: list[Box] | None) -> bytes | None:
        """In the worker's thread: one frame as bytes, or None if nothing has changed."""
        frame = self._frame(boxes)
        return None if frame is None else encode_frame(frame)

    def _frame(self, boxes: list[Box] | None) -> Frame | None:
        now = time.monotonic()
        if boxes is None:
            picture = self._capture.reopen()
            self._size = (picture.width, picture.height)
            return self._encoder.first(picture, now)
        waiting = self._encoder.waiting()
        if not boxes and not waiting:
            return self._encoder.mend(now)
        picture = self._capture.grab(boxes + waiting)
        return self._encoder.update(picture, boxes, now)
