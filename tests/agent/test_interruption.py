"""A session whose line is lost goes on by itself: no password, no question, nobody else."""

import asyncio

import pytest

from agent import elapsed, events
from agent.interruption import RESUME_PERIOD
from agent.protocol import control, messages
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import handshake_message
from agent.protocol.keys import ResumeSecret
from agent.protocol.resume import Resumer
from tests.agent.conftest import Screen, until
from tests.agent.customer import Customer, connected, identical, pair, running
from tests.agent.server import Caller, Server
from tests.integration.rig.held_keys import held_keys

CONSENT = messages.Consent(True, "2026-11")


async def cut(customer: Customer, caller: Caller, server: Server) -> Caller:
    """Break the agent's line; return the next one, paired to the technician."""
    caller.socket.transport.abort()
    again = await server.call()
    await again.register(caller.support_id)
    await again.say(messages.Paired())
    return again


async def seen(customer: Customer, kind: type[events.Event]) -> list[events.Event]:
    """Return the events up to the next one of that kind, but for clocks."""
    shown: list[events.Event] = []
    async with asyncio.timeout(60):
        while not (shown and isinstance(shown[-1], kind)):
            event = await customer.shown.get()
            if not isinstance(event, events.ClockTick):
                shown.append(event)
    return shown


async def test_a_cut_line_goes_on_without_password_and_question(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        code = caller.secret.verification_code
        await caller.control(control.Key("ShiftLeft", down=True))
        await asyncio.to_thread(until, lambda: held_keys(screen.display))
        for epoch in (1, 2):
            again = await cut(customer, caller, server)
            assert await again.resume(caller.secret) == ""
            assert await again.text() == CONSENT
            lost, back = await seen(customer, events.LineBack)
            assert isinstance(lost, events.Unreachable)
            assert lost.resumes
            assert back == events.LineBack("Tina Technik", "DIBUC", code)
            assert again.secret.epoch == epoch
            await identical(customer, again)
            await again.control(control.Move(5, 5))
            caller = again
        assert held_keys(screen.display) == []


async def test_a_technician_who_was_away_goes_on_in_the_same_way(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.say(messages.Unpaired("technician-gone"))
        assert await customer.sees(events.TechnicianGone) == events.TechnicianGone(True, True)
        await caller.say(messages.Paired())
        assert await caller.resume(caller.secret) == ""
        assert [type(event) for event in await seen(customer, events.LineBack)] == [events.LineBack]
        await identical(customer, caller)


async def test_nothing_is_read_or_shown_before_the_technician_has_proved_himself(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        opened = list(customer.opened)
        again = await cut(customer, caller, server)
        await again.socket.send(Resumer(again.support_id, caller.secret).start())
        await again.handshakes.get()
        await again.socket.send(handshake_message({"step": "proof", "tag": "A" * 43}))
        assert b"not-resumed" in await again.handshakes.get()
        await asyncio.sleep(0.5)
        assert customer.opened == opened
        assert again.texts.empty()


async def test_a_line_that_breaks_in_the_middle_of_it_strands_nobody(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        again = await cut(customer, caller, server)
        resumer = Resumer(again.support_id, caller.secret)
        await again.socket.send(resumer.start())
        (proof,) = resumer.receive(await again.handshakes.get())
        await again.socket.send(proof)
        await again.handshakes.get()
        # The technician's page has not heard that it worked; both secrets still do.
        assert resumer.derived is not None
        third = await cut(customer, again, server)
        assert await third.resume(resumer.derived.resume_secret) == ""
        fourth = await cut(customer, third, server)
        assert await fourth.resume(resumer.derived.resume_secret) == ""
        await fourth.control(control.Release())
        await identical(customer, fourth)
        fifth = await cut(customer, fourth, server)
        assert await fifth.resume(resumer.derived.resume_secret) == "not-resumed"
        assert await fifth.resume(fourth.secret) == ""


async def test_somebody_without_the_secret_needs_the_password_and_a_new_yes(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        again = await cut(customer, caller, server)
        assert await again.resume(ResumeSecret(bytes(32), 7, "")) == "not-resumed"
        await customer.sees(events.Ready)
        # No try was spent on it.
        assert await again.exchange("00000000") == "wrong-password"
        assert (await customer.sees(events.WrongPassword)).tries_left == 2
        await again.say(messages.Unpaired("technician-gone"))
        await pair(customer, again)
        await identical(customer, again)
        # Who was there before is nobody now.
        await again.say(messages.Unpaired("technician-gone"))
        await again.say(messages.Paired())
        with pytest.raises(ProtocolError) as caught:
            await again.resume(caller.secret)
        assert caught.value.code is Code.NOT_CONFIRMED


async def test_after_ten_minutes_only_a_password_helps_even_if_the_computer_slept(
    screen: Screen, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        caller.socket.transport.abort()
        await customer.sees(events.Unreachable)
        now = elapsed.seconds()
        monkeypatch.setattr(elapsed, "seconds", lambda: now + RESUME_PERIOD)
        again = await server.call()
        await again.register(caller.support_id)
        await customer.sees(events.Ready)
        await again.say(messages.Paired())
        assert await again.resume(caller.secret) == "not-resumed"
        assert await again.exchange(customer.password) == ""


async def test_a_secret_of_before_the_customer_s_yes_opens_nothing(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await server.call()
        await caller.register()
        await customer.sees(events.Ready)
        await caller.say(messages.Paired())
        assert await caller.exchange(customer.password) == ""
        await customer.sees(events.ConsentRequest)
        again = await cut(customer, caller, server)
        assert await again.resume(caller.secret) == "not-resumed"
        assert customer.opened == []


async def test_another_id_is_another_session(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        caller.socket.transport.abort()
        again = await server.call()
        await again.register()
        assert again.support_id != caller.support_id
        await customer.sees(events.Ready)
        await again.say(messages.Paired())
        assert await again.resume(caller.secret) == "not-resumed"


async def test_the_customer_can_end_it_while_the_line_is_lost(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        caller.socket.transport.abort()
        await customer.sees(events.Unreachable)
        customer.session.end()
        assert (await customer.sees(events.Ended)).reason == "customer"


async def test_a_silent_server_is_called_again_at_once_and_a_call_that_hangs_holds_up_nothing(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        # No ping comes any more. The next calls hang before the server says a word.
        server.hangs = True
        assert (await customer.sees(events.Unreachable)).resumes
        await asyncio.sleep(2)
        server.hangs = False
        again = await server.call()
        await again.register(caller.support_id)
        await again.say(messages.Paired())
        assert await again.resume(caller.secret) == ""
        await customer.sees(events.LineBack)
        await identical(customer, again)
