"""Idle, slow and hostile sockets at a started server: memory stays flat, others notice nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
from channels.db import database_sync_to_async
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent.protocol import framing, messages
from tests.sessions.conftest import OpenPage, StartAgent
from tests.sessions.ends import AgentEnd, NetworkLine, TechnicianEnd, pair, show
from tests.sessions.portal import Portal

in_database = database_sync_to_async
MIB = 1024 * 1024
IDLE = 1000
# Some objects of Python and of the libraries for each socket, not its messages.
IDLE_COST = 90 * 1024
FRAME = b"x" * 20_000
SLOW_FRAMES = 6

AtWork = Callable[[], Awaitable[tuple[AgentEnd, TechnicianEnd]]]


@pytest.fixture
def at_work(start_agent: StartAgent, open_page: OpenPage) -> AtWork:
    """Return a function that brings two ends to their first painted picture."""

    async def at_work() -> tuple[AgentEnd, TechnicianEnd]:
        agent = await start_agent()
        page = await open_page(agent)
        await pair(agent, page)
        await show(agent, page)
        return agent, page

    return at_work


async def open_from(portal: Portal, address: str) -> ClientConnection:
    """Open an agent's socket from an address of the loopback."""
    return await connect(
        f"{portal.sockets}/agent/", local_addr=(address, 0), compression=None, proxy=None
    )


async def test_a_thousand_sockets_that_say_nothing_cost_little_and_are_closed(
    portal: Portal, at_work: AtWork
) -> None:
    agent, page = await at_work()
    before = portal.memory()
    lines: list[ClientConnection] = []
    for number in range(0, IDLE, 50):
        address = f"127.0.{1 + number // 200}.{1 + number % 200}"
        lines += await asyncio.gather(*(open_from(portal, address) for _ in range(50)))
        await show(agent, page)
    assert portal.memory() - before < IDLE * IDLE_COST
    codes = set()
    for line in lines:
        codes.add(await line.recv())
        with pytest.raises(ConnectionClosed):
            await line.recv()
        await line.close()
    assert codes == {messages.dump(messages.Error("hello-timeout"))}
    await show(agent, page)


async def test_a_flood_before_the_pairing_is_stopped(portal: Portal, at_work: AtWork) -> None:
    agent, page = await at_work()
    before = portal.memory()
    for kind in (b"\x01", b"\x02", b"\x03", b"\xff"):
        flooder = await AgentEnd.start(await NetworkLine.open(f"{portal.sockets}/agent/"))
        with suppress(ConnectionClosed):
            for _ in range(1000):
                await flooder.line.send(kind + bytes(200_000))
        assert await flooder.refused() in {"too-early", "malformed", "too-large"}
        await flooder.drop()
        await show(agent, page)
    assert portal.memory() - before < 8 * MIB


async def test_huge_texts_are_refused_whole_and_in_pieces(portal: Portal, at_work: AtWork) -> None:
    agent, page = await at_work()
    before = portal.memory()
    line = await open_from(portal, "127.0.0.1")
    await line.send("x" * 100_000)
    assert await line.recv() == messages.dump(messages.Error("too-large"))
    await line.close()

    async def endless() -> AsyncIterator[str]:
        while True:
            yield "x" * 10_000

    line = await open_from(portal, "127.0.0.1")
    with pytest.raises(ConnectionClosed):
        await line.send(endless())
    await show(agent, page)
    assert portal.memory() - before < 8 * MIB


async def test_handshakes_that_never_end_keep_nobody_out(portal: Portal, at_work: AtWork) -> None:
    before = portal.memory()
    half = b"GET /ws/agent/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nX-Slow: "
    slow = [socket.create_connection(("127.0.0.1", portal.port)) for _ in range(200)]
    for turn in range(20):
        for line in slow:
            line.sendall(half if turn == 0 else b"a" * 100)
        await asyncio.sleep(0)
    agent, page = await at_work()
    for _ in range(10):
        await show(agent, page, FRAME)
    assert portal.memory() - before < 24 * MIB
    for line in slow:
        line.close()


async def test_a_reader_of_one_frame_a_second_holds_up_its_own_session_only(
    portal: Portal, at_work: AtWork
) -> None:
    agent, page = await at_work()
    other_agent, other_page = await at_work()
    before = portal.memory()
    # The agent sends as fast as its credit allows: the page paints one frame a second.
    for _ in range(2):
        await agent.frame(FRAME)
    for _ in range(SLOW_FRAMES):
        await asyncio.sleep(1)
        assert await page.paint() == FRAME
        await agent.bytes()
        await agent.frame(FRAME)
        for _ in range(20):
            await show(other_agent, other_page, FRAME)
    assert portal.memory() - before < 4 * MIB
    assert page.clock["running"]


async def test_an_agent_that_sends_without_credit_is_closed_and_nobody_else_notices(
    portal: Portal, at_work: AtWork
) -> None:
    agent, _page = await at_work()
    others = await at_work()
    before = portal.memory()
    for _ in range(4):
        await agent.frame(FRAME)
    assert await agent.refused() == "no-credit"
    for _ in range(20):
        await show(*others, FRAME)
    assert portal.memory() - before < 4 * MIB


async def test_a_frame_without_end_to_a_page_that_reads_nothing_costs_one_frame_at_most(
    portal: Portal, at_work: AtWork
) -> None:
    agent, page = await at_work()
    others = await at_work()
    before = portal.memory()
    page.stop_reading()
    # The relay cannot know that these do not open; it counts them.
    header = framing.RecordHeader(
        framing.RECORD_VERSION, framing.Channel.PICTURE, framing.RECORD_FLAG_MORE, 0, 1
    )
    piece = b"\x02" + header.pack() + bytes(200_000)

    async def flood() -> None:
        for _ in range(200):
            await agent.line.send(piece)

    flooding = asyncio.create_task(flood())
    for _ in range(50):
        await show(*others, FRAME)
    await flooding
    assert await agent.refused() == "too-large"
    assert portal.memory() - before < (framing.FRAME_MAX // MIB + 8) * MIB
    await show(*others, FRAME)
