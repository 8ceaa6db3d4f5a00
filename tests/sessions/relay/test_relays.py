"""Several server processes: the page follows the agent, and nobody is in two of them."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from channels.db import database_sync_to_async
from django.conf import LazySettings
from django.utils import timezone

from sessions import announce, services
from sessions.domain.lifecycle import State
from sessions.models import Session
from technicians.models import User
from tests.sessions.ends import ChannelsLine, Line, TechnicianEnd, pair, show
from tests.sessions.portal import cookie_of
from tests.sessions.relay.conftest import ORIGIN, OpenPage, Order, StartAgent

in_database = database_sync_to_async


@pytest.fixture
def open_at(lines: list[Line], technician: User) -> Callable[[str, UUID], Awaitable[TechnicianEnd]]:
    """Return a function that opens the technician's socket in the address of a relay."""

    async def open_at(relay: str, session_id: UUID) -> TechnicianEnd:
        headers = {"Origin": ORIGIN, "Cookie": await in_database(cookie_of)(technician)}
        line = await ChannelsLine.open(f"/ws/relay/{relay}/technician/{session_id}/", headers)
        assert not isinstance(line, int)
        lines.append(line)
        return TechnicianEnd(line)

    return open_at


OpenAt = Callable[[str, UUID], Awaitable[TechnicianEnd]]


def move_to(session: Session, relay: str) -> None:
    """Do what another process does when the agent comes to it."""
    session.refresh_from_db()
    session.relay = relay
    session.save(update_fields=["relay"])
    announce.agent_moved(session)


async def test_an_address_without_a_good_name_is_nobodys(lines: list[Line]) -> None:
    for relay in ("", "a/b", "ä", "a b"):
        path = f"/ws/relay/{relay}/technician/{UUID(int=0)}/"
        assert await ChannelsLine.open(path, {"Origin": ORIGIN}) == 1000


async def test_a_page_at_the_wrong_process_is_sent_to_the_agents(
    start_agent: StartAgent, order: Order, open_page: OpenPage, open_at: OpenAt
) -> None:
    session = await order(await start_agent())
    await in_database(move_to)(session, "b2")
    for page in (await open_page(session), await open_at("1", session.pk)):
        assert (await page.hear("elsewhere"))["relay"] == "b2"
        assert await page.closed() == 1001


async def test_a_page_for_a_process_that_is_gone_waits_for_the_agent(
    start_agent: StartAgent, order: Order, open_at: OpenAt, settings: LazySettings
) -> None:
    settings.RELAY = "2"
    agent = await start_agent()
    session = await order(agent)
    await agent.drop()
    settings.RELAY = "1"
    page = await open_at("2", session.pk)
    await page.hear("agent-gone")
    agent = await start_agent(agent.resume_token)
    await page.hear("agent-back")
    await pair(agent, page)
    await show(agent, page)
    assert (await Session.objects.aget(pk=session.pk)).relay == "1"


async def test_an_agent_that_came_elsewhere_is_let_go_and_the_page_follows(
    start_agent: StartAgent, order: Order, open_page: OpenPage
) -> None:
    agent = await start_agent()
    session = await order(agent)
    page = await open_page(session)
    await pair(agent, page)
    await show(agent, page)
    await page.hear_clock(running=True)
    await in_database(move_to)(session, "2")
    assert await agent.closed() == 1001
    while (message := await page.next()) != {"type": "elsewhere", "relay": "2"}:
        assert message == {"type": "agent-gone"}
    assert await page.closed() == 1001


async def test_the_process_that_lost_the_agent_writes_nothing_about_it(
    start_agent: StartAgent, order: Order, settings: LazySettings
) -> None:
    session = await order(await start_agent())
    await in_database(move_to)(session, "2")
    settings.RELAY = "2"
    now = timezone.now()
    await in_database(services.technician_there)(session=session, now=now)
    await in_database(services.segment_start)(session=session, at=now)
    settings.RELAY = "1"
    await in_database(services.agent_gone)(session=session, now=now)
    await in_database(services.agent_back)(session=session, now=now)
    await in_database(services.session_unpair)(session=session)
    await in_database(services.segment_end)(session=session, at=now)
    session = await Session.objects.aget(pk=session.pk)
    assert (session.state, session.relay) == (State.CONNECTED, "2")
    assert session.agent_gone_at is None
    assert await session.segments.aget(ended_at=None)
