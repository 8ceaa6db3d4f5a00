"""The screen of a real X server becomes frames; what is little goes in the callback itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.capture.base import Capture, CaptureError
from agent.capture.x11 import X11Capture
from agent.protocol.control import Checksum
from agent.protocol.monitors import Monitors
from agent.protocol.picture import parse_frame
from agent.sharing import ScreenSharing
from tests.agent.conftest import Screen
from tests.agent.server import Painter

BACKGROUND = 0x336699


class Technician:
    """Paints and credits everything at once; its line may be full."""

    def __init__(self) -> None:
        self.painter = Painter()
        self.posted: list[bytes] = []
        self.sent: list[bytes] = []
        self.full = False
        self.came = asyncio.Event()
        self.sharing: ScreenSharing | None = None

    async def send(self, payload: bytes) -> None:
        self.sent.append(payload)
        self._paint(payload)

    def post(self, payload: bytes) -> bool:
        if self.full:
            return False
        self.posted.append(payload)
        self._paint(payload)
        return True

    async def tell(self, _message: Monitors | Checksum) -> None:
        """Nobody looks at it here."""

    def _paint(self, payload: bytes) -> None:
        self.painter.paint(payload)
        asyncio.get_running_loop().call_soon(self._credit, self.painter.frames)

    def _credit(self, frames: int) -> None:
        assert self.sharing is not None
        self.sharing.credit(frames)
        self.came.set()

    async def frame(self) -> None:
        """Wait for a frame, if there was none since the last call."""
        await asyncio.wait_for(self.came.wait(), 60)
        self.came.clear()

    async def identical(self, screen: Screen) -> None:
        """Wait until everything has come."""
        async with asyncio.timeout(60):
            while self.painter.image.tobytes() != screen.picture().tobytes():
                await self.came.wait()
                self.came.clear()


@asynccontextmanager
async def sharing(
    screen: Screen, capture: Capture
) -> AsyncIterator[tuple[Technician, "asyncio.Task[None]"]]:
    """Share an evenly coloured screen until the block is left; its first frame has come."""
    screen.paint(BACKGROUND)
    technician = Technician()
    technician.sharing = ScreenSharing(
        capture, technician.send, technician.tell, post=technician.post
    )
    capture.attach(asyncio.get_running_loop())
    task = asyncio.create_task(technician.sharing.run())
    try:
        await technician.identical(screen)
        # What the first looks have told of without a change is over.
        await asyncio.sleep(0.3)
        technician.came.clear()
        technician.sent.clear()
        technician.posted.clear()
        yield technician, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        capture.close()


def draw(screen: Screen, size: str, number: int = 0) -> None:
    """Let something appear: a terminal's window, whose size is given in letters."""
    screen.start("xterm", "-geometry", f"{size}+{100 + 50 * number}+100", "-e", "sleep 100")


async def test_a_lost_screen_ends_it_even_if_the_callback_finds_out(screen: Screen) -> None:
    class Lost(X11Capture):
        def take_damage(self) -> list:  # type: ignore[type-arg]
            raise CaptureError("gone")

    capture = X11Capture(screen.display)
    async with sharing(screen, capture) as (technician, task):
        capture.__class__ = Lost
        screen.paint(0)
        with pytest.raises(CaptureError, match="gone"):
            await asyncio.wait_for(asyncio.shield(task), 60)
        assert not technician.posted


async def test_what_is_little_is_posted_and_what_is_much_is_sent(screen: Screen) -> None:
    async with sharing(screen, X11Capture(screen.display)) as (technician, _task):
        draw(screen, "10x4")
        await asyncio.to_thread(screen.window, "--class", "xterm")
        await technician.identical(screen)
        assert technician.posted
        assert all(not parse_frame(payload).fresh for payload in technician.posted)
        technician.sent.clear()
        screen.paint(0xFFFFFF)
        await technician.identical(screen)
        assert technician.sent


async def test_what_finds_no_room_is_sent_in_its_turn_and_nothing_is_lost(screen: Screen) -> None:
    async with sharing(screen, X11Capture(screen.display)) as (technician, _task):
        technician.full = True
        for number in range(3):
            draw(screen, "10x4", number)
        await asyncio.to_thread(screen.window, "--class", "xterm")
        await technician.identical(screen)
        assert technician.sent
        assert not technician.posted


async def test_nothing_is_posted_while_it_is_paused(screen: Screen) -> None:
    async with sharing(screen, X11Capture(screen.display)) as (technician, _task):
        assert technician.sharing is not None
        technician.sharing.pause()
        draw(screen, "10x4")
        await asyncio.to_thread(screen.window, "--class", "xterm")
        await asyncio.sleep(0.3)
        assert not technician.posted
        assert not technician.sent
        technician.sharing.resume()
        await technician.identical(screen)
