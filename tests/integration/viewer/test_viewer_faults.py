"""What an agent may not send: the page closes the line, says why, and can begin again."""

import struct
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from agent.protocol import messages
from agent.protocol.framing import Channel, Kind
from agent.protocol.picture import Codec, Rect
from tests.integration.rig.portal import Portal
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.test_viewer_picture import HEIGHT, WIDTH, jpeg, noise, smooth

pytestmark = pytest.mark.integration


def frame(*rects: Rect, fresh: bool = False, version: int = 1) -> bytes:
    """Return a frame without asking whether it is a good one."""
    head = struct.pack("!BBHHH", version, int(fresh), WIDTH, HEIGHT, len(rects))
    return head + b"".join(
        struct.pack("!HHHHBI", rect.x, rect.y, rect.w, rect.h, rect.codec, len(rect.data))
        + rect.data
        for rect in rects
    )


def other_size(agent: ScriptedAgent) -> bytes:
    rect = agent.zstd(noise(8, 8))
    return frame(Rect(0, 0, 8, 9, rect.codec, rect.data))


def cut_off(agent: ScriptedAgent) -> bytes:
    rect = agent.zstd(noise(8, 8))
    return frame(Rect(0, 0, 8, 8, rect.codec, rect.data[:-3]))


def outside(agent: ScriptedAgent) -> bytes:
    rect = agent.zstd(noise(8, 8))
    return frame(Rect(WIDTH - 4, 0, 8, 8, rect.codec, rect.data))


def no_zstd(_agent: ScriptedAgent) -> bytes:
    return frame(Rect(0, 0, 8, 8, Codec.ZSTD, b"this is no zstd"))


def jpeg_of_another_size(_agent: ScriptedAgent) -> bytes:
    return frame(Rect(0, 0, 8, 8, Codec.JPEG, jpeg(smooth(16, 16))))


def jpeg_that_only_begins(_agent: ScriptedAgent) -> bytes:
    # The size is right and the header is there; nothing follows that could be decoded.
    data = jpeg(smooth(8, 8))
    return frame(Rect(0, 0, 8, 8, Codec.JPEG, data[: data.index(b"\xff\xda")]))


def unknown_codec(_agent: ScriptedAgent) -> bytes:
    return frame(Rect(0, 0, 8, 8, 9, b"data"))  # type: ignore[arg-type]


def later_version(_agent: ScriptedAgent) -> bytes:
    return frame(version=2)


BAD_FRAMES: list[Callable[[ScriptedAgent], bytes]] = [
    other_size,
    cut_off,
    outside,
    no_zstd,
    jpeg_of_another_size,
    jpeg_that_only_begins,
    unknown_codec,
    later_version,
]


@pytest.mark.parametrize("make", BAD_FRAMES, ids=lambda make: make.__name__)
def test_a_malformed_frame_closes_the_line_with_a_reason(
    desk: Desk, agent: ScriptedAgent, make: Callable[[ScriptedAgent], bytes]
) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    desk.expect_state("connected")
    agent.send_payload(Channel.PICTURE, make(agent))
    desk.expect_state("failed")
    expect(desk.text).to_contain_text("malformed")
    # The customer's side is told, and the clock stands.
    agent.wait_for(lambda: agent.has(messages.Unpaired), "the end of the pairing")
    assert agent.credit == 0


def test_a_first_frame_that_continues_a_stream_is_refused(desk: Desk, agent: ScriptedAgent) -> None:
    agent.send_payload(Channel.PICTURE, frame(agent.zstd(noise(WIDTH, HEIGHT))))
    desk.expect_state("failed")
    expect(desk.text).to_contain_text("malformed")


def test_a_record_that_does_not_open_closes_the_line(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    header = struct.pack("!BBBBQ", 1, Channel.PICTURE, 0, 0, 1)
    agent.send_raw(bytes([Kind.RECORD]) + header + bytes(64))
    desk.expect_state("failed")
    expect(desk.text).to_contain_text("bad-record")


def test_a_record_that_comes_twice_closes_the_line(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    agent.repeat_last_record()
    desk.expect_state("failed")
    expect(desk.text).to_contain_text("bad-record")


def test_control_messages_of_a_later_version_are_ignored_but_no_nonsense(
    desk: Desk, agent: ScriptedAgent
) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    agent.send_payload(Channel.CONTROL, b'{"t": "sound", "volume": 11}')
    picture = noise(WIDTH, HEIGHT, seed=2)
    agent.show(picture)
    desk.expect_pixels(picture)
    agent.send_payload(Channel.CONTROL, b"no JSON")
    desk.expect_state("failed")


def test_after_a_fault_the_technician_can_begin_again(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    agent.send_payload(Channel.PICTURE, b"")
    desk.expect_state("failed")
    agent.wait_for(lambda: agent.has(messages.Unpaired), "the end of the pairing")
    desk.page.locator("#again").click()
    desk.expect_state("password")
    desk.type_password(agent.password)
    agent.wait_until_granted()
    picture = noise(WIDTH, HEIGHT, seed=4)
    agent.show(picture)
    desk.expect_state("connected")
    desk.expect_pixels(picture)


def test_after_a_fault_the_technician_can_end_it_without_a_line(
    desk: Desk, agent: ScriptedAgent, portal: Portal
) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    agent.send_payload(Channel.PICTURE, b"")
    desk.expect_state("failed")
    desk.page.get_by_test_id("end-session").click()
    desk.page.locator("#end-confirm").click()
    desk.expect_state("ended")
    assert portal.wait_for_end(agent.support_id)["end_reason"] == "technician"
