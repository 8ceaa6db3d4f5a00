"""Lossless: one zstd stream for the whole pairing, so that what was sent once costs little."""

import zstandard
from PIL import Image

LEVEL = 3
# 8 MiB holds a full screen of 1920x1080 at 3 bytes a pixel; RFC 8878 asks every decoder
# for at least that much.
WINDOW_LOG = 23


class ZstdStream:
    """A stream that never ends; every rectangle is flushed so that it can be painted at once."""

    def __init__(self) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, window_log=WINDOW_LOG, enable_ldm=True
        )
        self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()

    def encode(self, image: Image.Image) -> bytes:
        """Code an RGB image, rows from the top. It must be sent: the stream now remembers it."""
        packed = self._stream.compress(image.tobytes())
        return packed + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
