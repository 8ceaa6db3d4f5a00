"""Patterns of invoice numbers."""

import pytest

from invoices.domain.numbering import check_pattern, format_number, restarts_each_year


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{year}",
        "{number:5d}",
        "{number.real}",
        "{number!r}",
        "../{number}",
        "RE/{number}",
        "{number}{number}",
        "-{number}",
        ".{number}",
        "{other}",
        "{number:05d}" + "x" * 20,
        "{year:10000d}{number}",
    ],
)
def test_what_cannot_make_a_file_name_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a pattern"):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{year}-{number:05d}", "2026-00042"),
        ("RE-{number}", "RE-42"),
        ("{number:04d}", "0042"),
        ("R{year}_{number:03d}.A", "R2026_042.A"),
    ],
)
def test_a_pattern_makes_a_number(pattern: str, number: str) -> None:
    assert format_number(pattern, 2026, 42) == number


def test_only_a_pattern_with_the_year_begins_again() -> None:
    assert restarts_each_year("{year}-{number}")
    assert not restarts_each_year("RE-{number}")
