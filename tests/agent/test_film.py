"""A film goes as H.264, everything around it as ever, and is identical once it rests."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from agent.capture.base import Box
from agent.encode import h264
from agent.encode.film import BITS_LEAST, affordable
from agent.encode.h264 import FilmError, OpenH264, Rate
from agent.encode.h264.build import build
from agent.encode.kernel import load
from agent.encode.screen import ScreenEncoder
from agent.protocol.picture import Codec, Frame, Rect, encode_frame
from tests.agent.server import Painter
from tests.agent.test_classify import photograph, text
from tests.agent.test_kernel import picture_of
from tests.agent.test_screen import LATER, NARROW, WIDE, Memory, settle

SIZE = (640, 480)
SCREEN = Box(0, 0, *SIZE)
FILM = (101, 77, 401, 277)
PACE = 0.04
ENOUGH = Rate(2_000_000, 16)


def pictures(size: tuple[int, int]) -> Iterator[Image.Image]:
    """Yield pieces of a large photograph, as a camera moves over it, with the camera's grain."""
    whole = photograph(size[0] + 200, size[1] + 200)
    for number in count():
        x, y = 3 * number % 199, 2 * number % 199
        piece = whole.crop((x, y, x + size[0], y + size[1]))
        grain = random.Random(number).randbytes(size[0] * size[1] * 3)  # noqa: S311 (a picture)
        yield Image.blend(piece, Image.frombytes("RGB", size, grain), 0.02)


