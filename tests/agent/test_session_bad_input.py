"""A session whose server, technician or screen does not do what it should."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import events
from agent.capture.base import Capture, CaptureError
from agent.protocol import control, messages
from agent.protocol.framing import Channel, credit_message
from tests.agent.conftest import Screen
from tests.agent.customer import connected, identical, pair, registered, running
from tests.agent.server import Server


async def test_an_old_program_is_told_to_be_downloaded_again(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await server.call()
        await caller.text()
        await caller.say(messages.Error("protocol-unsupported"))
        assert (await customer.sees(events.Failed)).code == "protocol-unsupported"


async def test_a_stopping_server_is_called_again(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Error("server-stopping"))
        await caller.socket.close(1008)
        await customer.sees(events.Unreachable)
        await registered(customer, server)


@pytest.mark.parametrize(
    "rubbish",
    [
        '{"type": "registered"}',
        "not json",
        '{"type": "clock", "seconds": -1}',
        "[" * 3000,
        b"\x09what",
        b"",
        b"\x01" + b"x" * 5000,
    ],
)
async def test_a_server_that_talks_rubbish_is_left_and_called_again(
    screen: Screen, server: Server, rubbish: str | bytes
) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.socket.send(rubbish)
        if isinstance(rubbish, bytes) and rubbish[:1] == b"\x01":
            # A handshake is the technician's: it is refused, the line stays.
            async with asyncio.timeout(60):
                assert b"refused" in await caller.handshakes.get()
            return
        await customer.sees(events.Unreachable)
        await registered(customer, server)


async def test_what_a_later_server_says_is_ignored(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.socket.send('{"type": "weather", "sun": true}')
        await pair(customer, caller)
        await caller.sealed(b'{"t": "dance"}')
        await caller.control(control.Refresh())
        await identical(customer, caller)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"t": "move", "x": -1, "y": 0}',
        b'{"t": "move", "x": 99999, "y": 0}',
        b'{"t": "text", "text": "' + b"x" * 1001 + b'"}',
        b'{"t": "text", "text": "\\u0007"}',
        b'{"t": "text", "text": "\\ud83d"}',
        b'{"t": "key", "code": "<b>", "down": true}',
        b'{"t": "key", "code": "KeyA", "down": 1}',
        b'{"t": "hold", "codes": "KeyA"}',
        b'{"t": "hold", "codes": [' + b'"KeyA",' * 2000 + b'"KeyB"]}',
        b'{"t": "button", "button": 9, "down": true, "x": 0, "y": 0}',
        b'{"t": "wheel", "dx": 1e9, "dy": 0, "x": 0, "y": 0}',
        b'{"t": "piece", "n": -1, "text": "a"}',
        b'{"t": "monitor", "id": -1}',
        b'{"t": "can", "h264": "yes"}',
        b'{"t": "quality", "mode": "best"}',
        b'{"t": "echo", "n": 1.5}',
        b'{"t": ' + b"[" * 20_000,
        b"\xff\xfe",
    ],
)
async def test_a_page_that_breaks_the_rules_ends_the_session(
    screen: Screen, server: Server, payload: bytes
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.sealed(payload)
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 1, 1, 850))
        assert (await customer.sees(events.Failed)).code == "malformed"


async def test_what_is_absurd_but_well_formed_changes_nothing(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        for payload in (
            b'{"t": "monitor", "id": 2147483647}',
            b'{"t": "move", "x": 16383, "y": 16383}',
            b'{"t": "wheel", "dx": 120000, "dy": -120000, "x": 16383, "y": 0}',
            b'{"t": "button", "button": 4, "down": false, "x": 0, "y": 0}',
            b'{"t": "key", "code": "F999", "down": true}',
            b'{"t": "key", "code": "F999", "down": false}',
            b'{"t": "release"}',
            b'{"t": "echo", "n": 2147483647}',
        ):
            for _ in range(3):
                await caller.sealed(payload)
        await caller.control(control.Refresh())
        await identical(customer, caller)


def changed(record: bytes, place: int) -> bytes:
    """Return a record with another bit at that place."""
    return record[:place] + bytes([record[place] ^ 1]) + record[place + 1 :]


# What becomes of three genuine records on their way, and what it is called.
ON_THE_WAY: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "forged": (lambda r: [r[0][:13] + b"f" * 40], "bad-record"),
    "said twice": (lambda r: [r[0], r[0]], "bad-record"),
    "said again later": (lambda r: [*r, r[0]], "bad-record"),
    "out of order": (lambda r: [r[1], r[0]], "bad-record"),
    "one left out": (lambda r: [r[0], r[2]], "bad-record"),
    "cut at the end": (lambda r: [r[0][:-1]], "bad-record"),
    "cut within the header": (lambda r: [r[0][:9]], "malformed"),
    "longer": (lambda r: [r[0] + b"x"], "bad-record"),
    "another version": (lambda r: [changed(r[0], 1)], "malformed"),
    "another flag": (lambda r: [changed(r[0], 3)], "bad-record"),
    "another epoch": (lambda r: [changed(r[0], 4)], "bad-record"),
    "another counter": (lambda r: [changed(r[0], 12)], "bad-record"),
    "another body": (lambda r: [changed(r[0], 20)], "bad-record"),
}


@pytest.mark.parametrize(("change", "code"), ON_THE_WAY.values(), ids=ON_THE_WAY.keys())
async def test_a_record_that_was_tampered_with_ends_the_session(
    screen: Screen, server: Server, change: Callable[[list[bytes]], list[bytes]], code: str
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        genuine = [caller.seal(b'{"t": "echo", "n": %d}' % n)[0] for n in range(3)]
        for record in change(genuine):
            await caller.socket.send(record)
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 1, 1, 850))
        assert (await customer.sees(events.Failed)).code == code


async def test_a_picture_from_the_technician_ends_the_session(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        for record in caller.seal(b"a picture", Channel.PICTURE):
            await caller.socket.send(record)
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 1, 1, 850))
        assert (await customer.sees(events.Failed)).code == "bad-record"


async def test_a_credit_for_frames_never_sent_ends_the_session(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.socket.send(credit_message(1000))
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 1, 1, 850))
        assert (await customer.sees(events.Failed)).code == "bad-credit"


async def test_a_killed_screen_ends_the_session_properly(tmp_path: Path, server: Server) -> None:
    doomed = Screen(tmp_path)
    async with running(doomed, server.url) as customer:
        caller = await connected(customer, server)
        doomed.stop()
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 1, 1, 850))
        assert (await customer.sees(events.Failed)).code == "screen-lost"


async def test_a_screen_that_cannot_be_opened_ends_the_session(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:

        def refuse() -> Capture:
            raise CaptureError("no")

        customer.session._open_capture = refuse
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        await caller.exchange(customer.password)
        await customer.sees(events.ConsentRequest)
        customer.session.answer(granted=True)
        assert isinstance(await caller.text(), messages.Consent)
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 0, 0, 0))
        assert (await customer.sees(events.Failed)).code == "screen-lost"
