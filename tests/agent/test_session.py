"""A session in this process, on a real screen, against a scripted server."""

import asyncio
from decimal import Decimal

from agent import events
from agent.protocol import control, messages
from agent.protocol.framing import credit_message
from tests.agent.conftest import Screen, until
from tests.agent.customer import connected, frames_after, identical, pair, registered, running
from tests.agent.resize import resize
from tests.agent.server import TERMS, Server, running_server


async def test_id_password_and_terms_are_shown_when_the_server_has_given_the_id(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        await customer.sees(events.Connecting)
        caller = await server.call()
        hello = await caller.register("218123458")
        assert (hello.protocol_min, hello.protocol_max, hello.resume_token) == (1, 1, None)
        ready = await customer.sees(events.Ready)
        assert ready.support_id == "218123458"
        assert len(ready.password) == 8
        assert ready.company.phone == "06233 326103"


async def test_the_screen_is_shown_only_after_consent_and_then_exactly(
    screen: Screen, server: Server
) -> None:
    screen.start("xterm", "-geometry", "100x30+50+60", "-e", "ls -lR /usr/bin; sleep 100")
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        assert await caller.exchange(customer.password) == ""
        asked = await customer.sees(events.ConsentRequest)
        assert (asked.technician, asked.company) == ("Tina Technik", "DIBUC")
        assert asked.origin == "https://portal.example"
        assert len(asked.verification_code) == 7
        # Whatever arrives: nothing is captured or injected before the customer's yes.
        await caller.say(messages.Clock(0, 0, 0, 0, running=False))
        await customer.sees(events.ClockTick)
        assert customer.opened == []
        customer.session.answer(granted=True)
        assert await caller.text() == messages.Consent(True, "2026-11")
        await identical(customer, caller)
        assert customer.opened == ["capture", "injector"]


async def test_the_customer_is_asked_at_their_own_price_where_there_is_one(
    screen: Screen, server: Server
) -> None:
    own = messages.Terms(900, 500, 400, Decimal("19.00"), minimum_blocks=2)
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        for terms in (own, None):
            await caller.say(messages.Paired(terms))
            assert await caller.exchange(customer.password) == ""
            asked = await customer.sees(events.ConsentRequest)
            assert asked.terms == (terms or TERMS)
            await caller.say(messages.Unpaired("technician-gone"))
            await customer.sees(events.Ready)


async def test_what_changes_is_shown_again_and_again(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        for place in ("+0+0", "+300+200", "+700+20"):
            screen.start("xterm", "-geometry", "60x20" + place, "-e", "ls -l /bin; sleep 100")
            before = caller.painter.frames
            await frames_after(caller, before)
            await identical(customer, caller)


async def test_at_rest_nothing_is_sent(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await asyncio.sleep(3)
        frames = caller.painter.frames
        await asyncio.sleep(2)
        assert caller.painter.frames == frames


async def test_without_credit_changes_wait_and_then_come_as_one(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await asyncio.sleep(2.5)
        caller.credits = False
        for colour in range(0x112233, 0xFFFFFF, 0x111111):
            screen.paint(colour)
            await asyncio.sleep(0.1)
        unpaid = caller.painter.frames
        await asyncio.sleep(0.5)
        # Two at most are under way; the first of them was credited.
        assert caller.painter.frames == unpaid
        caller.credits = True
        await caller.socket.send(credit_message(caller.painter.frames))
        await identical(customer, caller)
        assert caller.painter.frames <= unpaid + 2


async def test_another_resolution_begins_a_new_picture(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        resize(screen.display, 1024, 600)
        await caller.see(lambda image: image.size == (1024, 600))
        await identical(customer, caller)


async def test_a_refresh_sends_everything_again(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await identical(customer, caller)
        caller.painter.image.paste("red", (0, 0, 1280, 800))
        await caller.control(control.Refresh())
        await identical(customer, caller)


async def test_input_arrives_after_consent(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.control(control.Move(321, 123))
        await asyncio.to_thread(
            until, lambda: "x:321 y:123" in screen.run("xdotool", "getmouselocation")
        )


async def test_the_pointers_shape_comes_once_and_its_moves_by_the_customer(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        screen.run("xdotool", "mousemove_relative", "--", "-40", "-50")

        def told() -> bool:
            pointers = [m for m in caller.controls if isinstance(m, control.Pointer)]
            return bool(pointers) and (pointers[-1].x, pointers[-1].y) == (600, 350)

        await asyncio.to_thread(until, told)
        cursors = [m for m in caller.controls if isinstance(m, control.Cursor)]
        assert cursors[0].shape is not None
        assert cursors[0].shape.png.startswith(b"\x89PNG")
        assert sum(c.shape is not None for c in cursors) == len({c.id for c in cursors})


async def test_an_echo_comes_back_whether_paused_or_not(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.control(control.Echo(7))
        await asyncio.to_thread(until, lambda: control.Echo(7) in caller.controls)
        await caller.say(messages.Paused())
        for n in range(100, 200):
            await caller.control(control.Echo(n))
        # The newest is always answered.
        await asyncio.to_thread(until, lambda: control.Echo(199) in caller.controls)


async def test_a_wrong_password_is_told_and_three_make_a_new_one(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        first = customer.password
        wrong = "00000000"
        assert await caller.exchange(wrong) == "wrong-password"
        assert (await customer.sees(events.WrongPassword)).tries_left == 2
        assert await caller.exchange(wrong) == "wrong-password"
        assert await caller.exchange(wrong) == "password-rotated"
        await customer.sees(events.PasswordRotated)
        await customer.sees(events.Ready)
        assert customer.password != first
        assert customer.opened == []
        # The new one works.
        assert await caller.exchange(customer.password) == ""


async def test_after_six_wrong_ones_only_the_customer_can_go_on(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        for _ in range(6):
            refusal = await caller.exchange("00000000")
        assert refusal == "locked"
        await customer.sees(events.Locked)
        assert await caller.exchange(customer.password) == "locked"
        customer.session.unlock()
        await customer.sees(events.Ready)
        assert await caller.exchange(customer.password) == ""


async def test_a_no_is_said_and_nothing_is_shown(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        await caller.exchange(customer.password)
        await customer.sees(events.ConsentRequest)
        customer.session.answer(granted=False)
        assert await caller.text() == messages.Consent(False, "2026-11")
        await customer.sees(events.Refused)
        customer.session.answer(granted=True)  # too late
        await caller.say(messages.Ended("refused", 0, 0, 0))
        assert await customer.sees(events.Ended) == events.Ended("refused", 0, 0, 0)
        assert customer.opened == []
        assert caller.texts.empty()


async def test_an_answer_after_the_technician_left_counts_for_nobody(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        used = customer.password
        await caller.exchange(used)
        await customer.sees(events.ConsentRequest)
        await caller.say(messages.Unpaired("technician-gone"))
        gone = await customer.sees(events.TechnicianGone)
        assert not gone.was_connected
        await customer.sees(events.Ready)
        assert customer.password != used
        customer.session.answer(granted=True)
        await asyncio.sleep(0.2)
        assert caller.texts.empty()
        assert customer.opened == []


async def test_a_second_pairing_needs_the_new_password_and_a_new_yes(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        used = customer.password
        await caller.say(messages.Unpaired("technician-gone"))
        assert await customer.sees(events.TechnicianGone) == events.TechnicianGone(True, True)
        await caller.say(messages.Paired())
        # He does not go on by himself: his page was loaded anew.
        assert await customer.sees(events.TechnicianGone) == events.TechnicianGone(True, False)
        await customer.sees(events.Ready)
        assert await caller.exchange(used) == "wrong-password"
        await pair(customer, caller)
        await identical(customer, caller)


async def test_a_pause_stops_picture_and_input_and_releases_keys(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.control(control.Key("ShiftLeft", down=True))
        await asyncio.sleep(2.5)
        await caller.say(messages.Paused())
        await customer.sees(events.Paused)
        frames = caller.painter.frames
        await caller.control(control.Move(11, 12))
        screen.paint(0xFF0000)
        await asyncio.sleep(0.5)
        assert caller.painter.frames == frames
        assert "x:11 y:12" not in screen.run("xdotool", "getmouselocation")
        await caller.say(messages.Resumed())
        await customer.sees(events.Resumed)
        await identical(customer, caller)


async def test_a_cut_line_is_taken_up_again_by_a_page_without_keys_with_a_new_password(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        used = customer.password
        caller.socket.transport.abort()
        assert (await customer.sees(events.Unreachable)).was_connected
        caller_again = await server.call()
        hello = await caller_again.register(caller.support_id)
        assert hello.resume_token == "t" * 32
        await caller_again.say(messages.Paired())
        await customer.sees(events.Ready)
        assert customer.password != used
        await pair(customer, caller_again)
        await identical(customer, caller_again)


async def test_wrong_tries_stay_counted_over_a_cut_line(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Paired())
        await caller.exchange("00000000")
        caller.socket.transport.abort()
        again = await server.call()
        await again.register(caller.support_id)
        await again.say(messages.Paired())
        await again.exchange("00000000")
        seen = await customer.sees(events.WrongPassword)
        seen = await customer.sees(events.WrongPassword)
        assert seen.tries_left == 1


async def test_a_server_that_was_away_gives_a_new_id(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server, "218123458")
        before = customer.password
        caller.socket.transport.abort()
        await (await server.call()).register("000000000")
        ready = await customer.sees(events.Ready)
        assert ready.support_id == "000000000"
        assert ready.password != before


async def test_a_killed_server_is_called_until_it_is_back(screen: Screen) -> None:
    async with running_server() as first:
        port = int(first.url.rpartition(":")[2])
        customer_context = running(screen, first.url)
        customer = await customer_context.__aenter__()
        await registered(customer, first)
    await customer.sees(events.Unreachable)
    await customer.sees(events.Unreachable)
    async with running_server(port) as second:
        await registered(customer, second)
        await customer_context.__aexit__(None, None, None)


async def test_the_customer_ends_it_and_hears_what_it_cost(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        customer.session.end()
        assert await caller.text() == messages.End()
        frames = caller.painter.frames
        screen.paint(0xFF0000)
        await asyncio.sleep(0.3)
        assert caller.painter.frames == frames
        await caller.say(messages.Ended("customer", 905, 2, 1700))
        assert await customer.sees(events.Ended) == events.Ended("customer", 905, 2, 1700)


async def test_it_ends_without_the_server_too_with_the_last_known_cost(
    screen: Screen, server: Server
) -> None:
    async with running(screen, server.url) as customer:
        caller = await connected(customer, server)
        await caller.say(messages.Clock(61, 1, 850, 539, running=True))
        await customer.sees(events.ClockTick)
        customer.session.end()
        assert await customer.sees(events.Ended) == events.Ended("customer", 61, 1, 850)


async def test_it_ends_at_once_while_the_server_is_being_called(screen: Screen) -> None:
    async with running(screen, "http://127.0.0.1:9") as customer:
        await customer.sees(events.Unreachable)
        customer.session.end()
        assert (await customer.sees(events.Ended)).reason == "customer"


async def test_every_ping_is_answered(screen: Screen, server: Server) -> None:
    async with running(screen, server.url) as customer:
        caller = await registered(customer, server)
        await caller.say(messages.Ping(41))
        async with asyncio.timeout(60):
            assert await caller.texts.get() == messages.Pong(41)