class Cinema:
    """A page of text with a film in it, and the technician who watches."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.memory = Memory(text(*SIZE))
        self.painter = Painter()
        self.encoder = ScreenEncoder()
        self.encoder.show_films(wanted=wanted)
        self.now = 0.0
        self.film = pictures((FILM[2] - FILM[0], FILM[3] - FILM[1]))
        self.begin()

    def begin(self) -> None:
        self.painter.paint(encode_frame(self.encoder.first(self.memory.draw(), self.now, WIDE)))

    def step(self, place: tuple[int, int] = FILM[:2]) -> list[Rect]:
        """Show the next picture of the film; return the rectangles that bring it."""
        self.memory.image.paste(next(self.film), place)
        return self.show()

    def show(self) -> list[Rect]:
        """Bring what the screen shows, all of it."""
        self.now += PACE
        frame: Frame | None = self.encoder.update(self.memory.draw(), [SCREEN], self.now, WIDE)
        rects: list[Rect] = []
        while frame is not None:
            self.painter.paint(encode_frame(frame))
            rects += frame.rects
            frame = None
            if self.encoder.waiting():
                frame = self.encoder.update(self.memory.picture, [], self.now, WIDE)
        return rects

    def rest(self) -> None:
        """Let everything be mended."""
        settle(self.encoder, self.painter, self.now)
        self.now += LATER

    @property
    def identical(self) -> bool:
        return self.painter.image.tobytes() == self.memory.image.tobytes()


def films(rects: list[Rect]) -> list[Rect]:
    return [rect for rect in rects if rect.codec is Codec.H264]


def test_a_film_is_found_and_goes_as_one_to_the_pixel() -> None:
    cinema = Cinema()
    steps = [cinema.step() for _ in range(20)]
    assert not films(steps[0])
    for number, rects in enumerate(steps[5:]):
        (rect,) = rects
        assert rect.codec is Codec.H264
        assert (rect.x, rect.y, rect.x + rect.w, rect.y + rect.h) == FILM
        assert rect.data[0] == 0 or number == 0
    assert sum(rect.data[0] for rects in steps for rect in films(rects)) == 1


def test_a_film_costs_a_fraction_of_its_photographs() -> None:
    cost = []
    for wanted in (True, False):
        cinema = Cinema(wanted=wanted)
        steps = [cinema.step() for _ in range(30)]
        cost.append(sum(len(rect.data) for rects in steps[10:] for rect in rects))
    assert cost[0] * 4 < cost[1]


def test_a_film_that_rests_becomes_identical() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    assert not cinema.identical
    cinema.rest()
    assert cinema.identical


def test_a_film_that_stops_for_a_second_looks_right_and_is_not_brought_without_loss() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    end = cinema.now + 1
    mended: list[Rect] = []
    while (due := cinema.encoder.mend_at()) is not None and due < end:
        cinema.now = max(cinema.now, due)
        frame = cinema.encoder.mend(cinema.now, WIDE)
        assert frame is not None
        cinema.painter.paint(encode_frame(frame))
        mended += frame.rects
    assert {rect.codec for rect in mended} == {Codec.JPEG}
    cinema.rest()
    assert cinema.identical


def test_what_is_written_beside_and_over_a_film_is_there_too() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    cinema.memory.image.paste(next(cinema.film), FILM[:2])
    draw = ImageDraw.Draw(cinema.memory.image)
    draw.rectangle((20, 20, 60, 40), fill="red")
    draw.rectangle((FILM[0] - 9, FILM[1] + 30, FILM[0] + 9, FILM[1] + 50), fill="blue")
    rects = cinema.show()
    codecs = {rect.codec for rect in rects}
    assert Codec.H264 in codecs
    assert codecs & {Codec.ZSTD, Codec.LINES}
    outside = cinema.painter.image.copy()
    wanted = cinema.memory.image.copy()
    for image in (outside, wanted):
        # The tiles at its edge were part of a photograph once.
        image.paste("black", (96, 64, 416, 288))
    assert outside.tobytes() == wanted.tobytes()
    cinema.rest()
    assert cinema.identical


def test_a_film_elsewhere_begins_with_a_key_frame() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    moved = [film for _ in range(90) for film in films(cinema.step((301, 197)))]
    assert [rect.data[0] for rect in moved].count(1) >= 1
    last = moved[-1]
    assert (last.x, last.y, last.x + last.w, last.y + last.h) == (301, 197, 601, 397)
    cinema.rest()
    assert cinema.identical


def test_a_film_that_grows_takes_its_new_edge_along() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    cinema.film = pictures((400, 300))
    rects = [cinema.step() for _ in range(60)][-1]
    assert [(r.x, r.y, r.w, r.h) for r in films(rects)] == [(*FILM[:2], 400, 300)]
    assert len(rects) == 1


def test_nothing_is_a_film_that_is_small_or_drawn_or_unwanted() -> None:
    cinema = Cinema()
    cinema.film = pictures((60, 60))
    assert not any(films(cinema.step()) for _ in range(12))
    pages = [text(300, 200), text(310, 200).crop((10, 0, 310, 200))]
    for number in range(12):
        cinema.memory.image.paste(pages[number % 2], FILM[:2])
        assert not films(cinema.show())
    cinema = Cinema(wanted=False)
    assert not any(films(cinema.step()) for _ in range(12))


def test_a_browser_that_cannot_any_more_gets_photographs_at_once() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    cinema.encoder.show_films(wanted=False)
    assert not films(cinema.step())
    cinema.rest()
    assert cinema.identical


def test_after_a_fresh_stream_the_film_begins_with_a_key_frame() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    cinema.begin()
    found = [rect for _ in range(12) for rect in films(cinema.step())]
    assert [rect.data[0] for rect in found] == [1] + [0] * (len(found) - 1)


def test_without_the_library_films_go_as_photographs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(h264, "compiled", lambda: tmp_path / "missing.so")
    h264.encoder.cache_clear()
    try:
        cinema = Cinema()
        assert not any(films(cinema.step()) for _ in range(12))
    finally:
        h264.encoder.cache_clear()
    cinema.rest()
    assert cinema.identical


def test_a_library_that_refuses_costs_nothing_but_the_film(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_width: int, _height: int, _rate: Rate) -> OpenH264:
        raise FilmError("too large")

    monkeypatch.setattr("agent.encode.film.encoder", lambda: refuse)
    cinema = Cinema()
    assert not any(films(cinema.step()) for _ in range(12))
    cinema.rest()
    assert cinema.identical


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("h264") / "h264.so")


def test_the_library_codes_a_key_frame_first_and_small_frames_then(library: Path) -> None:
    coder = OpenH264.loaded(library)(320, 200, ENOUGH)
    source = pictures((320, 200))
    units = [
        coder.encode(load().yuv(picture_of(next(source)), Box(0, 0, 320, 200)), ENOUGH)
        for _ in range(10)
    ]
    assert units[0].startswith(b"\0\0\0\1\x67")
    assert all(unit[4] & 0x1F == 1 for unit in units[1:])


def test_a_lower_rate_makes_fewer_bytes_at_once(library: Path) -> None:
    coder = OpenH264.loaded(library)(320, 200, ENOUGH)
    source = pictures((320, 200))
    sizes = []
    for number in range(50):
        rate = ENOUGH if number < 25 else Rate(150_000, 16)
        planes = load().yuv(picture_of(next(source)), Box(0, 0, 320, 200))
        sizes.append(len(coder.encode(planes, rate)))
    assert sum(sizes[35:]) * 2 < sum(sizes[10:25])


@pytest.mark.parametrize("size", [(15, 64), (64, 15), (63, 64), (64, 65), (0, 0), (-2, 64)])
def test_a_size_that_cannot_be_is_refused(library: Path, size: tuple[int, int]) -> None:
    with pytest.raises(FilmError):
        OpenH264.loaded(library)(*size, ENOUGH)


def test_a_picture_of_another_size_is_refused_and_so_is_one_after_the_end(library: Path) -> None:
    coder = OpenH264.loaded(library)(64, 64, ENOUGH)
    with pytest.raises(FilmError):
        coder.encode(bytearray(64 * 64), ENOUGH)
    coder.close()
    coder.close()
    with pytest.raises(FilmError):
        coder.encode(bytearray(64 * 64 * 3 // 2), ENOUGH)


@pytest.mark.parametrize(
    ("bytes_per_second", "least", "most"),
    [(1e3, BITS_LEAST, BITS_LEAST), (625e3, 1.9e6, 2.5e6), (1e9, 9e6, 12e6)],
)
def test_a_film_takes_half_of_the_line_within_bounds(
    bytes_per_second: float, least: float, most: float
) -> None:
    means = replace(WIDE, bytes_per_second=bytes_per_second)
    assert least <= affordable(means).bits_per_second <= most


def test_a_film_is_coarser_where_photographs_are() -> None:
    assert affordable(NARROW).sharpest > affordable(WIDE).sharpest


def scrolled(cinema: Cinema, page: Image.Image, steps: int) -> list[list[Rect]]:
    """Scroll a page that is higher than the screen; return each step's rectangles."""
    shown = []
    for step in range(steps):
        cinema.memory.image.paste(page.crop((0, 24 * step, 640, 24 * step + 480)), (0, 0))
        shown.append(cinema.show())
    return shown


