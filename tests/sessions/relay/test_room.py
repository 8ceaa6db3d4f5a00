"""Two ends of a session: the ledger's events, coming and going."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from agent.protocol import framing, messages
from agent.protocol.errors import Code
from agent.protocol.framing import Channel
from company.domain.tariff import Terms
from sessions.domain.lifecycle import EndReason
from sessions.relay.room import Phase
from tests.sessions.relay.stage import (
    AGREES,
    HELLO,
    REFUSES,
    WRONG,
    Side,
    Stage,
    record,
    refusal,
)

# --- the ledger's events ---------------------------------------------------------------


async def test_a_session_from_start_to_end(stage: Stage) -> None:
    await stage.paint()
    await stage.room.agent_text(messages.dump(messages.End()))
    assert stage.diary.names == [
        "agent_there",
        "technician_there",
        "asking",
        "consented",
        "started",
        "ended",
    ]
    await stage.room.finish(messages.Ended("customer", 61, 1, 850))
    for side in (stage.agent, stage.page):
        assert side.texts[-1] == {
            "type": "ended",
            "reason": "customer",
            "seconds": 61,
            "blocks": 1,
            "cents": 850,
        }
        assert side.close_code == 1000


async def test_the_clock_starts_with_the_first_credit_and_not_before(stage: Stage) -> None:
    await stage.grant()
    await stage.room.agent_bytes(record())
    assert stage.agent.clock["running"] is False
    await stage.room.technician_bytes(framing.credit_message(1))
    assert stage.agent.clock["running"] is True
    assert stage.page.clock["running"] is True


async def test_the_clock_follows_the_heartbeat_of_both(stage: Stage) -> None:
    await stage.paint()
    await stage.beat(2)
    await stage.pongs()
    assert stage.page.clock["seconds"] == 2
    assert stage.diary.names[-1] == "seen"


async def test_one_living_end_alone_does_not_move_the_clock(stage: Stage) -> None:
    await stage.paint()
    for _ in range(3):
        await stage.beat(2)
        await stage.room.agent_text(messages.dump(messages.Pong(stage.agent.last_ping)))
    assert "seen" not in stage.diary.names
    assert stage.agent.clock["seconds"] == 0


async def test_a_silent_end_is_gone_after_ten_seconds_and_the_time_since_is_free(
    stage: Stage,
) -> None:
    await stage.paint()
    await stage.beat(2)
    await stage.pongs()
    stage.agent.end.heard = True
    for _ in range(7):
        await stage.beat(2)
        stage.agent.end.heard = True
    assert stage.page.close_code == 1001
    assert stage.agent.types[-1] == "unpaired"
    assert stage.agent.clock == stage.agent.clock | {"seconds": 2, "running": False}
    assert stage.diary.names[-2:] == ["stopped", "technician_gone"]


async def test_a_server_that_hung_for_a_minute_takes_nobody_for_silent(stage: Stage) -> None:
    await stage.paint()
    await stage.beat(60)
    await stage.beat(60)
    assert stage.page.close_code is None
    assert stage.agent.close_code is None


async def test_a_pause_stops_the_clock_and_resuming_goes_on_in_the_same_block(
    stage: Stage,
) -> None:
    await stage.paint()
    await stage.beat(2)
    await stage.pongs()
    await stage.room.technician_text(messages.dump(messages.Pause()))
    assert stage.agent.types[-1] == "paused"
    await stage.beat(100)
    await stage.pongs()
    assert stage.agent.clock == stage.agent.clock | {"seconds": 2, "running": False}
    await stage.room.technician_text(messages.dump(messages.Resume()))
    assert stage.agent.types[-1] == "resumed"
    await stage.beat(3)
    await stage.pongs()
    assert stage.page.clock == stage.page.clock | {"seconds": 5, "blocks": 1, "running": True}


async def test_frames_under_way_at_a_pause_arrive_and_do_not_start_the_clock(
    stage: Stage,
) -> None:
    await stage.paint()
    await stage.room.technician_text(messages.dump(messages.Pause()))
    await stage.room.agent_bytes(record())
    await stage.room.technician_bytes(framing.credit_message(2))
    assert stage.page.clock["running"] is False


async def test_pausing_before_the_first_picture_starts_nothing_on_resuming(
    stage: Stage,
) -> None:
    await stage.grant()
    for message in (messages.Pause(), messages.Pause(), messages.Resume(), messages.Resume()):
        await stage.room.technician_text(messages.dump(message))
    assert "started" not in stage.diary.names
    assert stage.agent.types[-2:] == ["paused", "resumed"]


async def test_a_clock_set_right_in_the_middle_charges_nobody(stage: Stage) -> None:
    await stage.paint()
    true_wall = stage.watch.wall
    stage.watch.wall = lambda: true_wall() + dt.timedelta(hours=1)  # type: ignore[method-assign]
    await stage.beat(2)
    await stage.pongs()
    assert stage.page.clock["seconds"] == 2


async def test_a_refused_consent_ends_the_session(stage: Stage) -> None:
    await stage.ask()
    await stage.room.agent_text(REFUSES)
    assert stage.page.texts[-1] == {"type": "consent", "granted": False}
    assert stage.diary.names[-1] == "ended"
    assert stage.diary.last[0] == EndReason.REFUSED


async def test_a_wrong_password_is_counted(stage: Stage) -> None:
    await stage.pair()
    await stage.room.agent_bytes(WRONG)
    assert stage.diary.names[-1] == "wrong_password"
    assert stage.room.phase is Phase.EXCHANGE


async def test_the_wrong_password_that_locks_the_agent_is_counted_and_the_lock_alone_is_not(
    stage: Stage,
) -> None:
    await stage.pair()
    responder = framing.handshake_message({"step": "responder", "share": "x", "ad": "x"})
    locked = framing.handshake_message({"step": "refused", "code": "locked", "tries_left": 0})
    await stage.room.technician_bytes(HELLO)
    await stage.room.agent_bytes(responder)
    await stage.room.agent_bytes(locked)
    assert stage.diary.names.count("wrong_password") == 1
    await stage.room.technician_bytes(HELLO)
    await stage.room.agent_bytes(locked)
    assert stage.diary.names.count("wrong_password") == 1


async def test_a_resumption_asks_nobody_and_lets_records_pass_after_the_agent_s_word(
    stage: Stage,
) -> None:
    await stage.pair()
    await stage.room.agent_bytes(framing.handshake_message({"step": "resumed"}))
    assert "asking" not in stage.diary.names
    assert await refusal(stage.room.agent_bytes(record())) == Code.TOO_EARLY
    await stage.room.agent_text(AGREES)
    await stage.room.agent_bytes(record())
    assert len(stage.page.binaries) == 2


async def test_a_refused_resumption_is_no_wrong_password(stage: Stage) -> None:
    await stage.pair()
    refused = framing.handshake_message({"step": "refused", "code": "not-resumed"})
    await stage.room.agent_bytes(refused)
    assert "wrong_password" not in stage.diary.names


async def test_after_the_end_nothing_passes_any_more(stage: Stage) -> None:
    await stage.paint()
    await stage.room.technician_text(messages.dump(messages.End()))
    before = len(stage.page.binaries), len(stage.agent.binaries)
    await stage.room.agent_bytes(record())
    await stage.room.technician_bytes(record(channel=Channel.CONTROL))
    assert (len(stage.page.binaries), len(stage.agent.binaries)) == before


async def test_the_second_of_two_ends_changes_nothing(stage: Stage) -> None:
    await stage.paint()
    await stage.room.technician_text(messages.dump(messages.End()))
    await stage.room.agent_text(messages.dump(messages.End()))
    assert stage.diary.names.count("ended") == 1


# --- coming, going, refusing -----------------------------------------------------------


async def test_a_second_page_takes_the_place_of_the_first(stage: Stage) -> None:
    await stage.paint()
    page = Side()
    await stage.room.join_technician(page.end)
    assert stage.page.texts[-1] == {"type": "error", "code": "busy"}
    assert stage.page.close_code == 1008
    assert stage.agent.types[-1] == "unpaired"
    await stage.room.leave(stage.page.end)
    assert stage.room.technician is page.end


async def test_an_agent_that_reconnects_takes_the_place_of_its_dead_socket(
    stage: Stage,
) -> None:
    await stage.paint()
    agent = Side()
    await stage.room.join_agent(agent.end)
    assert stage.agent.close_code == 1001
    assert stage.page.types[-2:] == ["agent-gone", "agent-back"]
    await stage.room.technician_text(messages.dump(messages.Pong(stage.page.last_ping)))
    assert stage.page.types[-1] == "paired"
    assert agent.types == ["paired"]


async def test_a_page_without_an_agent_hears_so(stage: Stage) -> None:
    await stage.room.join_technician(stage.page.end)
    assert stage.page.types == ["agent-gone"]
    assert await refusal(stage.room.technician_bytes(HELLO)) == Code.TOO_EARLY


async def test_an_agent_that_breaks_the_rules_before_the_first_picture_ends_the_session(
    stage: Stage,
) -> None:
    await stage.pair()
    await stage.room.refuse(stage.agent.end, Code.MALFORMED)
    assert stage.agent.close_code == 1008
    assert "ended" in stage.diary.names
    assert stage.page.types[-1] == "agent-gone"


async def test_an_agent_that_breaks_the_rules_later_pauses_the_session(stage: Stage) -> None:
    await stage.paint()
    await stage.beat(2)
    await stage.pongs()
    await stage.room.refuse(stage.agent.end, Code.NO_CREDIT)
    await stage.room.refuse(stage.agent.end, Code.NO_CREDIT)
    assert stage.diary.names[-2:] == ["stopped", "agent_gone"]
    assert "ended" not in stage.diary.names


async def test_an_agent_that_closes_while_nobody_is_there_is_abandoned(stage: Stage) -> None:
    await stage.room.join_agent(stage.agent.end)
    await stage.room.agent_text(messages.dump(messages.End()))
    assert stage.diary.last[0] == EndReason.ABANDONED


async def test_presence_is_said_twice_a_minute(stage: Stage) -> None:
    await stage.pair()
    for _ in range(30):
        await stage.beat(2)
        await stage.pongs()
    assert stage.diary.names.count("present") == 2


# --- the customer's own prices ---------------------------------------------------------

OWN = Terms(900, 500, 400, Decimal(19), minimum_blocks=2)


async def test_without_an_agreement_the_agent_asks_at_the_registered_price(stage: Stage) -> None:
    await stage.pair()
    assert {"type": "paired"} in stage.agent.texts


async def test_who_is_known_before_is_asked_at_the_agreed_price(stage: Stage) -> None:
    await stage.room.agree(OWN)
    await stage.pair()
    (paired,) = (text for text in stage.agent.texts if text["type"] == "paired")
    assert paired["terms"]["first_block_cents"] == 500
    assert paired["terms"]["minimum_blocks"] == 2


async def test_the_consent_is_to_the_price_that_stood_in_the_question(stage: Stage) -> None:
    await stage.grant()
    assert stage.diary.names[-1] == "consented"
    assert stage.diary.last[1] == stage.room.time.terms


async def test_a_price_that_is_learnt_after_the_question_was_not_what_they_agreed_to(
    stage: Stage,
) -> None:
    await stage.room.agree(OWN)
    await stage.ask()
    await stage.room.agree(None)
    await stage.room.agent_text(AGREES)
    assert stage.diary.last[1] == OWN


async def test_a_lower_agreed_price_is_seen_by_both_at_once_and_a_higher_one_never(
    stage: Stage,
) -> None:
    await stage.paint()
    await stage.beat(2)
    await stage.pongs()
    for agreed, cents in [(OWN, 850), (replace(OWN, minimum_blocks=1), 500), (None, 850)]:
        await stage.room.agree(agreed)
        assert stage.agent.clock["cents"] == stage.page.clock["cents"] == cents
