"""People, agents and sessions for the tests of this app."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from channels.db import database_sync_to_async
from django.db import connections
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from sessions import services
from sessions.models import Session
from sessions.services.opening import AgentFacts
from technicians.models import User
from tests.sessions.ends import AgentEnd, End, NetworkLine, TechnicianEnd
from tests.sessions.portal import Portal, cookie_of


@pytest.fixture
def technician(db: None) -> User:
    return User.objects.create_user("tech@example.com", name="Tina Technik", is_technician=True)


@pytest.fixture
def colleague(db: None) -> User:
    return User.objects.create_user("kollege@example.com", name="Kai", is_technician=True)


@pytest.fixture
def office(db: None) -> User:
    return User.objects.create_user("office@example.com", name="Olga", is_office=True)


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(number=10001, last_name="Weber", first_name="Anna")


@pytest.fixture
def login(client: Client) -> Callable[[User], Client]:
    """Return a function that logs somebody in."""

    def log_in(user: User) -> Client:
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def waiting(db: None) -> Session:
    """Return a session whose agent waits."""
    facts = AgentFacts("0.1.0", "Debian 12", "werkstatt-pc")
    return services.session_open(agent=facts, now=timezone.now()).session


@pytest.fixture
def ordered(waiting: Session, technician: User) -> Session:
    """Return the same after the technician has typed its ID."""
    return services.session_order(
        technician=technician, support_id=waiting.support_id, address="192.0.2.7"
    )


@pytest.fixture
def asking(ordered: Session) -> Session:
    """Return the same while the customer is asked."""
    return services.session_asking(session=ordered)


@pytest.fixture
def connected(asking: Session) -> Session:
    """Return the same with a picture since a minute ago, and last seen just then."""
    at = timezone.now() - dt.timedelta(minutes=1)
    return services.segment_start(session=asking, at=at)


@pytest.fixture
def portal(transactional_db: None, tmp_path: Path) -> Iterator[Portal]:
    """Run the portal in a process of its own, on this test's database and Redis."""
    running = Portal(tmp_path)
    running.start()
    yield running
    running.stop()


StartAgent = Callable[..., Awaitable[AgentEnd]]
OpenPage = Callable[[AgentEnd], Awaitable[TechnicianEnd]]


@pytest.fixture
async def ends(portal: Portal) -> AsyncIterator[list[End]]:
    """Collect the ends of a test; in the end their lines are dropped, as are connections."""
    opened: list[End] = []
    yield opened
    for end in opened:
        await end.drop()
    await database_sync_to_async(connections.close_all)()


@pytest.fixture
def start_agent(portal: Portal, ends: list[End]) -> StartAgent:
    """Return a function that starts an agent at the portal, or lets it come back."""

    async def start(resume_token: str | None = None) -> AgentEnd:
        line = await NetworkLine.open(f"{portal.sockets}/agent/")
        agent = await AgentEnd.start(line, resume_token)
        ends.append(agent)
        return agent

    return start


@pytest.fixture
def open_page(portal: Portal, ends: list[End], technician: User) -> OpenPage:
    """Return a function that orders an agent's session and opens the technician's page."""

    async def open_page(agent: AgentEnd) -> TechnicianEnd:
        session = await database_sync_to_async(services.session_order)(
            technician=technician, support_id=agent.support_id, address="192.0.2.7"
        )
        cookie = await database_sync_to_async(cookie_of)(technician)
        url = f"{portal.sockets}/technician/{session.pk}/"
        line = await NetworkLine.open(url, {"Origin": portal.origin, "Cookie": cookie})
        page = TechnicianEnd(line)
        ends.append(page)
        return page

    return open_page
