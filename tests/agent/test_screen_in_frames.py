"""A screen that the line carries slowly: short frames, what is new first, rough before right."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from agent.capture.base import Box
from agent.encode.lossy import Level
from agent.encode.means import Jpeg, Means
from agent.encode.screen import ScreenEncoder
from agent.protocol.picture import Codec, Frame, encode_frame
from tests.agent.server import Painter
from tests.agent.test_classify import photograph, text
from tests.agent.test_screen import NARROW, WIDE, Memory, deliver, settle

SIZE = (640, 480)


class Ends:
    """A screen, its encoder, and the technician's picture of it."""

    def __init__(self, image: Image.Image, means: Means = NARROW) -> None:
        self.memory, self.painter, self.encoder = Memory(image), Painter(), ScreenEncoder()
        self.means = means
        self.frames: list[Frame] = []
        self.sizes: list[int] = []
        self.send(self.encoder.first(self.memory.picture, 0, means))
        self.settle()
        self.frames.clear()
        self.sizes.clear()

    def send(self, frame: Frame | None) -> None:
        if frame is not None:
            payload = encode_frame(frame)
            self.painter.paint(payload)
            self.frames.append(frame)
            self.sizes.append(len(payload))

    def draw(self, image: Image.Image, box: tuple[int, int] = (0, 0)) -> Box:
        """Draw on the screen; return what has changed."""
        self.memory.image.paste(image, box)
        self.memory.draw()
        return Box(box[0], box[1], box[0] + image.width, box[1] + image.height)

    def update(self, *fresh: Box, now: float = 1) -> None:
        """Send one frame."""
        self.send(self.encoder.update(self.memory.picture, list(fresh), now, self.means))

    def deliver(self) -> int:
        """Send what waits; return the number of frames."""
        frames = 0
        while self.encoder.waiting():
            self.update()
            frames += 1
        return frames

    def settle(self) -> None:
        settle(self.encoder, self.painter, 0, self.means)

    @property
    def same(self) -> bool:
        return self.painter.image.tobytes() == self.memory.image.tobytes()

    @property
    def difference(self) -> float:
        """How far a pixel is from right on average, of 255."""
        both = ImageChops.difference(self.painter.image, self.memory.image)
        return sum(ImageStat.Stat(both).mean) / 3


def test_a_screen_of_text_comes_in_many_short_frames_and_is_then_right() -> None:
    means = replace(NARROW, frame_bytes=NARROW.frame_bytes // 2)
    ends = Ends(Image.new("RGB", SIZE, "navy"), means)
    ends.update(ends.draw(text(*SIZE)))
    assert ends.encoder.behind
    assert not ends.same
    assert ends.deliver() >= 2
    assert max(ends.sizes) < 1.7 * means.frame_bytes
    assert ends.same


def test_on_a_fast_line_it_is_one_frame() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"), WIDE)
    ends.update(ends.draw(text(*SIZE)))
    assert not ends.encoder.behind
    assert ends.same


def test_what_is_small_and_new_overtakes_what_waits_in_a_frame_of_its_own() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(text(*SIZE)))
    letter = ends.draw(Image.new("RGB", (9, 14), "red"), (600, 450))
    ends.update(letter)
    assert len(ends.frames) == 2
    assert all(
        letter.x0 - 16 < rect.x and rect.x + rect.w < letter.x1 + 16
        for rect in ends.frames[1].rects
    )
    assert ends.sizes[1] < 300
    assert ends.painter.image.getpixel((604, 456)) == (255, 0, 0)
    assert ends.encoder.behind
    ends.deliver()
    assert ends.same


def test_however_much_is_urgent_what_waits_comes_too() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(text(*SIZE)))
    frames = 0
    while ends.encoder.waiting():
        colour = (frames * 7 % 256, 0, 0)
        ends.update(ends.draw(Image.new("RGB", (9, 14), colour), (600, 450)))
        frames += 1
        assert frames < 60
    assert ends.same


def test_what_changes_again_while_it_waits_is_sent_once_as_it_looks_then() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(text(*SIZE)))
    last = text(*SIZE).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for turn in range(10):
        ends.draw(text(*SIZE).transpose(list(Image.Transpose)[turn % 2]))
    ends.update(ends.draw(last))
    ends.deliver()
    alone = Ends(Image.new("RGB", SIZE, "navy"))
    alone.update(alone.draw(last))
    alone.deliver()
    assert ends.same
    assert sum(ends.sizes) < 2 * sum(alone.sizes)


def test_what_moves_at_the_top_does_not_starve_what_waits_at_the_bottom() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(text(*SIZE)))
    rng = random.Random(4)  # noqa: S311 (a picture, no secret)
    for _ in range(40):
        noise = Image.frombytes("RGB", (320, 240), rng.randbytes(320 * 240 * 3))
        ends.update(ends.draw(noise))
    bottom = (0, 256, *SIZE)
    both = ImageChops.difference(ends.painter.image.crop(bottom), ends.memory.image.crop(bottom))
    # Not right to the bit: what else moves makes it so dear that some of it is a preview.
    assert sum(ImageStat.Stat(both).mean) / 3 < 12


