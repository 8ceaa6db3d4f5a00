"""Both sockets from the first word to the last: who is refused, and what becomes of the rest."""

import json

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from agent.protocol import framing, messages
from agent.protocol.errors import Refused
from agent.protocol.framing import Channel
from customers.models import Agreement, Customer
from sessions import attempts, services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Session
from sessions.relay import hub as hub_module
from sessions.relay.hub import Hub
from technicians.models import User
from tests.sessions.ends import (
    ChannelsLine,
    End,
    Line,
    go_on,
    pair,
    show,
    technician_path,
)
from tests.sessions.portal import cookie_of
from tests.sessions.relay.conftest import ORIGIN, AtWork, OpenPage, Order, StartAgent

in_database = database_sync_to_async


async def opened(lines: list[Line], path: str, headers: dict[str, str] | None = None) -> End:
    line = await ChannelsLine.open(path, headers)
    assert not isinstance(line, int)
    lines.append(line)
    return End(line)


async def state_of(session: Session) -> str:
    return (await Session.objects.aget(pk=session.pk)).state


# --- agents that are refused -----------------------------------------------------------


async def test_a_browser_cannot_pose_as_an_agent(lines: list[Line], hub: Hub) -> None:
    for origin in (ORIGIN, "null", "https://boese.example"):
        assert await ChannelsLine.open("/ws/agent/", {"Origin": origin}) == 1000


async def test_an_unknown_address_is_refused(lines: list[Line], hub: Hub) -> None:
    assert await ChannelsLine.open("/ws/nothing/") == 1000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("[]", "malformed"),
        ('{"type": "something"}', "malformed"),
        ('{"type": "end"}', "hello-expected"),
        ('{"type": "hello", "protocol_min": 1}', "malformed"),
        (json.dumps({"type": "hello", "x": "x" * 5000}), "too-large"),
        (messages.dump(messages.AgentHello(2, 9, "9", "x", "y")), "protocol-unsupported"),
        (messages.dump(messages.AgentHello(1, 1, "9", "x" * 61, "y")), "malformed"),
        (messages.dump(messages.AgentHello(1, 1, "9", "x", "a\u202eb")), "malformed"),
        (messages.dump(messages.AgentHello(1, 1, "9", "x", "a\nb")), "malformed"),
    ],
)
async def test_an_agent_that_does_not_say_hello_properly_is_refused(
    lines: list[Line], hub: Hub, text: str, code: str
) -> None:
    agent = await opened(lines, "/ws/agent/")
    await agent.line.send(text)
    assert await agent.refused() == code
    assert not await Session.objects.aexists()


async def test_an_agent_that_begins_with_a_picture_is_refused(lines: list[Line], hub: Hub) -> None:
    agent = await opened(lines, "/ws/agent/")
    await agent.line.send(b"\x02picture")
    assert await agent.refused() == "hello-expected"


async def test_an_agent_that_says_nothing_is_refused(
    lines: list[Line], hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "HELLO_TIMEOUT", framing.HELLO_TIMEOUT / 100)
    agent = await opened(lines, "/ws/agent/")
    assert await agent.refused() == "hello-timeout"


async def test_an_agent_that_leaves_before_hello_leaves_nothing(
    lines: list[Line], hub: Hub
) -> None:
    agent = await opened(lines, "/ws/agent/")
    await agent.drop()
    assert not hub.rooms
    assert not await Session.objects.aexists()


async def test_sockets_of_one_address_are_capped(
    start_agent: StartAgent, lines: list[Line], monkeypatch: pytest.MonkeyPatch, hub: Hub
) -> None:
    monkeypatch.setattr(hub, "_most", 2)
    first, _second = await start_agent(), await start_agent()
    third = await opened(lines, "/ws/agent/")
    assert await third.refused() == "too-many-sockets"
    other = await ChannelsLine.open("/ws/agent/", address="198.51.100.9")
    assert not isinstance(other, int)
    lines.append(other)
    await first.drop()
    await start_agent()
    assert hub_module.SOCKETS_PER_ADDRESS > 50


