"""What was scrolled or dragged is copied; whatever happens, both pictures are identical."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from agent.capture.base import Box
from agent.encode.area import TileGrid
from agent.encode.copy import Copy, find_copies
from agent.encode.kernel import Kernel, Pair, PlainKernel, load
from agent.encode.lossy import CALM
from agent.encode.screen import ScreenEncoder
from agent.protocol.picture import Codec, Frame, copy_source, encode_frame
from tests.agent.server import Painter
from tests.agent.test_classify import photograph, text
from tests.agent.test_kernel import picture_of
from tests.agent.test_screen import WIDE, Memory, settle

KERNELS = [load(), PlainKernel()]


def copies_of(
    new: Image.Image,
    old: Image.Image,
    *,
    rows: tuple[int, int] | None = None,
    kernel: Kernel = KERNELS[0],
) -> list[Copy]:
    pair = Pair(picture_of(new), picture_of(old))
    grid = TileGrid(*new.size)
    intervals = [rows or (0, new.height)]
    kernel.mark(pair, grid, [Box(0, top, pair.new.width, bottom) for top, bottom in intervals])
    return find_copies(kernel, pair, grid, intervals)


def painted(old: Image.Image, copies: list[Copy]) -> Image.Image:
    image = old.copy()
    for copy in copies:
        box = copy.source_box
        image.paste(image.crop((box.x0, box.y0, box.x1, box.y1)), (copy.box.x0, copy.box.y0))
    return image


def different(one: Image.Image, two: Image.Image) -> int:
    """Count the pixels that differ."""
    pairs = zip(one.tobytes("raw", "RGBX"), two.tobytes("raw", "RGBX"), strict=True)
    return sum(a != b for a, b in pairs)


def test_the_compiled_loops_are_what_is_tested_here() -> None:
    assert not isinstance(KERNELS[0], PlainKernel)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("way", [(0, 37), (0, -120), (25, 0), (-64, 0)])
def test_a_scrolled_page_between_bars_that_stay_is_one_copy(
    kernel: Kernel, way: tuple[int, int]
) -> None:
    page, old = text(900, 700), photograph(640, 480)
    old.paste(page.crop((150, 150, 550, 550)), (100, 40))
    new = old.copy()
    new.paste(page.crop((150 + way[0], 150 + way[1], 550 + way[0], 550 + way[1])), (100, 40))
    copies = copies_of(new, old, kernel=kernel)
    assert [(c.source[0] - c.box.x0, c.source[1] - c.box.y0) for c in copies] == [way]
    left = different(painted(old, copies), new) / different(old, new)
    assert left < abs(sum(way)) / 400 + 0.05


@pytest.mark.parametrize("way", [(-13, 11), (40, 40), (-150, 90)])
def test_a_dragged_window_is_copied_with_its_frame(way: tuple[int, int]) -> None:
    desk, window = photograph(640, 480), text(220, 160)
    old, new = desk.copy(), desk.copy()
    old.paste(window, (203, 147))
    new.paste(window, (203 + way[0], 147 + way[1]))
    copies = copies_of(new, old)
    assert Copy(Box(203 + way[0], 147 + way[1], 423 + way[0], 307 + way[1]), (203, 147)) in copies


def test_two_panes_scrolled_by_different_ways_are_two_copies() -> None:
    page = text(900, 700)
    old, new = Image.new("RGB", (800, 480)), Image.new("RGB", (800, 480))
    for image, left, right in ((old, 0, 0), (new, 30, -44)):
        image.paste(page.crop((0, 100 + left, 392, 580 + left)), (0, 0))
        image.paste(page.crop((300, 100 + right, 700, 580 + right)), (400, 0))
    copies = copies_of(new, old)
    assert {copy.source[1] - copy.box.y0 for copy in copies} == {30, -44}


def test_a_typed_letter_is_no_matter_for_copies() -> None:
    old = text(400, 300)
    new = old.copy()
    new.paste(old.crop((0, 0, 10, 14)), (200, 200))
    assert copies_of(new, old) == []


def test_copies_stay_in_the_rows_that_were_read() -> None:
    old = text(400, 400)
    new = old.copy()
    new.paste(old.crop((0, 30, 400, 400)), (0, 0))
    copies = copies_of(new, old, rows=(70, 310))
    assert copies
    assert all(copy.box.y0 >= 70 and copy.box.y1 <= 310 for copy in copies)


def test_two_parts_that_changed_places_cannot_both_be_copied() -> None:
    old = Image.new("RGB", (640, 240))
    one, two = text(300, 240), photograph(300, 240)
    old.paste(one, (0, 0))
    old.paste(two, (320, 0))
    new = Image.new("RGB", (640, 240))
    new.paste(two, (0, 0))
    new.paste(one, (320, 0))
    copies = copies_of(new, old)
    before = different(old, new)
    assert different(painted(old, copies), new) <= before


def test_a_scrolled_photograph_that_is_not_yet_lossless_becomes_so_where_it_is_now() -> None:
    memory, painter, encoder = Memory(photograph(640, 640)), Painter(), ScreenEncoder()
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    memory.image.paste(memory.image.crop((0, 50, 640, 640)), (0, 0))
    frame = encoder.update(memory.draw(), memory.everything, 0.1, WIDE)
    assert frame is not None
    assert Codec.COPY in [rect.codec for rect in frame.rects]
    painter.paint(encode_frame(frame))
    assert painter.image.tobytes() != memory.image.tobytes()
    settle(encoder, painter, 1)
    assert painter.image.tobytes() == memory.image.tobytes()


class Desktop:
    """Windows, pages and overlays that somebody moves at random."""

    def __init__(self, rng: random.Random, width: int, height: int) -> None:
        self._rng = rng
        self._page = text(width, height + 200)
        self.image = Image.new("RGB", (width, height), "white")
        self.image.paste(photograph(width, height).crop((0, 0, width // 3, height)))
        self._window = text(max(width // 2, 1), max(height // 2, 1))
        self._place = (width // 5, height // 5)
        self._under = self.image.copy()
        self._top = 0

    def act(self) -> None:
        """Scroll, drag, cover something, move a part by itself."""
        self._rng.choice([self._scroll, self._drag, self._overlay, self._shift])()

    def _scroll(self) -> None:
        width, height = self.image.size
        self._top = max(0, min(self._top + self._rng.randint(-90, 90), 200))
        left = self._rng.choice([0, 0, width // 4])
        page = self._page.crop((left, self._top, width, self._top + height))
        self.image.paste(page, (left, self._rng.choice([0, 0, 20])))

    def _drag(self) -> None:
        self.image.paste(self._under)
        x, y = self._place
        self._place = (x + self._rng.randint(-60, 60), y + self._rng.randint(-60, 60))
        self.image.paste(self._window, self._place)

    def _overlay(self) -> None:
        width, height = self.image.size
        x, y = self._rng.randrange(width), self._rng.randrange(height)
        colour = self._rng.choice(["white", "navy", "red"])
        draw = ImageDraw.Draw(self.image)
        draw.rectangle((x, y, x + self._rng.randint(0, 99), y + self._rng.randint(0, 60)), colour)

    def _shift(self) -> None:
        width, height = self.image.size
        x, y = self._rng.randrange(width), self._rng.randrange(height)
        part = self.image.crop((x, y, width, height))
        self.image.paste(part, (x + self._rng.randint(-70, 70), y + self._rng.randint(-70, 70)))


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=40, deadline=None)
@given(st.integers(1, 330), st.integers(1, 260), st.integers(0, 2**32), st.booleans())
def test_whatever_is_moved_both_ends_are_identical(
    kernel: Kernel, width: int, height: int, seed: int, resized: bool
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a picture, no secret)
    encoder, painter = ScreenEncoder(kernel), Painter()
    now = 0.0
    for size in ((width, height), (height, width))[: 1 + resized]:
        desktop = Desktop(rng, *size)
        memory = Memory(desktop.image)
        painter.paint(encode_frame(encoder.first(memory.picture, now, WIDE)))
        for _ in range(rng.randint(1, 6)):
            now += rng.choice([0.02, CALM])
            desktop.act()
            frame = encoder.update(memory.draw(), memory.everything, now, WIDE)
            if frame is not None:
                painter.paint(encode_frame(frame))
            if encoder.mend_at() is None:
                assert painter.image.tobytes() == memory.image.tobytes()
        settle(encoder, painter, now)
        assert painter.image.tobytes() == memory.image.tobytes()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_rows_that_were_not_read_stay_as_they_were(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 (a picture, no secret)
    encoder, painter, height = ScreenEncoder(), Painter(), 300
    memory = Memory(text(400, height))
    painter.paint(encode_frame(encoder.first(memory.picture, 0, WIDE)))
    for _ in range(4):
        top = rng.randrange(height - 80)
        bottom = rng.randint(top + 40, height)
        part = memory.image.crop((0, top, 400, bottom))
        memory.image.paste((255, 255, 255), (0, top, 400, bottom))
        way = rng.randint(-40, 40)
        memory.image.paste(part.crop((0, max(way, 0), 400, part.height)), (0, top + max(-way, 0)))
        # What hung over the lower edge of the rows is none of this program's drawing.
        rows = [Box(0, top, 400, min(bottom + 40, height))]
        frame = encoder.update(memory.draw(), rows, 1, WIDE)
        if frame is not None:
            painter.paint(encode_frame(frame))
        assert painter.image.tobytes() == memory.image.tobytes()


def test_a_way_that_is_likely_is_found_again_and_a_wrong_one_does_no_harm() -> None:
    old = text(640, 480)
    new = old.copy()
    new.paste(old.crop((0, 42, 640, 480)), (0, 0))
    pair = Pair(picture_of(new), picture_of(old))
    grid = TileGrid(640, 480)
    kernel = load()
    kernel.mark(pair, grid, [Box(0, 0, pair.new.width, 480)])
    found = find_copies(kernel, pair, grid, [(0, 480)])
    assert found[0].way == (0, 42)
    assert find_copies(kernel, pair, grid, [(0, 480)], (0, 42)) == found
    for wrong in ((0, -42), (3, 5), (-2000, 900)):
        assert (0, 42) in [c.way for c in find_copies(kernel, pair, grid, [(0, 480)], wrong)]


def test_copies_take_a_small_part_of_the_areas_that_a_frame_may_have() -> None:
    memory, encoder = Memory(text(640, 480)), ScreenEncoder()
    encoder.first(memory.picture, 0, WIDE)
    memory.image.paste(memory.image.crop((0, 42, 640, 480)), (0, 0))
    frame: Frame | None = encoder.update(memory.draw(), memory.everything, 1, WIDE)
    assert frame is not None
    copies = [rect for rect in frame.rects if rect.codec is Codec.COPY]
    assert copies
    assert sum(rect.w * rect.h for rect in copies) <= 1.25 * 640 * 480
    assert {copy_source(rect)[1] - rect.y for rect in copies} == {42}


@pytest.mark.parametrize("way", [(-2, -13), (2, -13), (-1, 13), (-7, 11)])
def test_a_window_over_an_edge_of_plain_colour_is_copied_in_parts_that_do_not_overlap(
    way: tuple[int, int],
) -> None:
    desk, window = text(1300, 900), text(700, 500)
    desk.paste((30, 60, 110), (500, 0, 1300, 900))
    old, new = desk.copy(), desk.copy()
    old.paste(window, (300, 150))
    new.paste(window, (300 + way[0], 150 + way[1]))
    copies = copies_of(new, old)
    boxes = [copy.box for copy in copies]
    for number, box in enumerate(boxes):
        for other in boxes[:number]:
            apart = box.x1 <= other.x0 or other.x1 <= box.x0
            assert apart or box.y1 <= other.y0 or other.y1 <= box.y0
    # What is uncovered of the text remains, not what is uncovered of the plain colour.
    assert different(painted(old, copies), new) < 0.022 * different(old, new)


def test_a_likely_way_that_brings_little_is_not_taken_for_what_went_another_way() -> None:
    desk, window = text(900, 600), text(400, 300)
    for left in range(20, 380, 90):
        window.paste((240, 240, 240), (left, 30, left + 80, 270))
    old, new = desk.copy(), desk.copy()
    old.paste(window, (300, 150))
    new.paste(window, (286, 140))
    pair = Pair(picture_of(new), picture_of(old))
    grid = TileGrid(900, 600)
    kernel = load()
    kernel.mark(pair, grid, [Box(0, 0, pair.new.width, 600)])
    found = find_copies(kernel, pair, grid, [(0, 600)], (15, 11))
    assert max(found, key=lambda copy: copy.box.area).way == (14, 10)
