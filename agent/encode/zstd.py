"""Lossless: one zstd stream for the whole pairing, so that what was sent once costs little."""

import zstandard

# Of pages of text a sixth fewer bytes than level 3, for a tenth more time; level 9 saves another
# twentieth for half as much again.
LEVEL = 6
# How many whole screens the stream remembers, and its bounds: 8 MiB is what RFC 8878 asks of
# every decoder, 32 MiB is what we ask of the page. Both ends hold as much memory. Twice as much
# saves a fifth of the bytes where twelve screens go round, and none while scrolling.
SCREENS = 2
WINDOW_LOG_MIN = 23
WINDOW_LOG_MAX = 25


class ZstdStream:
    """A stream that never ends; every rectangle is flushed so that it can be painted at once."""

    def __init__(self, width: int, height: int) -> None:
        """Begin a stream for a screen of that many pixels."""
        wanted = (SCREENS * 3 * width * height).bit_length()
        window_log = min(max(wanted, WINDOW_LOG_MIN), WINDOW_LOG_MAX)
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, window_log=window_log, enable_ldm=True
        )
        self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()

    def encode(self, pixels: bytes | bytearray) -> bytes:
        """Code RGB pixels, rows from the top. It must be sent: the stream now remembers them."""
        packed = self._stream.compress(pixels)
        return packed + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
