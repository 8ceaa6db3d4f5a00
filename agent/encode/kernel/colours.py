"""Pixels for a film: the Python side. ITU-R BT.709-6, 3.2, in full range."""

from PIL import Image

# Factors of red, green and blue, times 65536.
Y = (13933, 46871, 4732)
U = (-7509, -25259, 32768)
V = (32768, -29763, -3005)


def i420(image: Image.Image) -> bytearray:
    """Return an RGB image as I420; odd sides are made even by repeating the last line."""
    width, height = image.width + image.width % 2, image.height + image.height % 2
    even = Image.new("RGB", (width, height))
    # What lies beyond an odd side is what is pasted first, one further.
    for corner in ((1, 1), (0, 1), (1, 0), (0, 0)):
        even.paste(image, (corner[0] * (image.width % 2), corner[1] * (image.height % 2)))
    data = even.tobytes()
    luma = bytearray(_weighted(Y, data[i : i + 3]) + 32768 >> 16 for i in range(0, len(data), 3))
    red, green, blue = (_quartets(data[channel::3], width) for channel in range(3))
    chroma = [
        min((_weighted(factors, four) + (257 << 17)) >> 18, 255)
        for factors in (U, V)
        for four in zip(red, green, blue, strict=True)
    ]
    return luma + bytes(chroma)


def _weighted(factors: tuple[int, int, int], values: bytes | tuple[int, ...]) -> int:
    return sum(factor * value for factor, value in zip(factors, values, strict=True))


def _quartets(channel: bytes, width: int) -> list[int]:
    """Return the sums of two by two pixels, row by row."""
    rows = [channel[start : start + width] for start in range(0, len(channel), width)]
    return [
        sum(upper[x : x + 2]) + sum(lower[x : x + 2])
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
        for x in range(0, width, 2)
    ]
