"""What the encoder sends makes the other end's picture identical."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from agent.capture.base import Box, Picture
from agent.encode.means import Jpeg, Means
from agent.encode.screen import ScreenEncoder
from agent.protocol.picture import Codec, Frame, encode_frame
from tests.agent.server import Painter
from tests.agent.test_classify import photograph, text


class Memory:
    """A screen's memory that the test draws into."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        width, height = image.size
        self.buffer = bytearray(width * height * 4)
        self.picture = Picture(width, height, width * 4, "BGRX", memoryview(self.buffer))
        self.draw()

    def draw(self) -> Picture:
        self.buffer[:] = self.image.tobytes("raw", "BGRX")
        return self.picture

    @property
    def everything(self) -> list[Box]:
        return [Box(0, 0, self.picture.width, self.picture.height)]


# A line on which a frame holds the whole screen.
WIDE = Means(2**23, 2**23, 1e8, Jpeg(82, 0), None, slow=False)
# A line on which a screen takes many frames.
NARROW = Means(6000, 2**19, 3e5, Jpeg(60, 2), Jpeg(50, 2), slow=True)
LATER = 100.0


def settle(encoder: ScreenEncoder, painter: Painter, now: float, means: Means = WIDE) -> int:
    """Send what the encoder wants to mend; return the number of frames."""
    frames = 0
    while (due := encoder.mend_at()) is not None:
        now = max(now, due)
        frame = encoder.mend(now, means)
        assert frame is not None
        painter.paint(encode_frame(frame))
        frames += 1
    return frames


def deliver(encoder: ScreenEncoder, painter: Painter, memory: Memory, means: Means) -> int:
    """Send all that waits; return the number of frames."""
    frames = 0
    while encoder.waiting():
        frame = encoder.update(memory.picture, [], 1, means)
        assert frame is not None
        painter.paint(encode_frame(frame))
        frames += 1
    return frames


def must(frame: Frame | None) -> Frame:
    assert frame is not None
    return frame


def test_the_first_frame_begins_a_stream_and_shows_text_losslessly_at_once() -> None:
    memory, painter = Memory(text(400, 300)), Painter()
    frame = ScreenEncoder().first(memory.picture, 0)
    assert frame.fresh
    painter.paint(encode_frame(frame))
    assert set(painter.codecs) <= {Codec.ZSTD, Codec.LINES}
    assert painter.image.tobytes() == memory.image.tobytes()


