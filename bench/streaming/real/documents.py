"""A letter and a table as LibreOffice's flat files, with text from fixed seeds."""

import random
from pathlib import Path
from typing import Final

from bench.streaming import pictures

_SPACES: Final = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
    )
)


def _document(kind: str, body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} office:version="1.3"'
        f' office:mimetype="application/vnd.oasis.opendocument.{kind}">'
        f"<office:body>{body}</office:body></office:document>"
    )


def write_text(path: Path, paragraphs: int) -> None:
    """Write a text of headings and paragraphs."""
    rng = random.Random(21)  # noqa: S311 - text, not secrets
    parts = []
    for number in range(paragraphs):
        words = [pictures.word(rng) for _ in range(rng.randint(30, 110))]
        if number % 6 == 0:
            title = " ".join(words[:4]).title()
            parts.append(f'<text:h text:outline-level="1">{title}</text:h>')
        parts.append(f"<text:p>{' '.join(words)}.</text:p>")
    path.write_text(_document("text", f"<office:text>{''.join(parts)}</office:text>"))


def write_table(path: Path, rows: int, columns: int) -> None:
    """Write a table of words and numbers."""
    rng = random.Random(22)  # noqa: S311 - numbers, not secrets
    lines = []
    for _ in range(rows):
        cells = [f"<table:table-cell><text:p>{pictures.word(rng)}</text:p></table:table-cell>"]
        for _ in range(columns - 1):
            value = rng.randint(0, 9_999_999) / 100
            cells.append(
                f'<table:table-cell office:value-type="float" office:value="{value}">'
                f"<text:p>{value}</text:p></table:table-cell>"
            )
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    table = f'<table:table table:name="Tabelle">{"".join(lines)}</table:table>'
    path.write_text(_document("spreadsheet", f"<office:spreadsheet>{table}</office:spreadsheet>"))