def test_a_photograph_that_is_scrolled_into_view_is_no_film() -> None:
    page = text(640, 1600)
    page.paste(photograph(400, 300), (100, 500))
    page.paste(photograph(500, 200), (50, 900))
    cinema = Cinema()
    shown = scrolled(cinema, page, 40)
    assert Codec.COPY in {rect.codec for rect in shown[5]}
    assert Codec.H264 not in cinema.painter.codecs


@pytest.mark.parametrize(("step", "frame_bytes"), [(64, 1500), (90, 3000), (150, 6000)])
def test_a_page_that_is_scrolled_faster_than_the_line_carries_is_no_film(
    step: int, frame_bytes: int
) -> None:
    page = text(640, 40 * step + 480)
    for top in range(500, 40 * step, 1100):
        page.paste(photograph(400, 450), (100, top))
    cinema, means = Cinema(), replace(NARROW, frame_bytes=frame_bytes)
    for number in range(1, 41):
        cinema.memory.image.paste(page.crop((0, number * step, 640, number * step + 480)), (0, 0))
        cinema.now += PACE
        frame = cinema.encoder.update(cinema.memory.draw(), [SCREEN], cinema.now, means)
        assert frame is not None
        cinema.painter.paint(encode_frame(frame))
    assert Codec.COPY in cinema.painter.codecs
    assert Codec.H264 not in cinema.painter.codecs


def test_a_film_that_stops_and_is_scrolled_away_is_over() -> None:
    cinema = Cinema()
    for _ in range(12):
        cinema.step()
    assert cinema.painter.codecs[-1] is Codec.H264
    page = text(640, 1200)
    page.paste(cinema.memory.image, (0, 0))
    shown = scrolled(cinema, page, 12)
    assert Codec.H264 not in {rect.codec for rects in shown[3:] for rect in rects}
    cinema.rest()
    assert cinema.painter.image.tobytes() == cinema.memory.image.tobytes()