async def test_what_an_agent_says_about_itself_is_kept_as_text(start_agent: StartAgent) -> None:
    await start_agent()
    session = await Session.objects.aget()
    assert (session.agent_hostname, session.agent_platform) == ("pc", "Debian 12")


# --- pages that are refused ------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://boese.example",
        ORIGIN.replace("http", "https"),
        ORIGIN.rsplit(":", 1)[0],
        ORIGIN.rsplit(":", 1)[0] + ":8001",
    ],
)
async def test_a_foreign_origin_is_refused_whatever_cookie_it_brings(
    lines: list[Line], hub: Hub, technician: User, ordered: Session, origin: str | None
) -> None:
    headers = {"Cookie": await in_database(cookie_of)(technician)}
    if origin is not None:
        headers["Origin"] = origin
    for path in (technician_path(ordered.pk), "/ws/live/"):
        assert isinstance(await ChannelsLine.open(path, headers), int)


@pytest.mark.parametrize("cookie", [None, "sessionid=invented"])
async def test_an_anonymous_page_is_refused(
    lines: list[Line], hub: Hub, ordered: Session, cookie: str | None
) -> None:
    headers = {"Origin": ORIGIN} | ({"Cookie": cookie} if cookie else {})
    for path in (technician_path(ordered.pk), "/ws/live/"):
        page = await opened(lines, path, headers)
        assert await page.refused() == "not-allowed"


async def test_the_office_without_the_role_is_refused(
    open_page: OpenPage, office: User, ordered: Session
) -> None:
    assert await (await open_page(ordered, office)).refused() == "not-allowed"


async def test_a_second_technician_hears_that_it_is_busy(
    open_page: OpenPage, colleague: User, ordered: Session
) -> None:
    assert await (await open_page(ordered, colleague)).refused() == "busy"


async def test_a_session_that_nobody_ordered_is_unknown(
    open_page: OpenPage, waiting: Session
) -> None:
    assert await (await open_page(waiting)).refused() == "unknown-id"


async def test_too_many_wrong_passwords_close_the_page_and_keep_it_closed(
    start_agent: StartAgent,
    order: Order,
    open_page: OpenPage,
    technician: User,
) -> None:
    agent = await start_agent()
    session = await order(agent)
    attempt = attempts.Attempt(technician.pk, agent.support_id, "192.0.2.1")
    for _ in range(9):
        await in_database(attempts.count_failure)(attempt)
    page = await open_page(session)
    await agent.hear("paired")
    await page.hear("paired")
    wrong = "00000000" if agent.responder.password != "00000000" else "11111111"
    with pytest.raises(Refused):
        await page.try_password(agent, wrong)
    assert await page.refused() == "too-many-attempts"
    assert await (await open_page(session)).refused() == "too-many-attempts"
    assert await agent.hear("unpaired")


async def test_a_page_of_a_session_that_is_over_hears_the_price(
    open_page: OpenPage, connected: Session
) -> None:
    await in_database(services.session_end)(
        session=connected, reason=EndReason.CUSTOMER, at=timezone.now()
    )
    page = await open_page(connected)
    assert (await page.hear("ended"))["reason"] == "customer"
    assert await page.closed() == 1000


# --- the whole way ---------------------------------------------------------------------


async def test_a_session_runs_from_hello_to_the_end_by_the_customer(
    at_work: AtWork,
) -> None:
    agent, page, session = at_work
    await agent.say(messages.End())
    assert (await agent.hear("ended"))["reason"] == "customer"
    assert (await page.hear("ended"))["reason"] == "customer"
    assert (await agent.closed(), await page.closed()) == (1000, 1000)
    ended = await Session.objects.aget(pk=session.pk)
    assert ended.state == State.ENDED
    assert ended.consented_at is not None
    assert ended.shown_terms == ended.terms
    assert ended.started_at is not None


