"""What may not pass between two ends, and what it is refused with."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import framing, messages
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import Channel
from sessions.relay import room as room_module
from tests.sessions.relay.stage import (
    AGREES,
    CONFIRMED,
    HELLO,
    WRONG,
    Side,
    Stage,
    Watch,
    record,
    refusal,
)

# --- too early, too late ---------------------------------------------------------------


@pytest.mark.parametrize("point", ["pair", "ask"])
async def test_records_before_the_consent_are_refused(stage: Stage, point: str) -> None:
    await getattr(stage, point)()
    assert await refusal(stage.room.agent_bytes(record())) == Code.TOO_EARLY
    control = record(channel=Channel.CONTROL)
    assert await refusal(stage.room.technician_bytes(control)) == Code.TOO_EARLY
    credit = framing.credit_message(1)
    assert await refusal(stage.room.technician_bytes(credit)) == Code.TOO_EARLY
    assert not stage.page.binaries[1:]


async def test_a_waiting_agent_may_send_nothing_binary(stage: Stage) -> None:
    await stage.room.join_agent(stage.agent.end)
    for data in (HELLO, record()):
        assert await refusal(stage.room.agent_bytes(data)) == Code.TOO_EARLY


async def test_consent_before_the_key_exchange_is_refused(stage: Stage) -> None:
    await stage.pair()
    assert await refusal(stage.room.agent_text(AGREES)) == Code.TOO_EARLY
    assert "consented" not in stage.diary.names


async def test_consent_twice_is_refused(stage: Stage) -> None:
    await stage.grant()
    assert await refusal(stage.room.agent_text(AGREES)) == Code.TOO_LATE


async def test_a_handshake_after_the_exchange_is_refused(stage: Stage) -> None:
    await stage.ask()
    assert await refusal(stage.room.technician_bytes(HELLO)) == Code.TOO_LATE
    assert await refusal(stage.room.agent_bytes(CONFIRMED)) == Code.TOO_LATE


async def test_a_second_hello_is_refused(stage: Stage) -> None:
    await stage.room.join_agent(stage.agent.end)
    hello = messages.dump(messages.AgentHello(1, 1, "1", "x", "y"))
    assert await refusal(stage.room.agent_text(hello)) == Code.TOO_LATE


async def test_pausing_before_the_consent_is_refused(stage: Stage) -> None:
    await stage.pair()
    assert await refusal(stage.room.technician_text(messages.dump(messages.Pause()))) == (
        Code.TOO_EARLY
    )


async def test_what_is_still_under_way_when_the_technician_leaves_is_dropped(
    stage: Stage,
) -> None:
    await stage.paint()
    await stage.room.leave(stage.page.end)
    for _ in range(20):
        await stage.room.agent_bytes(record())
    await stage.room.agent_bytes(CONFIRMED)
    await stage.room.agent_text(AGREES)
    assert not stage.agent.end.closed


async def test_an_agent_that_goes_on_sending_to_nobody_is_refused(stage: Stage) -> None:
    await stage.paint()
    await stage.room.leave(stage.page.end)
    await stage.room.agent_text(messages.dump(messages.Pong(stage.agent.last_ping)))
    stage.watch.seconds += room_module.LATE + 1
    assert await refusal(stage.room.agent_bytes(record())) == Code.TOO_EARLY


async def test_a_new_page_is_paired_only_when_the_old_pairing_has_run_dry(stage: Stage) -> None:
    await stage.paint()
    await stage.room.leave(stage.page.end)
    page = Side()
    await stage.room.join_technician(page.end)
    assert "paired" not in page.types
    await stage.room.agent_bytes(CONFIRMED)
    assert not page.binaries
    await stage.room.agent_text(messages.dump(messages.Pong(stage.agent.last_ping)))
    assert page.types == ["paired"]
    assert stage.agent.types == ["paired", "unpaired", "paired"]


# --- too large, too fast, malformed ----------------------------------------------------


async def test_binary_messages_over_the_limit_of_their_side_are_refused(stage: Stage) -> None:
    await stage.grant()
    limit = framing.BINARY_MAX_FROM_AGENT
    await stage.room.agent_bytes(record(limit))
    assert await refusal(stage.room.agent_bytes(record(limit + 1))) == Code.TOO_LARGE
    control = record(framing.BINARY_MAX_FROM_TECHNICIAN + 1, Channel.CONTROL)
    assert await refusal(stage.room.technician_bytes(control)) == Code.TOO_LARGE
    control = record(framing.CONTROL_MAX + 1, Channel.CONTROL)
    assert await refusal(stage.room.agent_bytes(control)) == Code.TOO_LARGE


async def test_a_frame_over_sixteen_mebibytes_is_refused(stage: Stage) -> None:
    await stage.grant()
    piece = record(framing.BINARY_MAX_FROM_AGENT, more=True)
    for _ in range(64):
        await stage.room.agent_bytes(piece)
    assert await refusal(stage.room.agent_bytes(piece)) == Code.TOO_LARGE


async def test_texts_over_four_kibibytes_are_refused(stage: Stage) -> None:
    await stage.pair()
    long = json.dumps({"type": "pong", "n": 0, "x": "x" * 4096})
    assert await refusal(stage.room.agent_text(long)) == Code.TOO_LARGE
    assert await refusal(stage.room.technician_text(long)) == Code.TOO_LARGE


async def test_a_handshake_over_four_kibibytes_is_refused(stage: Stage) -> None:
    await stage.pair()
    long = b"\x01" + json.dumps({"step": "hello", "x": "x" * 4096}).encode()
    assert await refusal(stage.room.technician_bytes(long)) == Code.TOO_LARGE
    assert await refusal(stage.room.agent_bytes(long)) == Code.TOO_LARGE


async def test_more_handshakes_of_an_end_than_the_limit_are_refused(stage: Stage) -> None:
    await stage.pair()
    for _ in range(framing.HANDSHAKES_PER_PAIRING):
        await stage.room.technician_bytes(HELLO)
        await stage.room.agent_bytes(WRONG)
    assert await refusal(stage.room.technician_bytes(HELLO)) == Code.TOO_FAST
    assert await refusal(stage.room.agent_bytes(WRONG)) == Code.TOO_FAST


async def test_a_flood_of_input_is_refused(stage: Stage) -> None:
    await stage.grant()
    control = record(40, Channel.CONTROL)
    for _ in range(framing.TECHNICIAN_MESSAGES_PER_SECOND):
        await stage.room.technician_bytes(control)
    assert await refusal(stage.room.technician_bytes(control)) == Code.TOO_FAST


async def test_input_goes_on_when_the_second_is_over(stage: Stage) -> None:
    await stage.grant()
    control = record(40, Channel.CONTROL)
    for _ in range(3):
        for _ in range(framing.TECHNICIAN_MESSAGES_PER_SECOND):
            await stage.room.technician_bytes(control)
        stage.watch.seconds += 1


async def test_a_flood_of_control_records_from_the_agent_is_refused(stage: Stage) -> None:
    await stage.grant()
    control = record(40, Channel.CONTROL)
    for _ in range(framing.AGENT_CONTROL_RECORDS_PER_SECOND):
        await stage.room.agent_bytes(control)
    assert await refusal(stage.room.agent_bytes(control)) == Code.TOO_FAST


@pytest.mark.parametrize("side", ["agent", "technician"])
async def test_a_flood_of_bytes_outside_the_credit_is_refused(stage: Stage, side: str) -> None:
    await stage.grant()
    take = getattr(stage.room, f"{side}_bytes")
    control = record(framing.CONTROL_MAX, Channel.CONTROL)
    for _ in range(room_module.CONTROL_BYTES_PER_SECOND // framing.CONTROL_MAX):
        await take(control)
    assert await refusal(take(control)) == Code.TOO_FAST


@pytest.mark.parametrize("side", ["agent", "technician"])
async def test_a_flood_of_texts_is_refused(stage: Stage, side: str) -> None:
    await stage.pair()
    take = getattr(stage.room, f"{side}_text")
    pong = messages.dump(messages.Pong(0))
    for _ in range(room_module.TEXTS_PER_SECOND):
        await take(pong)
    assert await refusal(take(pong)) == Code.TOO_FAST


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x04abc", b"\x02", b"\x02\x01\x01", b"\x01["])
@pytest.mark.parametrize("point", ["pair", "grant"])
async def test_malformed_binary_messages_are_refused(stage: Stage, data: bytes, point: str) -> None:
    await getattr(stage, point)()
    for taking in (stage.room.agent_bytes(data), stage.room.technician_bytes(data)):
        assert await refusal(taking) in {Code.MALFORMED, Code.TOO_EARLY, Code.TOO_LATE}


@given(st.binary(max_size=60), st.sampled_from(["pair", "ask", "grant", "paint"]))
async def test_no_bytes_at_all_bring_the_room_down(data: bytes, point: str) -> None:
    stage = Stage(Watch())
    await getattr(stage, point)()
    for take in (stage.room.agent_bytes, stage.room.technician_bytes):
        try:
            await take(data)
        except ProtocolError:
            continue


@given(st.text(max_size=60), st.sampled_from(["pair", "ask", "grant", "paint"]))
async def test_no_text_at_all_brings_the_room_down(text: str, point: str) -> None:
    stage = Stage(Watch())
    await getattr(stage, point)()
    for take in (stage.room.agent_text, stage.room.technician_text):
        with pytest.raises(ProtocolError):
            await take(text)


async def test_each_end_may_send_only_its_own_kinds(stage: Stage) -> None:
    await stage.grant()
    credit = framing.credit_message(1)
    assert await refusal(stage.room.agent_bytes(credit)) == Code.MALFORMED
    assert await refusal(stage.room.technician_bytes(record())) == Code.MALFORMED
    pause = messages.dump(messages.Pause())
    assert await refusal(stage.room.agent_text(pause)) == Code.MALFORMED
    assert await refusal(stage.room.technician_text(AGREES)) == Code.MALFORMED


async def test_a_pong_to_a_ping_that_was_never_sent_is_refused(stage: Stage) -> None:
    await stage.pair()
    pong = messages.dump(messages.Pong(999))
    assert await refusal(stage.room.agent_text(pong)) == Code.MALFORMED


# --- credit ----------------------------------------------------------------------------


async def test_a_fourth_frame_without_credit_is_refused(stage: Stage) -> None:
    await stage.grant()
    for _ in range(3):
        await stage.room.agent_bytes(record())
    assert await refusal(stage.room.agent_bytes(record())) == Code.NO_CREDIT


@pytest.mark.parametrize("painted", [0, 2, 2**32 - 1])
async def test_a_credit_for_frames_that_were_never_sent_is_refused(
    stage: Stage, painted: int
) -> None:
    await stage.grant()
    await stage.room.agent_bytes(record())
    credit = framing.credit_message(painted)
    assert await refusal(stage.room.technician_bytes(credit)) == Code.BAD_CREDIT
    assert "started" not in stage.diary.names


async def test_a_credit_for_half_a_frame_is_refused(stage: Stage) -> None:
    await stage.grant()
    await stage.room.agent_bytes(record(more=True))
    credit = framing.credit_message(1)
    assert await refusal(stage.room.technician_bytes(credit)) == Code.BAD_CREDIT


async def test_credit_lets_frames_flow_on(stage: Stage) -> None:
    await stage.grant()
    for number in range(1, 50):
        await stage.room.agent_bytes(record())
        await stage.room.technician_bytes(framing.credit_message(number))
    assert len(stage.page.binaries) == 50  # with the handshake
    assert len(stage.agent.binaries) == 49
