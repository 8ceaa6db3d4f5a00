"""Lines of text and packing them by columns: the Python side."""

from itertools import groupby, pairwise

from PIL import Image

from agent.protocol.picture import BAND_COLUMNS, BAND_HIGHEST

RGB = 3


def bands(image: Image.Image) -> bytes:
    """Return the bands of an RGB image, as `Kernel.bands` does."""
    rows = _lines(image)
    quiet = [
        row == row[:RGB] * image.width or row in (rows[y - 1] if y else b"", *rows[y + 1 : y + 2])
        for y, row in enumerate(rows)
    ]
    result, plain, y = bytearray(), 0, 0
    for is_quiet, group in groupby(quiet):
        height = len(list(group))
        if not is_quiet and 1 < height <= BAND_HIGHEST and _is_text(rows[y : y + height]):
            result += _heights(plain) + bytes([BAND_COLUMNS | height])
            plain = 0
        else:
            plain += height
        y += height
    return bytes(result + _heights(plain)) if result else b""


def pack(image: Image.Image, bands: bytes) -> bytes:
    """Return an RGB image's pixels band by band, as `Kernel.pack_bands` does."""
    parts, y = [], 0
    for band in bands:
        part = image.crop((0, y, image.width, y + (band & BAND_HIGHEST)))
        if band & BAND_COLUMNS:
            part = part.transpose(Image.Transpose.TRANSPOSE)
        parts.append(part.tobytes())
        y += band & BAND_HIGHEST
    return b"".join(parts)


def _heights(rows: int) -> bytes:
    whole, rest = divmod(rows, BAND_HIGHEST)
    return bytes([BAND_HIGHEST] * whole + [rest] * (rest > 0))


def _lines(image: Image.Image) -> list[bytes]:
    data, width = image.tobytes(), image.width * RGB
    return [data[start : start + width] for start in range(0, len(data), width)]


def _is_text(rows: list[bytes]) -> bool:
    beside = sum(_equal(row[:-RGB], row[RGB:]) for row in rows)
    above = sum(_equal(one, two) for one, two in pairwise(rows))
    return 2 * above >= beside


def _equal(one: bytes, two: bytes) -> int:
    return sum(one[i : i + RGB] == two[i : i + RGB] for i in range(0, len(one), RGB))
