"""What a screen reader needs: the structure that WeasyPrint gives a PDF, put right.

WeasyPrint tags what the HTML says. It leaves open, and `finish` mends:
- running heads and feet are structure that hangs nowhere. The first page's are read out at the
  end, since the law wants what they say; those of later pages only repeat them, and are
  artifacts (ISO 32000-1, 14.8.2.2),
- header cells have names without the tree that would find them. They say what they head instead:
  a row or a column (14.8.5.7),
- where a picture lies is given in CSS pixels from the top, not in points from the bottom
  (14.8.5.4).
"""

from collections.abc import Iterator

import pydyf

POINTS_PER_PIXEL = 0.75


def finish(pdf: pydyf.PDF) -> None:
    """Mend the structure of a tagged PDF before it is written."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    document = _object(pdf, root["K"][0])
    parents = _object(pdf, root["ParentTree"])["Nums"]
    known = set(document["K"])
    for number, reference in enumerate(pdf.page_references):
        page = _object(pdf, reference)
        owners = parents[2 * number + 1]
        repeated = set()
        for mark, owner in enumerate(owners):
            top = _top(pdf, owner, document)
            if top.reference in known:
                continue
            if number == 0:
                document["K"].append(top.reference)
                known.add(top.reference)
            else:
                repeated.add(mark)
                owners[mark] = b"null"
                top.clear()
        if repeated:
            _make_artifacts(_object(pdf, page["Contents"]), repeated)
    for element in _below(pdf, document):
        if element["S"] in {"/TH", "/TD"}:
            _head(pdf, element)
        elif element["S"] == "/Figure":
            _place(pdf, element)


def _object(pdf: pydyf.PDF, reference: bytes | str) -> pydyf.Object:
    return pdf.objects[int(reference.split()[0])]


def _top(pdf: pydyf.PDF, reference: bytes, document: pydyf.Dictionary) -> pydyf.Dictionary:
    """Return the ancestor of an element that hangs, or should hang, at the document itself."""
    element = _object(pdf, reference)
    while element and element["P"] != document.reference:
        element = _object(pdf, element["P"])
    return element


def _below(pdf: pydyf.PDF, element: pydyf.Dictionary) -> Iterator[pydyf.Dictionary]:
    """Yield all elements below one; numbers among its children are marks in the content."""
    for child in element["K"]:
        if isinstance(child, bytes):
            below = _object(pdf, child)
            yield below
            yield from _below(pdf, below)


def _make_artifacts(content: pydyf.Stream, marks: set[int]) -> None:
    """Take the marks out of a page's content: what they enclose is no part of the document."""
    stream = content.stream
    for index, part in enumerate(stream):
        if isinstance(part, pydyf.Dictionary) and part.get("MCID") in marks:
            stream[index - 1 : index + 2] = [b"/Artifact", b"", b"BMC"]


def _head(pdf: pydyf.PDF, cell: pydyf.Dictionary) -> None:
    """Let a header cell say what it heads, and other cells name nobody."""
    cell.pop("ID", None)
    cell["A"].pop("Headers", None)
    if cell["S"] == "/TH":
        row = _object(pdf, cell["P"])
        in_head = _object(pdf, row["P"])["S"] == "/THead"
        cell["A"]["Scope"] = "/Column" if in_head else "/Row"


def _place(pdf: pydyf.PDF, figure: pydyf.Dictionary) -> None:
    """Say in the page's own measures where a picture lies."""
    height = _object(pdf, figure["Pg"])["MediaBox"][3]
    left, top, right, bottom = (side * POINTS_PER_PIXEL for side in figure["A"]["BBox"])
    figure["A"]["BBox"] = pydyf.Array((left, height - bottom, right, height - top))
