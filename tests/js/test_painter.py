"""The viewer's painter in Chromium shows what docs/protocol.md says, to the pixel."""

import base64
import io
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import sync_playwright

from agent.capture.base import Box
from agent.encode.h264 import Rate, VideoEncoder, encoder
from agent.encode.kernel import load
from agent.encode.zstd import ZstdStream
from agent.protocol.picture import (
    Codec,
    Frame,
    Rect,
    copy_data,
    encode_frame,
    plane_data,
    video_data,
)
from tests.agent.server import Painter
from tests.agent.test_classify import photograph, text
from tests.agent.test_kernel import picture_of
from tests.integration.rig.chromium import chromium
from tests.js.test_worker import files

__all__ = ["files"]

pytestmark = pytest.mark.integration

WIDTH, HEIGHT = 320, 200
ASK = """
  (message) => new Promise((resolve, reject) => {
    const worker = new Worker("/tests/js/painter.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(`worker: ${event.message}`));
    worker.postMessage(message);
  })
"""


class Paint(Protocol):
    """Paint frames in a worker of Chromium; return what it answers, with `image` as a picture."""

    def __call__(self, frames: list[Frame], *, old: bool = False) -> Any:
        """With `old`, pixels of images can only be read from a canvas."""


browsers = pytest.mark.parametrize("old", [False, True], ids=["as it is", "without copyTo"])


@pytest.fixture(scope="module")
def paint(files: str) -> Iterator[Paint]:
    """Start the browser."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        page.goto(f"{files}/tests/js/tsconfig.json")

        def ask(frames: list[Frame], *, old: bool = False) -> Any:
            payloads = [base64.b64encode(encode_frame(frame)).decode() for frame in frames]
            answer = page.evaluate(
                ASK, {"frames": payloads, "zstd": "/static/vendor/zstd.wasm", "isOld": old}
            )
            if "png" in answer:
                png = io.BytesIO(base64.b64decode(answer["png"]))
                answer["image"] = Image.open(png).convert("RGB")
            return answer

        yield ask


def first(image: Image.Image, *more: Rect) -> Frame:
    data = ZstdStream(*image.size).encode(image.tobytes())
    whole = Rect(0, 0, *image.size, Codec.ZSTD, data)
    return Frame(*image.size, (whole, *more), fresh=True)


def later(*rects: Rect) -> Frame:
    return Frame(WIDTH, HEIGHT, rects)


def copy(x: int, y: int, w: int, h: int, source: tuple[int, int]) -> Rect:
    return Rect(x, y, w, h, Codec.COPY, copy_data(*source))


def keep(plane: int, x: int, y: int, w: int, h: int) -> Rect:
    return Rect(x, y, w, h, Codec.KEEP, plane_data(plane))


def restore(plane: int, x: int, y: int, w: int, h: int) -> Rect:
    return Rect(x, y, w, h, Codec.RESTORE, plane_data(plane))


def shown_by(frames: list[Frame]) -> Image.Image:
    painter = Painter()
    for frame in frames:
        painter.paint(encode_frame(frame))
    return painter.image


def distance(image: Image.Image, place: tuple[int, int], colour: str) -> int:
    """Return by how much a pixel's worst channel differs from a colour."""
    pixel = image.crop((*place, place[0] + 1, place[1] + 1))
    steps = ImageChops.difference(pixel, Image.new("RGB", (1, 1), colour))
    return max(steps.tobytes())


def film() -> VideoEncoder:
    make = encoder()
    assert make is not None, "libopenh264-dev is missing: script/bootstrap --tests"
    return make(96, 64, Rate(4_000_000, 20))


def access_unit(coder: VideoEncoder, image: Image.Image) -> bytes:
    planes = load().yuv(picture_of(image), Box(0, 0, *image.size))
    return coder.encode(planes, Rate(4_000_000, 20))


def test_copies_that_overlap_themselves_and_each_other_are_exact(paint: Paint) -> None:
    frames = [
        first(text(WIDTH, HEIGHT)),
        later(copy(0, 0, 320, 160, (0, 40)), copy(0, 3, 320, 150, (0, 0))),
        later(
            copy(7, 5, 200, 120, (0, 0)), copy(0, 0, 200, 120, (7, 5)), copy(1, 0, 319, 200, (0, 0))
        ),
        later(copy(100, 0, 120, 200, (101, 0)), copy(50, 50, 99, 99, (60, 45))),
    ]
    answer = paint(frames)
    assert answer["image"].tobytes() == shown_by(frames).tobytes()


