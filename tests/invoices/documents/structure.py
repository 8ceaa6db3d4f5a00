"""A PDF's structure tree, read back as a screen reader would."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pypdf
from pypdf.generic import ArrayObject, ContentStream

# ISO 32000-1, table 51 and annex A: what puts something on the page.
PAINTING = {
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"f",
    b"F",
    b"f*",
    b"S",
    b"s",
    b"B",
    b"B*",
    b"b",
    b"Do",
    b"sh",
}


@dataclass(slots=True)
class Element:
    """One element: its type without slash, attributes, children, marks (page, number)."""

    kind: str
    attributes: dict[str, Any]
    alternative: str
    children: list["Element"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)

    def below(self) -> Iterator["Element"]:
        """Yield this element and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.below()

    def all(self, kind: str) -> list["Element"]:
        """Return the elements of a kind, in reading order."""
        return [element for element in self.below() if element.kind == kind]


class Structure:
    """The structure of a PDF, and the content that it points at."""

    def __init__(self, content: bytes) -> None:
        self._reader = pypdf.PdfReader(io.BytesIO(content))
        self.catalog = cast("Any", self._reader.trailer["/Root"])
        self._pages = {
            page.indirect_reference.idnum: number
            for number, page in enumerate(self._reader.pages)
            if page.indirect_reference is not None
        }
        (document,) = self.catalog["/StructTreeRoot"]["/K"]
        self.document = self._element(document)
        #: The text of each mark, and where something is painted without mark or artifact.
        self.texts: dict[tuple[int, int], str] = {}
        self.unmarked: list[tuple[int, bytes]] = []
        for number, page in enumerate(self._reader.pages):
            self._read(number, page)

    def _element(self, reference: Any) -> Element:
        raw: Any = reference.get_object()
        element = Element(raw["/S"][1:], raw.get("/A", {}), str(raw.get("/Alt", "")))
        kids = raw.get("/K", [])
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            if isinstance(kid, int):
                element.marks.append((self._pages[raw.raw_get("/Pg").idnum], kid))
                continue
            assert kid.get_object().raw_get("/P").idnum == reference.idnum
            element.children.append(self._element(kid))
        return element

    def _read(self, number: int, page: pypdf.PageObject) -> None:
        resources: Any = page["/Resources"]
        fonts = {name: _letters(font.get_object()) for name, font in resources["/Font"].items()}
        font: dict[bytes, str] = {}
        inside: list[int | None] = []
        stream = ContentStream(page["/Contents"].get_object(), self._reader)
        for operands, operator in stream.operations:
            if operator in {b"BDC", b"BMC"}:
                mark = operands[1].get("/MCID") if operator == b"BDC" else None
                assert mark is not None or operands[0] == "/Artifact"
                assert not inside, "marks do not nest"
                inside.append(mark)
                if mark is not None:
                    assert (number, mark) not in self.texts
                    self.texts[number, mark] = ""
            elif operator == b"EMC":
                inside.pop()
            elif operator == b"Tf":
                font = fonts[operands[0]]
            elif operator in PAINTING:
                if not inside:
                    self.unmarked.append((number, operator))
                elif inside[-1] is not None:
                    self.texts[number, inside[-1]] += _shown(operands, font)

    def owner_of(self, page: int, mark: int) -> int | None:
        """Return the object number of the element that the parent tree names for a mark."""
        numbers = self.catalog["/StructTreeRoot"]["/ParentTree"]["/Nums"]
        entry = numbers[2 * page + 1]
        owner = entry.get_object()[mark]
        return None if owner.get_object() is None else int(owner.idnum)

    def text_of(self, element: Element) -> str:
        """Return what is read out for an element."""
        words = (self.texts[mark] for below in element.below() for mark in below.marks)
        return " ".join(" ".join(words).split())


def _letters(font: Any) -> dict[bytes, str]:
    """Return the letter of each glyph's code, as the font's ToUnicode says."""
    letters = {}
    cmap = font["/ToUnicode"].get_object().get_data().decode()
    for part in cmap.split("beginbfchar")[1:]:
        for line in part.split("endbfchar")[0].split("\n"):
            if line.count("<") == 2:
                code, letter = (bytes.fromhex(piece.split(">")[0]) for piece in line.split("<")[1:])
                letters[code] = letter.decode("utf-16-be")
    return letters


def _shown(operands: Any, font: dict[bytes, str]) -> str:
    text = ""
    for piece in operands[0] if operands and isinstance(operands[0], ArrayObject) else operands:
        if hasattr(piece, "original_bytes"):
            raw = piece.original_bytes
            text += "".join(font[raw[at : at + 2]] for at in range(0, len(raw), 2))
    return text
