"""The picture at rest is compared with what the agent says, and sent anew when it differs."""

import hashlib

import numpy as np

from agent.protocol import control
from agent.protocol.picture import Codec, Frame, Rect, copy_data
from tests.integration.rig.display import Pixels
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk

# From its first picture on the worker's context is where the test can spoil it.
KEEP_CONTEXT = """
const { putImageData } = OffscreenCanvasRenderingContext2D.prototype;
OffscreenCanvasRenderingContext2D.prototype.putImageData = function (...options) {
  globalThis.keptContext = this;
  return putImageData.apply(this, options);
};
null
"""
WIDTH, HEIGHT = 300, 200


def noise(seed: int) -> Pixels:
    """Return a picture in which every pixel counts."""
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def digest_of(picture: Pixels) -> bytes:
    """Return what the picture hashes to, by the words of the protocol."""
    bands = [picture[top : top + 64] for top in range(0, len(picture), 64)]
    hashes = [hashlib.sha256(band.tobytes()).digest() for band in bands]
    return hashlib.sha256(b"".join(hashes)).digest()


def refreshes(agent: ScriptedAgent) -> int:
    """Return how often the page has asked for a full picture."""
    return sum(isinstance(message, control.Refresh) for message in agent.told)


def wait_for_refreshes(agent: ScriptedAgent, count: int) -> None:
    """Wait until the page has asked for a full picture that often."""
    until(lambda: refreshes(agent) == count, within=10, what=f"{count} wishes for a full picture")


def spoil(desk: Desk) -> None:
    """Paint a little square over the picture, as a fault of ours would."""
    desk.page.workers[0].evaluate("keptContext.fillRect(120, 90, 2, 2)")


def test_a_right_picture_stays(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(1)
    agent.show(picture)
    agent.send_control(control.Checksum(1, digest_of(picture)))
    desk.page.wait_for_timeout(1000)
    assert refreshes(agent) == 0
    desk.expect_pixels(picture)


def test_a_spoilt_picture_is_sent_anew(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(2)
    desk.expect_state("opening")
    desk.page.workers[0].evaluate(KEEP_CONTEXT)
    agent.show(picture)
    spoil(desk)
    agent.send_control(control.Checksum(1, digest_of(picture)))
    wait_for_refreshes(agent, 1)
    agent.show(picture)
    desk.expect_pixels(picture)
    agent.send_control(control.Checksum(2, digest_of(picture)))
    desk.page.wait_for_timeout(1000)
    assert refreshes(agent) == 1


def test_a_rectangle_that_never_came_is_noticed(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(3)
    agent.show(picture)
    wanted = picture.copy()
    wanted[0:100, 0:100] = picture[100:200, 200:300]
    dropped = Rect(0, 0, 100, 100, Codec.COPY, copy_data(200, 100))
    kept = Rect(0, 0, 100, 99, Codec.COPY, copy_data(200, 100))
    agent.send_frame(Frame(WIDTH, HEIGHT, (kept,)))
    agent.send_control(control.Checksum(2, digest_of(wanted)))
    wait_for_refreshes(agent, 1)
    agent.show(picture)
    agent.send_frame(Frame(WIDTH, HEIGHT, (dropped,)))
    agent.wait_for_credit(4)
    desk.expect_pixels(wanted)


def test_a_checksum_of_another_frame_says_nothing(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(4)
    agent.show(picture)
    agent.send_control(control.Checksum(2, bytes(32)))
    agent.send_frame(Frame(WIDTH, HEIGHT, ()))
    agent.wait_for_credit(2)
    agent.send_control(control.Checksum(1, bytes(32)))
    desk.page.wait_for_timeout(1000)
    assert refreshes(agent) == 0


def test_a_browser_that_falsifies_its_canvas_asks_three_times(
    desk: Desk, agent: ScriptedAgent
) -> None:
    agent.show(noise(5))
    for wanted in (1, 2, 3):
        agent.send_control(control.Checksum(1, bytes(32)))
        wait_for_refreshes(agent, wanted)
    for _ in range(2):
        agent.send_control(control.Checksum(1, bytes(32)))
        desk.page.wait_for_timeout(400)
    assert refreshes(agent) == 3
    desk.expect_state("connected")
