"""A picture at rest is checked at both ends, and what went wrong heals."""

import asyncio
import hashlib
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from agent.capture.base import Box, Capture
from agent.capture.x11 import X11Capture
from agent.protocol import control, messages
from tests.agent.conftest import Screen, until
from tests.agent.customer import Customer, connected, identical, pair, registered, running
from tests.agent.server import Caller, Server, running_server

BAND = 64


def digest_of(image: Image.Image) -> bytes:
    """Return what a picture hashes to, by the words of the protocol."""
    bands = [
        image.crop((0, top, image.width, min(top + BAND, image.height))).tobytes()
        for top in range(0, image.height, BAND)
    ]
    hashes = [hashlib.sha256(band).digest() for band in bands]
    return hashlib.sha256(b"".join(hashes)).digest()


def checksums(caller: Caller) -> list[control.Checksum]:
    return [said for said in caller.controls if isinstance(said, control.Checksum)]


async def checked(caller: Caller, count: int) -> control.Checksum:
    """Wait for the checksum of that number, from 1."""
    await asyncio.to_thread(until, lambda: len(checksums(caller)) >= count)
    return checksums(caller)[count - 1]


@asynccontextmanager
async def alive(caller: Caller) -> AsyncIterator[None]:
    """Send heartbeats, since rest takes longer than a silent server is believed in."""

    async def beat() -> None:
        for number in itertools.count():
            await caller.say(messages.Ping(number))
            await asyncio.sleep(1)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()


async def test_the_resting_picture_is_checked_once_and_then_rarely(
    screen: Screen, server: Server
) -> None:
    screen.start("xterm", "-geometry", "60x20+30+30", "-e", "ls -l /bin; sleep 100")
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        async with alive(caller):
            said = await checked(caller, 1)
            assert said == control.Checksum(caller.painter.frames, digest_of(caller.painter.image))
            await asyncio.sleep(4)
            assert len(checksums(caller)) == 1


async def test_after_every_change_it_is_checked_again(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        async with alive(caller):
            first = await checked(caller, 1)
            screen.paint(0x336699)
            second = await checked(caller, 2)
            assert second.digest == digest_of(screen.picture())
            assert second != first


async def test_a_wrong_picture_is_sent_anew_when_the_technician_says_so(
    screen: Screen, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        async with alive(caller):
            caller.painter.image.paste("red", (100, 100, 102, 102))
            said = await checked(caller, 1)
            assert said.digest != digest_of(caller.painter.image)
            with caplog.at_level(logging.WARNING, "agent.sharing"):
                await caller.control(control.Refresh())
                await identical(customer, caller)
            assert "not what it had to be" in caplog.text
            again = await checked(caller, 2)
            assert again.digest == digest_of(caller.painter.image)


class Blind(X11Capture):
    """Does not see all damage."""

    blind = False

    def take_damage(self) -> list[Box]:
        boxes = super().take_damage()
        return [] if self.blind else boxes


class Unlucky(Customer):
    """Somebody whose X server forgets to tell."""

    capture: Blind

    def _open_capture(self) -> Capture:
        self.capture = Blind(self.screen.display)
        return self.capture


async def test_a_change_of_which_nobody_told_is_found_at_rest(
    screen: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_server() as server:
        customer = Unlucky(screen, server.url)
        task = asyncio.create_task(customer.session.run())
        caller = await registered(customer, server)
        await pair(customer, caller)
        async with alive(caller):
            # Black as a preview is black; that becomes right too.
            await checked(caller, 1)
            customer.capture.blind = True
            before = caller.painter.frames
            with caplog.at_level(logging.WARNING, "agent.sharing"):
                screen.paint(0x884422)
                await asyncio.sleep(0.5)
                assert caller.painter.frames == before
                await identical(customer, caller)
            assert "without a word" in caplog.text
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
