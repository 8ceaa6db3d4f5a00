"""What comes back is restored by a few bytes, exactly, and only what really comes back."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.capture.base import Box
from agent.encode.kernel import PlainKernel
from agent.encode.lossy import CALM
from agent.encode.screen import ScreenEncoder
from agent.protocol.picture import Codec, Rect, encode_frame
from tests.agent.server import Painter
from tests.agent.test_classify import photograph, text
from tests.agent.test_screen import NARROW, WIDE, Memory, settle

SIZE = (640, 480)


class Desk:
    """A screen on which windows open and close, and the technician who looks."""

    def __init__(self, image: Image.Image, encoder: ScreenEncoder | None = None) -> None:
        self.memory = Memory(image)
        self.painter = Painter()
        self.encoder = encoder or ScreenEncoder()
        self.now = 0.0
        self.painter.paint(encode_frame(self.encoder.first(self.memory.picture, 0, WIDE)))
        self.rest()

    def show(self, image: Image.Image, pause: float = 1.0) -> list[Rect]:
        """Show this after a pause; return the rectangles that bring it."""
        self.now += pause
        self.memory.image = image.copy()
        frame = self.encoder.update(self.memory.draw(), self.memory.everything, self.now, WIDE)
        if frame is None:
            return []
        self.painter.paint(encode_frame(frame))
        assert not self.encoder.waiting()
        return list(frame.rects)

    def rest(self) -> None:
        """Let everything be mended."""
        settle(self.encoder, self.painter, self.now)
        assert self.identical

    @property
    def identical(self) -> bool:
        return self.painter.image.tobytes() == self.memory.image.tobytes()


def with_window(desk: Image.Image, window: Image.Image, place: tuple[int, int]) -> Image.Image:
    image = desk.copy()
    image.paste(window, place)
    return image


def size_of(rects: list[Rect]) -> int:
    return sum(len(rect.data) + 13 for rect in rects)


def test_a_screen_that_was_there_before_comes_back_for_a_few_bytes() -> None:
    screens = [text(*SIZE), photograph(*SIZE), text(*SIZE).rotate(180)]
    desk = Desk(screens[0])
    for screen in screens[1:]:
        assert Codec.KEEP in {rect.codec for rect in desk.show(screen)}
        desk.rest()
    for screen in (screens[0], screens[1], screens[2], screens[1]):
        rects = desk.show(screen)
        assert {rect.codec for rect in rects} <= {Codec.KEEP, Codec.RESTORE}
        assert size_of(rects) < 100
        assert desk.identical


def test_what_a_window_covers_is_back_when_it_closes() -> None:
    page, window = photograph(*SIZE), text(300, 200)
    desk = Desk(page)
    desk.show(with_window(page, window, (105, 83)))
    desk.rest()
    rects = desk.show(page)
    assert Codec.RESTORE in {rect.codec for rect in rects}
    assert Codec.JPEG not in {rect.codec for rect in rects}
    assert size_of(rects) < 200
    assert desk.identical


def test_a_window_that_is_dragged_over_a_picture_uncovers_it_for_few_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, window = photograph(*SIZE), text(260, 180)
    cost = []
    for planes in (4, 0):
        monkeypatch.setattr("agent.encode.planes.PLANES", planes)
        desk = Desk(page)
        steps = [*range(20), *range(20, 0, -1)]
        cost.append(
            [
                size_of(desk.show(with_window(page, window, (40 + 16 * x, 92 + 4 * x)), 0.04))
                for x in steps
            ]
        )
        desk.rest()
    assert sum(cost[0][1:]) * 8 < sum(cost[1][1:])


def test_something_similar_is_not_taken_for_what_was_kept() -> None:
    page = text(*SIZE)
    desk = Desk(page)
    desk.show(photograph(*SIZE))
    desk.rest()
    nearly = page.copy()
    for x in range(0, 640, 16):
        for y in range(0, 480, 16):
            nearly.putpixel((x + 5, y + 7), (1, 2, 3))
    rects = desk.show(nearly)
    assert Codec.RESTORE not in {rect.codec for rect in rects}
    desk.rest()


def test_what_was_kept_roughly_comes_back_roughly_and_is_mended() -> None:
    screens = [text(*SIZE), photograph(*SIZE)]
    desk = Desk(screens[0])
    desk.show(screens[1])
    desk.show(screens[0], CALM / 2)
    desk.show(screens[1], 1.0)
    if not desk.identical:
        assert desk.encoder.mend_at() is not None
    desk.rest()


def test_what_moves_all_the_time_is_not_kept() -> None:
    desk = Desk(text(*SIZE))
    codecs = []
    for number in range(30):
        page = text(640, 900).crop((0, 7 * number, 640, 7 * number + 480))
        codecs += [rect.codec for rect in desk.show(page, 0.04)]
    assert codecs.count(Codec.KEEP) <= 2
    desk.rest()


def test_a_fresh_stream_begins_with_empty_planes() -> None:
    page, other = text(*SIZE), photograph(*SIZE)
    desk = Desk(page)
    desk.show(other)
    desk.painter.paint(encode_frame(desk.encoder.first(desk.memory.picture, desk.now, WIDE)))
    desk.rest()
    assert Codec.RESTORE not in {rect.codec for rect in desk.show(page)}
    desk.rest()


def test_five_screens_are_one_more_than_can_be_kept() -> None:
    screens = [photograph(640, 480 + 40 * n).crop((0, 40 * n, 640, 40 * n + 480)) for n in range(9)]
    desk = Desk(screens[0])
    for screen in screens[1:]:
        desk.show(screen)
        desk.rest()
    assert Codec.RESTORE in {rect.codec for rect in desk.show(screens[6])}
    assert Codec.RESTORE not in {rect.codec for rect in desk.show(screens[0])}
    desk.rest()


def test_without_the_compiled_loops_nothing_is_kept() -> None:
    page, other = text(*SIZE), photograph(*SIZE)
    desk = Desk(page, ScreenEncoder(PlainKernel()))
    codecs = {rect.codec for screen in (other, page, other) for rect in desk.show(screen)}
    assert not codecs & {Codec.KEEP, Codec.RESTORE}


def test_a_picture_too_large_for_planes_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.encode.planes.PLANE_PIXELS_MAX", 640 * 480 - 1)
    page, other = text(*SIZE), photograph(*SIZE)
    desk = Desk(page)
    codecs = {rect.codec for screen in (other, page, other) for rect in desk.show(screen)}
    assert not codecs & {Codec.KEEP, Codec.RESTORE}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.booleans(), st.data())
def test_whatever_opens_closes_moves_and_plays_both_ends_become_identical(
    seed: int, narrow: bool, data: st.DataObject
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a picture, no secret)
    width, height = data.draw(st.integers(100, 330)), data.draw(st.integers(100, 330))
    means = NARROW if narrow else WIDE
    backs = [text(width, height), photograph(width, height), Image.new("RGB", (width, height))]
    windows = [text(120, 90), photograph(150, 100), photograph(64, 64)]
    memory, painter, encoder = Memory(backs[0].copy()), Painter(), ScreenEncoder()
    encoder.show_films(wanted=True)
    painter.paint(encode_frame(encoder.first(memory.picture, 0, means)))
    now = 0.0
    for _ in range(data.draw(st.integers(1, 25))):
        now += rng.choice((0.02, 0.04, 0.3, 1.0))
        if rng.random() < 0.4:
            memory.image = rng.choice(backs).copy()
        if rng.random() < 0.7:
            place = (rng.randrange(-40, width), rng.randrange(-40, height))
            memory.image.paste(rng.choice(windows), place)
        if rng.random() < 0.2:
            frame = encoder.mend(now, means)
        else:
            frame = encoder.update(memory.draw(), memory.everything, now, means)
        if frame is not None:
            painter.paint(encode_frame(frame))
    memory.draw()
    fresh = [Box(0, 0, width, height)]
    while (frame := encoder.update(memory.picture, fresh, now, means)) is not None:
        painter.paint(encode_frame(frame))
        fresh = []
    settle(encoder, painter, now, means)
    assert painter.image.tobytes() == memory.image.tobytes()