def test_a_photograph_comes_as_jpeg_and_is_identical_after_a_calm_moment() -> None:
    memory, painter, encoder = Memory(photograph(700, 600)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    assert Codec.JPEG in painter.codecs
    assert painter.image.tobytes() != memory.image.tobytes()
    assert encoder.mend(0.1, WIDE) is None
    settle(encoder, painter, 0)
    assert painter.image.tobytes() == memory.image.tobytes()
    assert encoder.mend_at() is None


@pytest.mark.parametrize(
    ("size", "calm"), [((300, 300), 0.25), ((640, 360), 0.38), ((700, 600), 0.6)]
)
def test_the_larger_a_photograph_the_longer_it_must_stand_still(
    size: tuple[int, int], calm: float
) -> None:
    memory, encoder = Memory(photograph(*size)), ScreenEncoder()
    encoder.first(memory.picture, 7, WIDE)
    assert encoder.mend_at() == pytest.approx(7 + calm, abs=0.05)


def test_a_line_that_proves_faster_than_it_was_taken_for_is_not_waited_for() -> None:
    memory, painter, encoder = Memory(photograph(700, 600)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    means = NARROW
    while (due := encoder.mend_at()) is not None and due <= 1:
        frame = encoder.mend(1, means)
        assert frame is not None
        painter.paint(encode_frame(frame))
        means = WIDE
    assert painter.image.tobytes() == memory.image.tobytes()


def test_nothing_is_sent_when_nothing_has_changed() -> None:
    memory, encoder = Memory(text(200, 100)), ScreenEncoder()
    encoder.first(memory.picture, 0, WIDE)
    assert encoder.update(memory.draw(), memory.everything, 1) is None


def test_a_typed_letter_is_sent_as_the_few_pixels_that_changed() -> None:
    memory, painter, encoder = Memory(text(400, 300)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    ImageDraw.Draw(memory.image).rectangle((101, 50, 107, 58), fill="red")
    frame = encoder.update(memory.draw(), [Box(96, 48, 112, 64)], 1)
    assert frame is not None
    assert [(r.x, r.y, r.w, r.h) for r in frame.rects] == [(101, 50, 7, 9)]
    assert len(encode_frame(frame)) < 100
    painter.paint(encode_frame(frame))
    assert painter.image.tobytes() == memory.image.tobytes()


def test_a_small_change_waits_for_nothing_but_takes_its_turn_behind_what_waits() -> None:
    memory, painter, encoder = Memory(text(400, 300)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    memory.image.paste(photograph(400, 200), (0, 0))
    painter.paint(encode_frame(must(encoder.update(memory.draw(), memory.everything, 1, NARROW))))
    assert encoder.behind
    ImageDraw.Draw(memory.image).rectangle((101, 250, 107, 258), fill="red")
    urgent = must(encoder.update(memory.draw(), [Box(96, 240, 112, 272)], 1, NARROW))
    assert [(r.x, r.y, r.w, r.h) for r in urgent.rects] == [(101, 250, 7, 9)]
    assert encoder.behind
    painter.paint(encode_frame(urgent))
    deliver(encoder, painter, memory, NARROW)
    settle(encoder, painter, 2)
    assert painter.image.tobytes() == memory.image.tobytes()


def test_a_letter_on_what_the_technician_has_roughly_leaves_that_to_be_mended() -> None:
    memory, painter, encoder = Memory(photograph(400, 300)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    ImageDraw.Draw(memory.image).rectangle((101, 50, 107, 58), fill="red")
    frame = must(encoder.update(memory.draw(), [Box(96, 48, 112, 64)], 0.1))
    assert [(r.x, r.y, r.w, r.h) for r in frame.rects] == [(101, 50, 7, 9)]
    painter.paint(encode_frame(frame))
    assert encoder.mend_at() is not None
    settle(encoder, painter, 1)
    assert painter.image.tobytes() == memory.image.tobytes()


def test_a_scrolled_text_costs_little_because_the_stream_remembers_it() -> None:
    memory, painter, encoder = Memory(text(800, 600)), Painter(), ScreenEncoder()
    first = encode_frame(encoder.first(memory.picture, 0, WIDE))
    painter.paint(first)
    memory.image.paste(memory.image.crop((0, 42, 800, 600)), (0, 0))
    frame = encoder.update(memory.draw(), memory.everything, 1)
    assert frame is not None
    again = encode_frame(frame)
    assert len(again) < len(first) / 2
    painter.paint(again)
    assert painter.image.tobytes() == memory.image.tobytes()


def test_text_over_a_photograph_that_was_not_refined_yet_becomes_identical_too() -> None:
    memory, painter, encoder = Memory(photograph(320, 320)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    ImageDraw.Draw(memory.image).rectangle((100, 100, 140, 120), fill="white")
    frame = encoder.update(memory.draw(), memory.everything, 0.1)
    assert frame is not None
    painter.paint(encode_frame(frame))
    settle(encoder, painter, 1)
    assert painter.image.tobytes() == memory.image.tobytes()


def test_a_change_in_the_unused_byte_of_a_pixel_is_none() -> None:
    memory, encoder = Memory(text(64, 64)), ScreenEncoder()
    encoder.first(memory.picture, 0, WIDE)
    memory.buffer[3] = 77
    assert encoder.update(memory.picture, memory.everything, 1) is None


def test_an_update_before_the_first_picture_is_a_fault_of_ours() -> None:
    memory = Memory(text(64, 64))
    with pytest.raises(RuntimeError):
        ScreenEncoder().update(memory.picture, memory.everything, 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 130), st.integers(1, 130), st.integers(0, 2**32), st.data())
def test_whatever_is_drawn_both_ends_are_identical_after_a_calm_moment(
    width: int, height: int, seed: int, data: st.DataObject
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a picture, no secret)
    memory, painter, encoder = Memory(photograph(width, height)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    for step in range(data.draw(st.integers(0, 5))):
        corners = (
            sorted(rng.randrange(width) for _ in "ab"),
            sorted(rng.randrange(height) for _ in "ab"),
        )
        box = (corners[0][0], corners[1][0], corners[0][1] + 1, corners[1][1] + 1)
        source = rng.choice([photograph, text])(width, height)
        memory.image.paste(source.crop(box), box[:2])
        frame = encoder.update(memory.draw(), memory.everything, step * 0.1)
        if frame is not None:
            painter.paint(encode_frame(frame))
    settle(encoder, painter, 10)
    assert painter.image.tobytes() == memory.image.tobytes()