def test_lines_that_come_by_columns_are_exact_between_rectangles_that_come_by_rows(
    paint: Paint,
) -> None:
    page, other = text(WIDTH, HEIGHT), photograph(40, 50)
    kernel, stream = load(), ZstdStream(WIDTH, HEIGHT)
    rects = [Rect(0, 0, WIDTH, HEIGHT, Codec.ZSTD, stream.encode(bytes(WIDTH * HEIGHT * 3)))]
    for x, y, w, h in ((0, 0, 320, 160), (3, 161, 201, 39), (210, 170, 1, 30), (220, 163, 7, 17)):
        box = Box(x, y, x + w, y + h)
        bands = kernel.bands(picture_of(page), box) or bytes([h - 1, 0x81])
        packed = kernel.pack_bands(picture_of(page), box, bands)
        rects.append(Rect(x, y, w, h, Codec.LINES, bands + stream.encode(packed)))
        rects.append(Rect(240, 150, 40, 50, Codec.ZSTD, stream.encode(other.tobytes())))
    frames = [Frame(WIDTH, HEIGHT, tuple(rects), fresh=True)]
    answer = paint(frames)
    assert answer["image"].tobytes() == shown_by(frames).tobytes()


def test_planes_give_back_what_was_kept_whatever_was_painted_since(paint: Paint) -> None:
    other = photograph(WIDTH, HEIGHT)
    stream = ZstdStream(WIDTH, HEIGHT)
    page = stream.encode(text(WIDTH, HEIGHT).tobytes())
    photo = stream.encode(other.tobytes())
    frames = [
        Frame(WIDTH, HEIGHT, (Rect(0, 0, WIDTH, HEIGHT, Codec.ZSTD, page),), fresh=True),
        later(
            keep(0, 0, 0, 200, 200),
            keep(3, 100, 50, 220, 150),
            Rect(0, 0, WIDTH, HEIGHT, Codec.ZSTD, photo),
        ),
        later(keep(1, 0, 0, 320, 200), restore(0, 0, 0, 150, 200), restore(3, 140, 60, 99, 77)),
        # Over what is there already, and from a place where nothing was kept: black.
        later(keep(0, 10, 10, 50, 50), restore(1, 0, 100, 320, 20), restore(3, 0, 0, 20, 20)),
    ]
    answer = paint(frames)
    assert answer["image"].tobytes() == shown_by(frames).tobytes()


@browsers
@pytest.mark.parametrize("size", [(97, 65), (160, 120)])
def test_a_preview_is_enlarged_smoothly_within_its_rectangle_and_moves_with_a_copy(
    paint: Paint, size: tuple[int, int], *, old: bool
) -> None:
    w, h = size
    photo = photograph(w, h).filter(ImageFilter.GaussianBlur(4))
    half = photo.resize(((w + 1) // 2, (h + 1) // 2), Image.Resampling.BOX)
    jpeg = io.BytesIO()
    half.save(jpeg, "JPEG", quality=95, subsampling=0)
    page = text(WIDTH, HEIGHT)
    preview = Rect(3, 5, w, h, Codec.PREVIEW, jpeg.getvalue())
    answer = paint([first(page), later(preview, copy(150, 70, w, h, (3, 5)))], old=old)
    expected = page.copy()
    for place in ((3, 5), (150, 70)):
        expected.paste(photo, place)
    difference = ImageChops.difference(answer["image"], expected)
    assert max(difference.tobytes()) <= 20
    for x, y in ((3, 5), (150, 70)):
        difference.paste(0, (x, y, x + w, y + h))
    assert difference.getbbox() is None


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (WIDTH + 1, HEIGHT)])
def test_a_plane_is_empty_after_a_fresh_stream_and_a_new_size(
    paint: Paint, size: tuple[int, int]
) -> None:
    kept = first(text(WIDTH, HEIGHT), keep(0, 0, 0, 9, 9))
    answer = paint([kept, first(text(*size)), Frame(*size, (restore(0, 0, 0, 9, 9),))])
    assert "nothing was kept" in answer["error"]


