"""Pixels of the canvas against pixels of the agent."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from agent.protocol.picture import Codec, Frame, Rect, copy_data
from tests.integration.rig.display import Pixels
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk

pytestmark = pytest.mark.integration

WIDTH, HEIGHT = 640, 400


def noise(width: int, height: int, seed: int = 1) -> Pixels:
    """Return pixels of every colour."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def jpeg(pixels: Pixels, subsampling: int = 0) -> bytes:
    """Return a JPEG; subsampling 0 is 4:4:4, 2 is 4:2:0."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=82, subsampling=subsampling)
    return file.getvalue()


def decoded(data: bytes) -> Pixels:
    """Return the pixels that a JPEG decoder makes of it."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8)


def smooth(width: int, height: int) -> Pixels:
    """Return a picture like a photograph: gradients."""
    rows, columns = np.mgrid[0:height, 0:width]
    channels = (rows * 255 // height, columns * 255 // width, (rows + columns) % 256)
    return np.stack(channels, axis=2).astype(np.uint8)


def test_a_whole_picture_arrives_pixel_by_pixel(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(WIDTH, HEIGHT)
    agent.show(picture)
    desk.expect_state("connected")
    desk.expect_pixels(picture)


def test_changed_rectangles_continue_the_stream(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(WIDTH, HEIGHT).copy()
    agent.show(picture)
    # Widths that are no multiple of four pixels, and the corners of the screen.
    for number, (x, y, w, h) in enumerate(
        [(0, 0, 1, 1), (639, 399, 1, 1), (13, 7, 101, 33), (600, 0, 39, 400), (0, 371, 638, 3)]
    ):
        changed = noise(w, h, seed=number)
        picture[y : y + h, x : x + w] = changed
        agent.send_frame(Frame(WIDTH, HEIGHT, (agent.zstd(changed, x, y),)))
        agent.wait_for_credit(2 + number)
    desk.expect_pixels(picture)


@pytest.mark.parametrize("subsampling", [0, 2], ids=["4:4:4", "4:2:0"])
def test_a_photograph_arrives_as_its_jpeg_says(
    desk: Desk, agent: ScriptedAgent, subsampling: int
) -> None:
    picture = noise(WIDTH, HEIGHT).copy()
    agent.show(picture)
    photograph = jpeg(smooth(160, 120), subsampling)
    rect = Rect(16, 32, 160, 120, Codec.JPEG, photograph)
    agent.send_frame(Frame(WIDTH, HEIGHT, (rect,)))
    agent.wait_for_credit(2)
    picture[32:152, 16:176] = decoded(photograph)
    desk.expect_pixels(picture)


@pytest.mark.parametrize(
    ("to", "source"),
    [((0, 0), (0, 100)), ((0, 100), (0, 0)), ((37, 5), (30, 2)), ((300, 100), (2, 2))],
    ids=["scrolled up", "scrolled down", "overlapping both ways", "apart"],
)
def test_a_copy_moves_what_stands_there(
    desk: Desk, agent: ScriptedAgent, to: tuple[int, int], source: tuple[int, int]
) -> None:
    picture = noise(WIDTH, HEIGHT)
    agent.show(picture)
    (x, y), (from_x, from_y) = to, source
    w, h = 330, 290
    rect = Rect(x, y, w, h, Codec.COPY, copy_data(from_x, from_y))
    agent.send_frame(Frame(WIDTH, HEIGHT, (rect,)))
    agent.wait_for_credit(2)
    moved = picture.copy()
    moved[y : y + h, x : x + w] = picture[from_y : from_y + h, from_x : from_x + w]
    desk.expect_pixels(moved)


def test_rectangles_are_painted_in_their_order(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(WIDTH, HEIGHT).copy()
    agent.show(picture)
    below, above = noise(200, 200, seed=5), noise(50, 50, seed=6)
    photograph = jpeg(smooth(96, 64))
    agent.send_frame(
        Frame(
            WIDTH,
            HEIGHT,
            (
                agent.zstd(below, 100, 100),
                Rect(120, 110, 96, 64, Codec.JPEG, photograph),
                Rect(400, 50, 200, 200, Codec.COPY, copy_data(100, 100)),
                agent.zstd(above, 130, 120),
            ),
        )
    )
    agent.wait_for_credit(2)
    picture[100:300, 100:300] = below
    picture[110:174, 120:216] = decoded(photograph)
    picture[50:250, 400:600] = picture[100:300, 100:300]
    picture[120:170, 130:180] = above
    desk.expect_pixels(picture)


def test_another_screen_size_replaces_the_picture(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    larger = noise(1024, 768, seed=9)
    agent.send_frame(Frame(1024, 768, (agent.zstd(larger),)))
    agent.wait_for_credit(2)
    desk.expect_pixels(larger)
    expect(desk.screen).to_have_js_property("width", 1024)


def test_a_fresh_stream_in_the_middle_forgets_the_old_one(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    agent.start_stream()
    picture = noise(WIDTH, HEIGHT, seed=3)
    agent.send_frame(Frame(WIDTH, HEIGHT, (agent.zstd(picture),), fresh=True))
    agent.wait_for_credit(2)
    desk.expect_pixels(picture)


def test_a_frame_of_many_records_arrives_whole(desk: Desk, agent: ScriptedAgent) -> None:
    # Noise does not compress: 6 MB in records of at most 256 KiB.
    picture = noise(1920, 1080)
    agent.show(picture)
    desk.expect_pixels(picture)


def test_frames_are_credited_one_by_one_after_painting(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(WIDTH, HEIGHT))
    for number in range(2, 40):
        dot = noise(3, 3, seed=number)
        agent.send_frame(Frame(WIDTH, HEIGHT, (agent.zstd(dot, number, number),)))
        agent.wait_for_credit(number)
    assert agent.credit == 39
    desk.expect_state("connected")


def test_without_a_change_only_the_frame_counts(desk: Desk, agent: ScriptedAgent) -> None:
    picture = noise(WIDTH, HEIGHT)
    agent.show(picture)
    agent.send_frame(Frame(WIDTH, HEIGHT, ()))
    agent.wait_for_credit(2)
    desk.expect_pixels(picture)