async def test_input_runs_the_other_way(at_work: AtWork) -> None:
    agent, page, _session = at_work
    for record in page.sealer.seal(Channel.CONTROL, b'{"t":"key"}'):
        await page.line.send(record)
    assert agent.opener.receive(await agent.bytes()) == (Channel.CONTROL, b'{"t":"key"}')


async def test_both_ends_go_on_by_the_price_of_the_customer_who_is_chosen(
    at_work: AtWork, customer: Customer, technician: User
) -> None:
    agent, page, session = at_work
    await in_database(Agreement.objects.create)(
        customer=customer,
        name="Wartung",
        valid_from=timezone.localdate(),
        block_seconds=600,
        first_block_cents=500,
        further_block_cents=400,
    )
    await page.hear_clock(running=True, seconds=1)
    await in_database(services.session_assign_customer)(
        session=session, customer=customer, by=technician
    )
    for end in (agent, page):
        while (await end.hear_clock(running=True))["cents"] != 500:
            pass
    await page.say(messages.End())
    assert (await agent.hear("ended"))["cents"] == 500


async def test_the_technician_ends_it(at_work: AtWork) -> None:
    agent, page, session = at_work
    await page.say(messages.End())
    assert (await agent.hear("ended"))["reason"] == "technician"
    assert (await page.hear("ended"))["reason"] == "technician"
    assert await state_of(session) == State.ENDED


async def test_the_office_ends_it_from_the_portal(at_work: AtWork, office: User) -> None:
    agent, page, session = at_work
    await in_database(services.session_end)(
        session=session, reason=EndReason.OFFICE, at=timezone.now(), by=office
    )
    assert (await agent.hear("ended"))["reason"] == "office"
    assert (await page.hear("ended"))["reason"] == "office"
    assert (await agent.closed(), await page.closed()) == (1000, 1000)


async def test_a_customer_who_refuses_ends_it_without_a_price(
    start_agent: StartAgent, order: Order, open_page: OpenPage
) -> None:
    agent = await start_agent()
    session = await order(agent)
    page = await open_page(session)
    await agent.hear("paired")
    await page.hear("paired")
    await page.try_password(agent, agent.responder.password)
    await agent.say(messages.Consent(granted=False, text_version="1"))
    assert (await page.hear("consent"))["granted"] is False
    assert (await page.hear("ended"))["reason"] == "refused"
    assert (await agent.hear("ended"))["cents"] == 0
    assert await state_of(session) == State.CLOSED


async def test_an_agent_that_is_closed_again_is_gone_from_the_list(
    start_agent: StartAgent,
) -> None:
    agent = await start_agent()
    await agent.say(messages.End())
    assert (await agent.hear("ended"))["reason"] == "abandoned"
    session = await Session.objects.aget()
    assert session.state == State.CLOSED


async def test_a_line_that_breaks_pauses_and_the_same_agent_comes_back(
    at_work: AtWork, start_agent: StartAgent
) -> None:
    agent, page, session = at_work
    await agent.drop()
    await page.hear("agent-gone")
    again = await start_agent(agent.resume_token)
    assert again.support_id == agent.support_id
    assert await state_of(session) == State.PAUSED
    await page.hear("agent-back")
    await pair(again, page)
    await show(again, page)
    await page.hear_clock(running=True)
    await again.say(messages.End())
    await page.hear("ended")
    assert await Session.objects.filter(pk=session.pk, state=State.ENDED).aexists()
    assert await session.segments.acount() == 2