@browsers
def test_a_film_has_the_right_colours_and_lies_where_it_belongs(paint: Paint, *, old: bool) -> None:
    bars = Image.new("RGB", (96, 64))
    colours = ("white", "yellow", "cyan", "lime", "magenta", "red", "blue", "black")
    for number, colour in enumerate(colours):
        bars.paste(colour, (number * 12, 0, number * 12 + 12, 40))
    for shade in range(96):
        grey = shade * 255 // 95
        bars.paste((grey, grey, grey), (shade, 40, shade + 1, 64))
    coder = film()
    units = [access_unit(coder, bars) for _ in range(12)]
    page = text(WIDTH, HEIGHT)
    rects = [
        Rect(31, 17, 96, 64, Codec.H264, video_data(unit, key=number == 0))
        for number, unit in enumerate(units)
    ]
    # What is painted later lies above it, and a copy takes it along.
    patch = ZstdStream(WIDTH, HEIGHT)
    whole = Rect(0, 0, WIDTH, HEIGHT, Codec.ZSTD, patch.encode(page.tobytes()))
    white = Rect(40, 20, 8, 8, Codec.ZSTD, patch.encode(b"\xff" * 192))
    frames = [
        Frame(WIDTH, HEIGHT, (whole,), fresh=True),
        *(later(rect) for rect in rects[:-1]),
        later(rects[-1], white, copy(200, 100, 96, 64, (31, 17))),
    ]
    answer = paint(frames, old=old)
    assert answer["broken"] == 0
    expected = page.copy()
    expected.paste(bars, (31, 17))
    expected.paste("white", (40, 20, 48, 28))
    expected.paste(expected.crop((31, 17, 127, 81)), (200, 100))
    outside = ImageChops.difference(answer["image"], expected)
    outside.paste(0, (31, 17, 127, 81))
    outside.paste(0, (200, 100, 296, 164))
    assert outside.getbbox() is None
    # Inside, away from the edges of the colours, where the film's own are blurred.
    for number, colour in enumerate(colours):
        middle = (31 + number * 12 + 6, 17 + 30)
        for place in (middle, (middle[0] + 169, middle[1] + 83)):
            assert distance(answer["image"], place, colour) <= 6, colour
    for shade in range(4, 92, 8):
        grey = shade * 255 // 95
        place = (31 + shade, 17 + 56)
        assert distance(answer["image"], place, f"rgb({grey}, {grey}, {grey})") <= 6


@browsers
def test_a_film_of_odd_sides_is_cropped_to_its_rectangle(paint: Paint, *, old: bool) -> None:
    make = encoder()
    assert make is not None
    image = photograph(97, 65)
    coder = make(98, 66, Rate(4_000_000, 20))
    rects = [
        Rect(10, 10, 97, 65, Codec.H264, video_data(access_unit(coder, image), key=number == 0))
        for number in range(9)
    ]
    page = text(WIDTH, HEIGHT)
    answer = paint([first(page), *(later(rect) for rect in rects)], old=old)
    expected = page.copy()
    expected.paste(image, (10, 10))
    difference = ImageChops.difference(answer["image"], expected)
    assert max(difference.tobytes()) < 60
    difference.paste(0, (10, 10, 107, 75))
    assert difference.getbbox() is None


def test_a_broken_film_is_left_out_and_told_and_a_key_frame_mends_it(paint: Paint) -> None:
    coder, again = film(), film()
    image = photograph(96, 64)
    units = [access_unit(coder, image) for _ in range(3)]
    rubbish = units[1][:6] + bytes(len(units[1]) - 6)
    rects = [
        Rect(0, 0, 96, 64, Codec.H264, video_data(data, key=key))
        for data, key in ((units[0], True), (rubbish, False), (units[2], False))
    ]
    page = text(WIDTH, HEIGHT)
    answer = paint([first(page), *(later(rect) for rect in rects)])
    assert answer["broken"] == 1
    mended = Rect(0, 0, 96, 64, Codec.H264, video_data(access_unit(again, image), key=True))
    answer = paint([first(page), *(later(rect) for rect in rects), first(page), later(mended)])
    assert answer["broken"] == 1
    assert answer["image"].crop((0, 0, 96, 64)).tobytes() != page.crop((0, 0, 96, 64)).tobytes()


def test_a_film_that_does_not_begin_or_goes_elsewhere_is_refused(paint: Paint) -> None:
    coder = film()
    units = [access_unit(coder, photograph(96, 64)) for _ in range(2)]
    begin = Rect(0, 0, 96, 64, Codec.H264, video_data(units[0], key=True))
    on = Rect(0, 0, 96, 64, Codec.H264, video_data(units[1], key=False))
    moved = Rect(8, 0, 96, 64, Codec.H264, video_data(units[1], key=False))
    page = first(text(WIDTH, HEIGHT))
    for frames in (
        [page, later(on)],
        [page, later(begin), later(moved)],
        [page, later(begin), page, later(on)],
    ):
        assert "does not begin" in paint(frames)["error"]
