"""What the workloads show is the same in every run, and well-formed."""

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench.streaming import pictures
from bench.streaming.real.documents import write_table, write_text
from bench.streaming.real.film import HEIGHT, SHOT, SHOTS, WIDTH, film_pictures
from bench.streaming.real.page import film_page, long_page


def test_a_page_is_the_same_each_time_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    page, again = long_page(tmp_path).read_text(), long_page(tmp_path / "again").read_text()
    assert page == again
    assert "://" not in page
    assert len(page) > 50_000


def test_the_page_of_the_film_plays_the_file(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    assert film.as_uri() in film_page(tmp_path, film).read_text()


def test_documents_are_well_formed_and_long(tmp_path: Path) -> None:
    text, table = tmp_path / "a.fodt", tmp_path / "a.fods"
    write_text(text, 50)
    write_table(table, 40, 6)
    paragraphs = [node for node in ET.parse(text).iter() if node.tag.endswith("}p")]  # noqa: S314
    cells = [node for node in ET.parse(table).iter() if node.tag.endswith("}table-cell")]  # noqa: S314
    assert len(paragraphs) == 50
    assert len(cells) == 40 * 6


def test_prose_has_the_lines_that_were_asked_for() -> None:
    lines = pictures.prose(1, 30).splitlines()
    assert len(lines) == 30
    assert max(map(len, lines)) <= 90


def test_the_film_moves_has_grain_and_cuts() -> None:
    film = film_pictures()
    shown = [next(film) for _ in range(SHOT + 1)]
    assert shown[0].shape == (HEIGHT, WIDTH, 3)
    steps = [float(np.abs(one.astype(int) - other).mean()) for one, other in pairwise(shown)]
    assert min(steps) > 1  # grain
    assert steps[-1] > 3 * max(steps[:-1])  # a cut
    assert SHOTS > 1
