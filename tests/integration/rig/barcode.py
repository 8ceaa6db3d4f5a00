"""A pattern for a screen that can be found again in whatever the screen becomes."""

import numpy as np

from tests.integration.rig.display import Pixels

BITS = np.random.default_rng(4711).integers(0, 2, 64)
PIXELS_A_BIT = 4
SIDE = len(BITS) * PIXELS_A_BIT
INK, PAPER = (11, 22, 33), (250, 240, 230)
# So many pixels in a row are not the pattern by chance, also after a JPEG.
ENOUGH = 128
# Byte for byte, fewer will do.
EXACT = 64
ALIKE = 0.97

_LINE = np.repeat(BITS, PIXELS_A_BIT)


def barcode() -> Pixels:
    """Return pixels in which each row shows the bits, and so does every other column."""
    y, x = np.mgrid[0:SIDE, 0 : 2 * SIDE]
    dark = _LINE[(x + y) % SIDE]
    return np.where(dark[:, :, None] == 1, np.array(INK), np.array(PAPER)).astype(np.uint8)


def needle() -> bytes:
    """Return a stretch of the pattern as RGB, as the rows and columns of it have it."""
    line = np.where(_LINE[:EXACT, None] == 1, np.array(INK), np.array(PAPER))
    return line.astype(np.uint8).tobytes()


def shows_barcode(picture: Pixels) -> bool:
    """Return whether a row of the picture looks like the pattern, whatever its colours became."""
    wanted = _LINE[:ENOUGH] * 2 - 1
    dark = np.where(picture.mean(axis=2) < 128, 1, -1)
    return any(
        len(row) >= ENOUGH
        and np.abs(np.correlate(row, wanted, "valid")).max() >= (2 * ALIKE - 1) * ENOUGH
        for row in dark[::8]
    )
