"""Tight boxes around scattered marks: the Python side of cutting an L into two strips."""

from PIL import Image

from agent.capture.base import Box

CUTS_DEEPEST = 4
# A cut must save so many pixels, and a fourth of them.
CUT_LEAST = 256

Extents = list[tuple[int, int] | None]


def split(mask: Image.Image, box: Box) -> list[Box]:
    """Return tight boxes around what is not zero in a mask (L) of the part `box`."""
    return _split(mask, box, box, 0)


def _split(mask: Image.Image, whole: Box, box: Box, depth: int) -> list[Box]:
    part = mask.crop((box.x0 - whole.x0, box.y0 - whole.y0, box.x1 - whole.x0, box.y1 - whole.y0))
    found = part.getbbox()
    if found is None:
        return []
    left, top, right, bottom = found
    box = Box(box.x0 + left, box.y0 + top, box.x0 + right, box.y0 + bottom)
    part = part.crop(found)
    by_row, row = _best_cut(_extents(part))
    by_column, column = _best_cut(_extents(part.transpose(Image.Transpose.TRANSPOSE)))
    best = min(by_row, by_column)
    if depth == CUTS_DEEPEST or best > box.area - CUT_LEAST or best * 4 > box.area * 3:
        return [box]
    if by_row <= by_column:
        one = Box(box.x0, box.y0, box.x1, box.y0 + row)
        two = Box(box.x0, box.y0 + row, box.x1, box.y1)
    else:
        one = Box(box.x0, box.y0, box.x0 + column, box.y1)
        two = Box(box.x0 + column, box.y0, box.x1, box.y1)
    return _split(mask, whole, one, depth + 1) + _split(mask, whole, two, depth + 1)


def _extents(mask: Image.Image) -> Extents:
    """First and last mark of each row."""
    data, width = mask.tobytes(), mask.width
    result: Extents = []
    for start in range(0, len(data), width):
        row = data[start : start + width]
        marked = row.strip(b"\0")
        first = width - len(row.lstrip(b"\0"))
        result.append((first, first + len(marked) - 1) if marked else None)
    return result


def _best_cut(extents: Extents) -> tuple[int, int]:
    """Return the least area of the two boxes that a cut leaves, and where it is, before which."""
    before = _areas(extents)
    after = _areas(extents[::-1])[::-1]
    # From the end, as the compiled one looks: the last of equals wins.
    cuts = [(before[i - 1] + after[i], -i) for i in range(1, len(extents))]
    if not cuts:
        return 2**63 - 1, 0
    area, place = min(cuts)
    return area, -place


def _areas(extents: Extents) -> list[int]:
    """Area of the tight box around the first one, two, three ... lines."""
    areas, area, first = [], 0, -1
    lowest, highest = 2**31, -1
    for index, extent in enumerate(extents):
        if extent is not None:
            first = index if first < 0 else first
            lowest, highest = min(lowest, extent[0]), max(highest, extent[1])
            area = (index - first + 1) * (highest - lowest + 1)
        areas.append(area)
    return areas
