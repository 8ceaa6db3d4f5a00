"""The comparison at rest: is every pixel right, and if not, where is it wrong and how long."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from bench.soak.world import World
from tests.integration.rig.display import Pixels

RIGHT_WITHIN: Final = 6.0  # seconds of rest, after which a wrong pixel counts as stale
REPAIRED_WITHIN: Final = 20.0  # seconds more that the checksum has for the repair
STILL: Final = 1.0  # seconds without a change, for that to be a rest
PAUSE: Final = 0.2

Box = tuple[int, int, int, int]  # x, y, width, height


@dataclass(frozen=True)
class Rest:
    """How a rest went: seconds until all was right; a stale region where it took too long."""

    seconds: float
    stale: Box | None = None
    repaired: bool = True


def wrong_box(shown: Pixels, real: Pixels) -> Box | None:
    """Return the bounding box of the wrong pixels; all of the screen where the sizes differ."""
    if shown.shape != real.shape:
        return (0, 0, real.shape[1], real.shape[0])
    wrong = (shown != real).any(axis=2)
    if not wrong.any():
        return None
    rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    x, y = int(columns[0]), int(rows[0])
    return (x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1)


def rest(world: World, folder: Path, name: str) -> Rest:
    """Wait until all is right and stays so; keep both pictures of what stays wrong in `folder`.

    The rest begins with the last change of the customer's screen.
    """
    begin = time.monotonic()
    stale: Box | None = None
    right: float | None = None
    last: Pixels | None = None
    while True:
        shown, real = world.pixels()
        now = time.monotonic()
        if last is None or not np.array_equal(real, last):
            last, begin, right = real, now, None
        box = wrong_box(shown, real)
        if box is not None:
            right = None
        elif right is None:
            right = now - begin
        if right is not None and now - begin > STILL:
            return Rest(round(right, 2), stale)
        if box is not None and stale is None and now - begin > RIGHT_WITHIN:
            stale = box
            Image.fromarray(shown).save(folder / f"{name}-shown.png")
            Image.fromarray(real).save(folder / f"{name}-real.png")
        if now - begin > RIGHT_WITHIN + REPAIRED_WITHIN:
            return Rest(round(now - begin, 2), stale or box, repaired=False)
        time.sleep(PAUSE)
