"""Inter for documents: cut once, the same bytes everywhere."""

from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from invoices.documents.fonts import WEIGHTS, font_files


def test_each_weight_is_cut_once_and_has_what_german_needs(tmp_path: Path, settings: Any) -> None:
    first = font_files()
    times = {file: file.stat().st_mtime_ns for file in first.values()}
    assert font_files() == first
    assert {file: file.stat().st_mtime_ns for file in first.values()} == times
    assert set(first) == set(WEIGHTS)
    for file in first.values():
        with TTFont(file) as font:
            assert "fvar" not in font
            assert set(map(ord, "äöüÄÖÜß€–−×„“éşŁЖΩ")) <= set(font.getBestCmap())


def test_another_installation_cuts_the_same_bytes(tmp_path: Path, settings: Any) -> None:
    here = {weight: file.read_bytes() for weight, file in font_files().items()}
    settings.DATA_DIR = tmp_path
    there = {weight: file.read_bytes() for weight, file in font_files().items()}
    assert there == here
    assert [path.name for path in (tmp_path / "fonts").iterdir() if path.name[0] == "."] == []
