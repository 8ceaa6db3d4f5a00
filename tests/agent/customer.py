"""Somebody in front of a session in this process, and the usual ways to bring it somewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from agent import events
from agent.capture.base import Capture
from agent.capture.x11 import X11Capture
from agent.inject.base import Injector
from agent.inject.x11 import X11Injector
from agent.protocol import messages
from agent.session import Session
from agent.transport import socket_url
from tests.agent.conftest import Screen, until
from tests.agent.server import Caller, Server

E = TypeVar("E", bound=events.Event)


class Customer:
    """Somebody in front of the agent: sees events, answers."""

    def __init__(self, screen: Screen, url: str) -> None:
        self.screen = screen
        self.shown: asyncio.Queue[events.Event] = asyncio.Queue()
        self.opened: list[str] = []
        self.session = Session(
            socket_url(url),
            self.shown.put_nowait,
            open_capture=self._open_capture,
            open_injector=self._open_injector,
        )
        self.password = ""

    def _open_capture(self) -> Capture:
        self.opened.append("capture")
        return X11Capture(self.screen.display)

    def _open_injector(self) -> Injector:
        self.opened.append("injector")
        return X11Injector(self.screen.display)

    async def sees(self, kind: type[E]) -> E:
        """Wait for the next event of a kind."""
        async with asyncio.timeout(60):
            while True:
                event = await self.shown.get()
                if isinstance(event, events.Ready):
                    self.password = event.password
                if isinstance(event, kind):
                    return event


@asynccontextmanager
async def running(screen: Screen, url: str) -> AsyncIterator[Customer]:
    """Run a session; it is ended at the end of the block if it has not ended itself."""
    customer = Customer(screen, url)
    task = asyncio.create_task(customer.session.run())
    try:
        yield customer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def registered(customer: Customer, server: Server, support_id: str | None = None) -> Caller:
    caller = await server.call()
    await caller.register(support_id)
    await customer.sees(events.Ready)
    return caller


async def connected(customer: Customer, server: Server) -> Caller:
    """Bring a session to the first picture."""
    caller = await registered(customer, server)
    await pair(customer, caller)
    return caller


async def pair(customer: Customer, caller: Caller) -> None:
    await caller.say(messages.Paired())
    assert await caller.exchange(customer.password) == ""
    await customer.sees(events.ConsentRequest)
    customer.session.answer(granted=True)
    assert await caller.text() == messages.Consent(True, "2026-11")
    await customer.sees(events.Connected)
    await caller.see(lambda image: image.size != (1, 1))


async def frames_after(caller: Caller, before: int) -> None:
    """Wait until more frames than `before` were painted."""
    await asyncio.to_thread(until, lambda: caller.painter.frames > before)


async def identical(customer: Customer, caller: Caller) -> None:
    """Wait until the technician's picture is the screen, pixel for pixel."""
    await caller.see(lambda image: image.tobytes() == customer.screen.picture().tobytes())