def test_a_photograph_is_first_a_preview_then_better_then_right_then_identical() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(photograph(*SIZE)))
    assert Codec.PREVIEW in ends.painter.codecs
    # All of it is seen at once, and not much is sent for it.
    assert not ends.encoder.waiting()
    assert ends.sizes[0] < 3 * NARROW.frame_bytes
    far = [ends.difference]
    levels = []
    while (due := ends.encoder.mend_at()) is not None:
        assert ends.encoder.behind == (due <= 1)
        codecs = len(ends.painter.codecs)
        ends.send(ends.encoder.mend(max(due, 1.0), ends.means))
        levels.append(ends.painter.codecs[codecs])
        far.append(ends.difference)
    assert ends.same
    # Bytes are dear here: from preview to JPEG to a better JPEG before it is lossless.
    lossless = (Codec.ZSTD, Codec.LINES)
    firsts = [levels.index(Codec.JPEG), min(map(levels.index, {*lossless} & {*levels}))]
    assert firsts == sorted(firsts)
    assert far[0] < 12
    assert far == sorted(far, reverse=True)


def test_where_a_preview_is_no_cheaper_there_is_none() -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(text(*SIZE)))
    ends.deliver()
    assert Codec.PREVIEW not in {rect.codec for frame in ends.frames for rect in frame.rects}


def test_whoever_wishes_it_sharp_gets_no_preview() -> None:
    means = Means(6000, 2**19, 3e5, Jpeg(90, 0), None, slow=True)
    ends = Ends(Image.new("RGB", SIZE, "navy"), means)
    ends.update(ends.draw(photograph(*SIZE)))
    ends.deliver()
    assert Codec.PREVIEW not in {rect.codec for frame in ends.frames for rect in frame.rects}
    ends.settle()
    assert ends.same


def test_the_first_frame_covers_the_screen_even_where_a_frame_is_short() -> None:
    image = text(*SIZE)
    image.paste(photograph(300, 300), (200, 100))
    memory, painter, encoder = Memory(image), Painter(), ScreenEncoder()
    frame = encoder.first(memory.picture, 0, NARROW)
    covered = Image.new("L", SIZE)
    for rect in frame.rects:
        ImageDraw.Draw(covered).rectangle(
            (rect.x, rect.y, rect.x + rect.w - 1, rect.y + rect.h - 1), fill=255
        )
    assert covered.getextrema() == (255, 255)
    painter.paint(encode_frame(frame))
    deliver(encoder, painter, memory, NARROW)
    settle(encoder, painter, 0, NARROW)
    assert painter.image.tobytes() == memory.image.tobytes()


def test_a_single_row_of_a_photograph_is_still_a_photograph() -> None:
    # 16 pixels of it without loss would cost more than all of it as JPEG.
    for rows in range(2, 12):
        means = Means(4000 + 500 * rows, rows * 16 * SIZE[0], 3e5, Jpeg(60, 2), None, slow=True)
        ends = Ends(Image.new("RGB", SIZE, "navy"), means)
        ends.update(ends.draw(photograph(*SIZE)))
        ends.deliver()
        whole = [rect for frame in ends.frames for rect in frame.rects if rect.w == SIZE[0]]
        assert {rect.codec for rect in whole} == {Codec.JPEG}


@pytest.mark.parametrize("level", list(Level))
def test_mending_gives_way_to_what_is_new(level: Level) -> None:
    ends = Ends(Image.new("RGB", SIZE, "navy"))
    ends.update(ends.draw(photograph(*SIZE)))
    for _ in range(level - 1):
        due = ends.encoder.mend_at()
        assert due is not None
        ends.send(ends.encoder.mend(max(due, 1.0), ends.means))
    letter = ends.draw(Image.new("RGB", (9, 14), "red"), (600, 450))
    ends.update(letter)
    assert ends.painter.image.getpixel((604, 456)) == (255, 0, 0)
    assert ends.sizes[-1] < 1000
    ends.settle()
    assert ends.same


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([NARROW, WIDE]), st.data())
def test_whatever_happens_while_frames_are_under_way_both_ends_become_identical(
    seed: int, means: Means, data: st.DataObject
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a picture, no secret)
    width, height = rng.randint(1, 200), rng.randint(1, 200)
    ends = Ends(rng.choice([photograph, text])(width, height), means)
    now = 1.0
    for _ in range(data.draw(st.integers(1, 12))):
        now += rng.choice([0.005, 0.3])
        fresh = []
        for _ in range(rng.randrange(3)):
            x, y = rng.randrange(width), rng.randrange(height)
            w, h = rng.randint(1, width - x), rng.randint(1, height - y)
            if rng.random() < 0.3:
                from_x, from_y = rng.randint(0, width - w), rng.randint(0, height - h)
                part = ends.memory.image.crop((from_x, from_y, from_x + w, from_y + h))
            else:
                part = rng.choice([photograph, text])(w, h)
            fresh.append(ends.draw(part, (x, y)))
        due = ends.encoder.mend_at()
        if fresh or ends.encoder.waiting():
            ends.update(*fresh, now=now)
        elif due is not None and due <= now:
            ends.send(ends.encoder.mend(now, means))
    ends.deliver()
    ends.settle()
    assert ends.same