async def test_a_lost_line_goes_on_without_a_password_under_the_first_consent(
    at_work: AtWork,
    start_agent: StartAgent,
    open_page: OpenPage,
) -> None:
    agent, page, session = at_work
    await agent.drop()
    await page.hear("agent-gone")
    again = await start_agent(agent.resume_token)
    before = await Session.objects.aget(pk=session.pk)
    assert before.consented_at is not None
    again.responder = agent.responder
    await page.hear("agent-back")
    await go_on(again, page)
    await show(again, page)
    await page.hear_clock(running=True)
    # Now the technician's line.
    await page.drop()
    await again.hear("unpaired")
    page_again = await open_page(session)
    page_again.secret = page.secret
    await go_on(again, page_again)
    assert page_again.secret.epoch == 2
    await show(again, page_again)
    await page_again.hear_clock(running=True)
    await again.say(messages.End())
    await page_again.hear("ended")
    after = await Session.objects.aget(pk=session.pk)
    assert after.state == State.ENDED
    assert (after.consented_at, after.ordered_at) == (before.consented_at, before.ordered_at)
    assert await session.segments.acount() == 3


async def test_the_new_socket_of_an_agent_takes_the_place_of_one_that_is_half_open(
    at_work: AtWork, start_agent: StartAgent
) -> None:
    agent, page, session = at_work
    again = await start_agent(agent.resume_token)
    again.responder = agent.responder
    assert await agent.closed() == 1001
    await page.hear("agent-gone")
    await page.hear("agent-back")
    await go_on(again, page)
    await show(again, page)
    await page.hear_clock(running=True)
    await again.say(messages.End())
    await page.hear("ended")
    assert await state_of(session) == State.ENDED
    assert await session.segments.acount() == 2


async def test_an_agent_that_comes_back_after_the_end_hears_the_price(
    at_work: AtWork, lines: list[Line]
) -> None:
    agent, page, _session = at_work
    await agent.drop()
    await page.hear("agent-gone")
    await page.say(messages.End())
    await page.hear("ended")
    again = await opened(lines, "/ws/agent/")
    await again.say(messages.AgentHello(1, 1, "0.1.0", "x", "y", agent.resume_token))
    assert (await again.hear("ended"))["reason"] == "technician"
    assert await again.closed() == 1000


async def test_a_reloaded_page_pairs_again_with_a_new_password(
    at_work: AtWork, open_page: OpenPage
) -> None:
    agent, page, session = at_work
    password = agent.responder.password
    await page.drop()
    await agent.hear("unpaired")
    again = await open_page(session)
    await pair(agent, again)
    await show(agent, again)
    assert agent.responder.password != password


async def test_both_ends_vanish_and_nothing_is_lost(at_work: AtWork, hub: Hub) -> None:
    agent, page, session = at_work
    await agent.drop()
    await page.drop()
    assert not hub.rooms
    assert await state_of(session) == State.PAUSED
    segment = await session.segments.aget()
    assert segment.ended_at == segment.last_seen_at


async def test_an_end_that_stays_silent_counts_as_gone(
    at_work: AtWork,
) -> None:
    agent, page, session = at_work
    page.answers_pings = False
    await agent.hear("unpaired")
    assert await page.closed() == 1001
    agent.answers_pings = False
    assert await agent.closed() == 1001
    await agent.drop()
    assert await state_of(session) == State.PAUSED


async def test_a_segment_that_was_swept_away_wrongly_goes_on(
    at_work: AtWork,
) -> None:
    _agent, page, session = at_work
    while not await session.segments.aexists():
        await page.hear_clock(running=True)
    await in_database(services.segment_end)(session=session)
    while await session.segments.acount() < 2:
        await page.hear_clock(running=True)
    assert await state_of(session) == State.CONNECTED


async def test_an_agent_over_its_credit_is_closed_and_the_session_pauses(
    at_work: AtWork,
) -> None:
    agent, page, session = at_work
    await page.hear_clock(running=True, seconds=1)
    for _ in range(4):
        await agent.frame()
    assert await agent.refused() == "no-credit"
    for _ in range(3):
        await page.bytes()
    await page.hear("agent-gone")
    await agent.drop()
    assert await state_of(session) == State.PAUSED


async def test_a_page_with_false_credit_is_closed(
    at_work: AtWork,
) -> None:
    agent, page, _session = at_work
    await page.line.send(framing.credit_message(99))
    assert await page.refused() == "bad-credit"
    await agent.hear("unpaired")
