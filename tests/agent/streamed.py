"""Pixels of the session's zstd stream, read as docs/protocol.md section 6.1 says."""

from typing import Any

from PIL import Image

from agent.protocol.picture import BAND_COLUMNS, BAND_HIGHEST, Codec, Rect, bands_of


def streamed(stream: Any, rect: Rect) -> Image.Image:
    """Return what a rectangle of codec 1 or 8 holds; the stream goes on with the next one."""
    if rect.codec is Codec.ZSTD:
        return Image.frombytes("RGB", (rect.w, rect.h), stream.decompress(rect.data))
    bands = bands_of(rect)
    pixels = stream.decompress(rect.data[len(bands) :])
    image = Image.new("RGB", (rect.w, rect.h))
    y = 0
    for band in bands:
        high = band & BAND_HIGHEST
        size = rect.w * high * 3
        if band & BAND_COLUMNS:
            piece = Image.frombytes("RGB", (high, rect.w), pixels[:size])
            image.paste(piece.transpose(Image.Transpose.TRANSPOSE), (0, y))
        else:
            image.paste(Image.frombytes("RGB", (rect.w, high), pixels[:size]), (0, y))
        pixels, y = pixels[size:], y + high
    assert (pixels, y) == (b"", rect.h)
    return image
