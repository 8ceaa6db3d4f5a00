"""Text and interface are told from photographs."""

import random

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from agent.capture.base import Box
from agent.encode.area import TileGrid, rectangles
from agent.encode.classify import (
    MARKED_LEAST,
    MIN_PHOTO_TILES,
    SAMPLED,
    photographic_tiles,
    photographs,
)


def photograph(width: int, height: int) -> Image.Image:
    """Return something with soft steps everywhere, like a photograph."""
    grain = random.Random(1).randbytes(width * height * 3)  # noqa: S311 (a picture, no secret)
    noise = Image.frombytes("RGB", (width, height), grain)
    return noise.filter(ImageFilter.GaussianBlur(2))


def text(width: int, height: int) -> Image.Image:
    """Return lines of text, smooth at their edges."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for number, y in enumerate(range(0, height, 14)):
        line = f"{number}. Zeile: {number * 7919} Damen und {number * 104729} Herren, "
        draw.text((2, y), line * 5, fill="black", font_size=12)
    return image


def share(image: Image.Image) -> float:
    """Return the share of photographic tiles, judged by the rows that are looked at."""
    rows = [image.crop((0, y, image.width, y + 1)) for y in range(0, image.height, SAMPLED)]
    sampled = Image.new("RGB", (image.width, len(rows)))
    for y, row in enumerate(rows):
        sampled.paste(row, (0, y))
    cells = b"".join(photographic_tiles(sampled))
    return sum(cells) / len(cells)


def test_a_photograph_is_photographic() -> None:
    assert share(photograph(320, 160)) > 0.95


def test_text_is_drawn() -> None:
    assert share(text(320, 160)) < 0.02


def gradient(width: int, height: int, *, turned: bool = False) -> Image.Image:
    """Return a title bar's gradient, from left to right or from top to bottom."""
    image = Image.linear_gradient("L").resize((width, height))
    image = image.transpose(Image.Transpose.TRANSPOSE).resize((width, height)) if turned else image
    return Image.merge("RGB", [image.point(lambda v: 60 + v // 2) for _ in "rgb"])


def test_gradients_of_bars_and_buttons_are_drawn() -> None:
    assert share(gradient(640, 160)) == 0
    assert share(gradient(640, 160, turned=True)) == 0


def test_letters_smoothed_by_colours_are_drawn() -> None:
    wide = text(960, 160)
    # Each of a pixel's three stripes shows its own third of a letter.
    stripes = [
        wide.transform((320, 160), Image.Transform.AFFINE, (3, 0, shift, 0, 1, 0)).getchannel("G")
        for shift in (0, 1, 2)
    ]
    assert share(Image.merge("RGB", stripes)) < 0.05


def test_small_bold_letters_without_gaps_are_mostly_drawn() -> None:
    image = Image.new("RGB", (320, 160), "white")
    for y in range(0, 160, 10):
        ImageDraw.Draw(image).text((0, y), "Rechnungsnummer " * 6, fill="navy", font_size=9)
    assert share(image) < 0.1


def test_a_photograph_enlarged_until_it_is_smooth_is_photographic() -> None:
    assert share(photograph(160, 80).resize((320, 160), Image.Resampling.BICUBIC)) > 0.9


def test_an_empty_area_is_drawn() -> None:
    assert share(Image.new("RGB", (64, 64), "grey")) == 0


def test_a_single_column_has_no_neighbours_and_is_drawn() -> None:
    assert photographic_tiles(Image.new("RGB", (1, 10))) == [b"\0", b"\0", b"\0"]


@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_a_picture_of_its_own_holds_enough_photographic_tiles(
    columns: int, rows: int, data: st.DataObject
) -> None:
    grid = TileGrid(columns * 16, rows * 16)
    for index in data.draw(st.sets(st.integers(0, columns * rows - 1), max_size=8)):
        grid.cells[index] = 1
    for box in photographs(rectangles(grid)):
        assert box.area >= MIN_PHOTO_TILES
        assert grid.count >= MARKED_LEAST


def test_a_row_of_tiles_or_a_few_are_no_picture_of_their_own() -> None:
    assert photographs([Box(0, 0, 40, 1), Box(0, 5, 2, 9), Box(5, 5, 8, 8)]) == [Box(5, 5, 8, 8)]
