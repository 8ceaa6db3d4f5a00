"""Sockets without a network, on the real channel layer."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connections

from agent.protocol import framing
from sessions.models import Session
from sessions.relay import consumers
from sessions.relay.hub import Hub
from sessions.services import session_order
from technicians.models import User
from tests.sessions.ends import (
    AgentEnd,
    ChannelsLine,
    Line,
    TechnicianEnd,
    pair,
    show,
    technician_path,
)
from tests.sessions.portal import cookie_of
from tests.sessions.relay.stage import Stage, Watch

ORIGIN = settings.ALLOWED_ORIGINS[0]
StartAgent = Callable[..., Awaitable[AgentEnd]]
OpenPage = Callable[..., Awaitable[TechnicianEnd]]
Order = Callable[..., Awaitable[Session]]
AtWork = tuple[AgentEnd, TechnicianEnd, Session]


@pytest.fixture
async def lines(transactional_db: None) -> AsyncIterator[list[Line]]:
    """Collect the lines of a test; they are dropped in the end, as are connections."""
    opened: list[Line] = []
    yield opened
    for line in opened:
        await line.drop()
    await database_sync_to_async(connections.close_all)()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Return an empty hub for this test."""
    fresh = Hub()
    monkeypatch.setattr(consumers, "hub", fresh)
    return fresh


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beat twenty times as fast."""
    monkeypatch.setattr(framing, "HEARTBEAT_INTERVAL", dt.timedelta(milliseconds=100))
    monkeypatch.setattr(framing, "SILENCE_LIMIT", dt.timedelta(seconds=1))


@pytest.fixture
def start_agent(lines: list[Line], hub: Hub) -> StartAgent:
    """Return a function that starts an agent."""

    async def start(resume_token: str | None = None) -> AgentEnd:
        line = await ChannelsLine.open("/ws/agent/")
        assert not isinstance(line, int)
        lines.append(line)
        return await AgentEnd.start(line, resume_token)

    return start


@pytest.fixture
def open_page(lines: list[Line], hub: Hub, technician: User) -> OpenPage:
    """Return a function that opens the technician's page of a session."""
    owner = technician

    async def open_page(session: Session, user: User | None = None) -> TechnicianEnd:
        cookie = await database_sync_to_async(cookie_of)(user or owner)
        headers = {"Origin": ORIGIN, "Cookie": cookie}
        line = await ChannelsLine.open(technician_path(session.pk), headers)
        assert not isinstance(line, int)
        lines.append(line)
        return TechnicianEnd(line)

    return open_page


@pytest.fixture
def order(technician: User) -> Order:
    """Return a function that types an agent's ID into the connect field."""
    owner = technician

    async def order(agent: AgentEnd, user: User | None = None) -> Session:
        return await database_sync_to_async(session_order)(
            technician=user or owner, support_id=agent.support_id, address="192.0.2.7"
        )

    return order


@pytest.fixture
async def at_work(
    start_agent: StartAgent, order: Order, open_page: OpenPage, quick: None
) -> AtWork:
    """Bring both ends to the first painted picture."""
    agent = await start_agent()
    session = await order(agent)
    page = await open_page(session)
    await pair(agent, page)
    await show(agent, page)
    await page.hear_clock(running=True)
    return agent, page, session


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Return a clock that the test moves, for rooms and their time."""
    watch = Watch()
    monkeypatch.setattr("sessions.relay.room.monotonic", watch)
    monkeypatch.setattr("sessions.relay.clock.time.monotonic", watch)
    return watch


@pytest.fixture
def stage(watch: Watch) -> Stage:
    """Return an empty room and two sides."""
    return Stage(watch)
