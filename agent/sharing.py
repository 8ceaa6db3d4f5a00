"""Shows the screen: waits for damage and for credit, then codes what changed, newest only.

Nothing is coded that cannot be sent at once, because a coded frame must not be dropped.
At rest there is next to nothing to do: the process sleeps, but for a rare check of the picture.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from agent.capture.base import Box, Capture, ResizedError
from agent.encode.means import Means
from agent.encode.screen import ScreenEncoder
from agent.flow import Flow, Why
from agent.protocol.control import Checksum, Mode
from agent.protocol.monitors import Monitors
from agent.protocol.picture import Codec, Frame, encode_frame
from agent.rest import Rest
from agent.view import View

log = logging.getLogger(__name__)

T = TypeVar("T")

# While the screen is being changed it cannot be read: so often in a row, and seconds in between.
MOST_CHANGES = 100
CHANGE_PAUSE = 0.05
# So many damaged pixels are coded without handing them to the worker's thread and back, which
# would cost a tenth more; keys wait some milliseconds meanwhile.
AT_ONCE = 400 * 1024


class ScreenSharing:
    """One pairing's picture, from the first frame to the end of the pairing."""

    def __init__(
        self,
        capture: Capture,
        send: Callable[[bytes], Awaitable[None]],
        tell: Callable[[Monitors | Checksum], Awaitable[None]],
        *,
        post: Callable[[bytes], bool],
    ) -> None:
        """Prepare.

        Args:
            capture: the screen; whoever opened it closes it.
            send: takes the payload of one frame, returns when the line has room again.
            tell: sends a control message.
            post: like `send`, without waiting; returns False where that cannot be.
        """
        self._capture = capture
        self._send = send
        self._tell = tell
        self._post = post
        self._view = View()
        self._changed = True
        self._told: Monitors | None = None
        self._size = (1, 1)
        self._encoder = ScreenEncoder()
        self._flow = Flow()
        self._rest = Rest()
        self._asked = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="picture")
        self._wake = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._coding = False
        # While `run` waits, what is little is sent in the callback that tells of it; what could not
        # be done there is left to `run`: damage taken, a coded frame, an error.
        self._waits = False
        self._fresh: list[Box] = []
        self._unsent: bytes | None = None
        self._fault: Exception | None = None
        self._damaged = False
        self._whole = True
        self._paused = False
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
                try:
                    await self._turn()
                except ResizedError:
                    changes += 1
                    if changes > MOST_CHANGES:
                        raise
                    await asyncio.sleep(CHANGE_PAUSE)
                    self._on_layout()
                else:
                    changes = 0
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
            # A running job still uses the screen's memory: wait for it, some milliseconds.
            self._worker.shutdown(wait=True, cancel_futures=True)

    async def _turn(self) -> None:
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
        if self._unsent is not None:
            unsent, self._unsent = self._unsent, None
            await self._send(unsent)
            return
        await self._look_at_monitors()
        started = time.monotonic()
        if not await self._next_frame(started):
            await self._check(started)

    def credit(self, painted: int) -> None:
        """Take the credit for so many frames painted since the pairing.

        Raises:
            ProtocolError: more than were sent, or fewer than before.
        """
        self._flow.credit(painted, time.monotonic())
        # Usually nothing waited for it: then nobody is woken. While the worker codes, its frame
        # is waited for, and what comes next is looked at after that.
        if not self._coding and (due := self._due()) is not None:
            self._wake_at(due)

    def answer(self) -> None:
        """Show sooner what is new: the technician has just done something."""
        self._flow.hurry(time.monotonic())
        if not self._coding and (due := self._due()) is not None:
            self._wake_at(due)

    def refresh(self) -> None:
        """Send everything next as if nothing had been sent, the picture in a fresh stream."""
        if self._asked:
            log.warning("the technician's picture was not what it had to be; it is sent anew")
        self._told = None
        self._on_layout()

    def can(self, *, h264: bool) -> None:
        """Take note of what the technician's browser is able to decode."""
        self._encoder.show_films(wanted=h264)

    def wish(self, mode: Mode) -> None:
        """Take the technician's wish for the picture."""
        self._flow.mode = mode

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
        try:
            done = self._waits and self._send_little(time.monotonic())
        except Exception as error:  # noqa: BLE001 (`run` raises it)
            self._fault = error
            done = False
        if not done:
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
            if due is not None and due <= time.monotonic():
                return
            self._wake.clear()
            if due is not None:
                self._wake_at(due)
            self._waits = True
            try:
                await self._wake.wait()
            finally:
                self._waits = False

    def _wake_at(self, due: float) -> None:
        """Wake up then at the latest (monotonic seconds).

        An alarm that rings before is left as it is, since almost every frame puts the moment
        off: who wakes up too early looks again.
        """
        if self._alarm is not None and self._alarm.when() <= due:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(due, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._wake.set()

    def _due(self) -> float | None:
        """When something is to be done; None: not before somebody wakes us."""
        if self._fault is not None or (self._unsent is not None and not self._paused):
            return 0.0
        if self._paused:
            return None
        if self._damaged or self._whole or self._changed:
            why = Why.OVERTAKING if self._encoder.behind else Why.NEW
            return self._flow.ready_at(why)
        if self._encoder.behind:
            return self._flow.ready_at(Why.WAITING)
        if (calm := self._encoder.mend_at()) is not None:
            ready = self._flow.ready_at(Why.MENDING)
            return None if ready is None else max(calm, ready)
        # Every frame must be painted before the picture can be compared.
        return self._rest.at if self._flow.empty else None

    async def _next_frame(self, now: float) -> bool:
        """Send a frame of what is new, waits or is to be mended; return whether it is not rest."""
        whole, damaged = self._whole, self._damaged
        self._whole = self._damaged = False
        resting = not (whole or damaged or self._encoder.behind or self._encoder.mend_at())
        if resting:
            return False
        fresh = self._take_damage() if whole or damaged else []
        means = self._flow.means()

        def code() -> Frame | None:
            if whole:
                return self._first(now, means)
            return self._update(fresh, now, means)

        little = not whole and self._is_little(fresh)
        frame = code() if little else await self._in_worker(code)
        if whole or damaged:
            self._rest.moved(now)
        if frame is not None:
            await self._send_frame(frame, now)
        return True

    def _send_little(self, now: float) -> bool:
        """Send what has just changed if it is little; return whether there is nothing more to do.

        Waking `run` for it would take as long as coding a letter.
        """
        if self._whole or self._changed or self._paused or self._encoder.behind:
            return False
        ready = self._flow.ready_at(Why.NEW)
        if ready is None or ready > now:
            return False
        # More may be told of while the damage is taken; that is for `run`.
        self._waits = self._damaged = False
        fresh = self._take_damage()
        if not self._is_little(fresh):
            self._fresh, self._damaged = fresh, True
            return False
        self._rest.moved(now)
        frame = self._update(fresh, now, self._flow.means())
        if frame is not None:
            payload = self._counted(frame, now)
            if not self._post(payload):
                self._unsent = payload
        self._waits = not self._wake.is_set()
        due = self._due()
        if due is not None:
            self._wake_at(due)
        return self._waits

    def _take_damage(self) -> list[Box]:
        fresh, self._fresh = self._fresh, []
        return fresh + self._capture.take_damage()

    async def _check(self, now: float) -> None:
        """Compare the resting picture with the screen, and let the technician compare his."""
        everything = [Box(0, 0, *self._size)]
        frame = await self._in_worker(lambda: self._update(everything, now, self._flow.means()))
        if self._damaged or self._whole or self._changed:
            # It moves again: what was found is no secret.
            self._rest.moved(now)
        elif frame is not None:
            log.warning("the screen has changed without a word")
            self._rest.moved(now)
        else:
            digest = await self._in_worker(self._encoder.digest)
            self._rest.checked(now)
            self._asked = True
            await self._tell(Checksum(self._flow.painted, digest))
        if frame is not None:
            await self._send_frame(frame, now)

    async def _send_frame(self, frame: Frame, began: float) -> None:
        await self._send(self._counted(frame, began))

    def _counted(self, frame: Frame, began: float) -> bytes:
        """Return a frame's payload, which is to be sent next."""
        payload = encode_frame(frame)
        pixels = sum(rect.w * rect.h for rect in frame.rects if rect.codec is not Codec.COPY)
        self._asked = False
        now = time.monotonic()
        mend_at = self._encoder.mend_at()
        full = self._encoder.behind or (mend_at is not None and mend_at <= now)
        self._flow.sent(len(payload), pixels, full=full, began=began, now=now)
        return payload

    def _is_little(self, fresh: list[Box]) -> bool:
        """Tell whether only these boxes are to be coded, and soon are."""
        return 0 < sum(box.area for box in fresh) <= AT_ONCE and not self._encoder.behind

    async def _in_worker(self, job: Callable[[], T]) -> T:
        self._coding = True
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, job)
        finally:
            self._coding = False

    # In the worker's thread.

    def _first(self, now: float, means: Means) -> Frame:
        picture = self._capture.reopen()
        self._size = (picture.width, picture.height)
        return self._encoder.first(picture, now, means)

    def _update(self, fresh: list[Box], now: float, means: Means) -> Frame | None:
        waiting = self._encoder.waiting()
        if not fresh and not waiting:
            return self._encoder.mend(now, means)
        picture = self._capture.grab(fresh + waiting)
        return self._encoder.update(picture, fresh, now, means)
