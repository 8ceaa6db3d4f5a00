"""Both sockets from the first word to the last, without a network."""

from collections.abc import Awaitable, Callable

from agent.protocol import messages
from sessions.domain.lifecycle import State
from sessions.models import Session
from tests.sessions.ends import AgentEnd, TechnicianEnd, pair, show

StartAgent = Callable[..., Awaitable[AgentEnd]]
OpenPage = Callable[..., Awaitable[TechnicianEnd]]
Order = Callable[..., Awaitable[Session]]


async def test_a_session_runs_from_hello_to_the_end_by_the_customer(
    start_agent: StartAgent, order: Order, open_page: OpenPage, quick: None
) -> None:
    agent = await start_agent()
    session = await order(agent)
    page = await open_page(session)
    await pair(agent, page)
    await show(agent, page)
    await agent.hear_clock(running=True)
    await page.hear_clock(running=True)
    await agent.say(messages.End())
    assert (await agent.hear("ended"))["reason"] == "customer"
    assert (await page.hear("ended"))["reason"] == "customer"
    assert (await agent.closed(), await page.closed()) == (1000, 1000)
    session = await Session.objects.aget(pk=session.pk)
    assert session.state == State.ENDED
