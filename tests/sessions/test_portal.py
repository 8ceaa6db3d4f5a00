"""The relay in a Daphne that was really started: real sockets, a real log-in, real kills."""

import asyncio
import signal
from contextlib import suppress

import pytest
from channels.db import database_sync_to_async
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent.protocol import messages
from agent.protocol.framing import Channel
from sessions.domain.lifecycle import State
from sessions.models import Segment, Session
from tests.sessions.conftest import OpenPage, StartAgent
from tests.sessions.ends import AgentEnd, End, NetworkLine, TechnicianEnd, pair, show
from tests.sessions.portal import Portal

in_database = database_sync_to_async


@pytest.fixture
async def at_work(start_agent: StartAgent, open_page: OpenPage) -> tuple[AgentEnd, TechnicianEnd]:
    """Both ends, with the first picture painted and the clock at 1 second at least."""
    agent = await start_agent()
    page = await open_page(agent)
    await pair(agent, page)
    await show(agent, page)
    await page.hear_clock(running=True, seconds=1)
    return agent, page


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("agent/", {"Origin": "http://127.0.0.1"}),
        ("agent/", {"Origin": "null"}),
        ("live/", {}),
        ("live/", {"Origin": "https://127.0.0.1"}),
        ("live/", {"Origin": "http://127.0.0.1:1"}),
        ("technician/00000000-0000-4000-8000-000000000000/", {"Origin": "http://boese.example"}),
        ("nothing/", {}),
    ],
)
async def test_whoever_has_no_business_here_gets_no_socket(
    portal: Portal, path: str, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await NetworkLine.open(f"{portal.sockets}/{path}", headers)
    assert refused.value.response.status_code == 403


async def test_an_anonymous_page_hears_that_it_may_not(portal: Portal, ends: list[End]) -> None:
    line = await NetworkLine.open(f"{portal.sockets}/live/", {"Origin": portal.origin})
    ends.append(End(line))
    assert await ends[0].refused() == "not-allowed"


async def test_a_page_that_reads_nothing_costs_three_frames_of_memory_and_no_more(
    portal: Portal, at_work: tuple[AgentEnd, TechnicianEnd]
) -> None:
    agent, page = at_work
    page.stop_reading()
    before = portal.memory()
    frame = b"x" * (4 * 1024 * 1024)
    for _ in range(3):
        await agent.frame(frame)
    with suppress(ConnectionClosed):
        for _ in range(40):
            await agent.frame(frame)
    assert await agent.refused() == "no-credit"
    assert portal.memory() - before < 80 * 1024 * 1024


async def test_a_flood_of_control_records_is_stopped_before_it_fills_the_memory(
    portal: Portal, at_work: tuple[AgentEnd, TechnicianEnd]
) -> None:
    agent, page = at_work
    page.stop_reading()
    before = portal.memory()
    with suppress(ConnectionClosed):
        for _ in range(2000):
            for record in agent.sealer.seal(Channel.CONTROL, b"x" * 60_000):
                await agent.line.send(record)
    assert await agent.refused() == "too-fast"
    assert portal.memory() - before < 80 * 1024 * 1024


async def test_a_killed_server_costs_seconds_and_not_the_session(
    portal: Portal,
    at_work: tuple[AgentEnd, TechnicianEnd],
    start_agent: StartAgent,
    open_page: OpenPage,
) -> None:
    agent, page = at_work
    before = page.clock["seconds"]
    await asyncio.to_thread(portal.kill)
    assert await agent.closed() == 1006
    assert await page.closed() == 1006
    killed = await Session.objects.aget()
    assert killed.state == State.CONNECTED
    await asyncio.to_thread(portal.start)
    again = await start_agent(agent.resume_token)
    assert again.support_id == agent.support_id
    segment = await Segment.objects.aget()
    assert segment.ended_at == segment.last_seen_at
    page = await open_page(again)
    await pair(again, page)
    await show(again, page)
    clock = await page.hear_clock(running=True, seconds=before + 1)
    assert clock["blocks"] == 1
    await again.say(messages.End())
    assert (await page.hear("ended"))["cents"] == 850


async def test_a_stopping_server_says_so_and_closes_the_ledger_at_the_last_proof_of_life(
    portal: Portal, at_work: tuple[AgentEnd, TechnicianEnd]
) -> None:
    agent, page = at_work
    await asyncio.to_thread(portal.stop, signal.SIGTERM)
    heard = [await agent.next(), await page.next()]
    session = await Session.objects.aget()
    assert session.state == State.PAUSED, portal.log.read_text()
    segment = await Segment.objects.aget()
    assert segment.ended_at == segment.last_seen_at
    assert {"type": "error", "code": "server-stopping"} in heard, heard
