"""The socket that tells a home page that its list is out of date."""

from collections.abc import Awaitable, Callable

import pytest
from channels.db import database_sync_to_async

from sessions.relay.hub import Hub
from technicians.models import User
from tests.sessions.ends import AgentEnd, ChannelsLine, End, Line
from tests.sessions.portal import cookie_of
from tests.sessions.relay.conftest import ORIGIN


@pytest.fixture
async def home(lines: list[Line], hub: Hub, technician: User) -> End:
    """Open a technician's home page."""
    cookie = await database_sync_to_async(cookie_of)(technician)
    line = await ChannelsLine.open("/ws/live/", {"Origin": ORIGIN, "Cookie": cookie})
    assert not isinstance(line, int)
    lines.append(line)
    return End(line)


async def test_a_page_that_talks_is_refused(home: End) -> None:
    await home.line.send('{"type": "changed"}')
    assert await home.refused() == "malformed"


async def test_whoever_loses_the_role_hears_nothing_more(home: End, technician: User) -> None:
    technician.is_technician = False
    await technician.asave()
    assert await home.refused() == "not-allowed"


async def test_an_agent_that_comes_or_goes_is_told_and_nothing_about_it(
    home: End, start_agent: Callable[..., Awaitable[AgentEnd]]
) -> None:
    agent = await start_agent()
    assert await home.hear("changed") == {"type": "changed"}
    await agent.drop()
    assert await home.hear("changed") == {"type": "changed"}
