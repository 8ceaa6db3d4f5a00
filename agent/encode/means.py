"""What a frame may cost, and how well photographs are coded: from the line and the wish.

A pure choice. Nobody sets it by hand but for the technician's one wish.
"""

from dataclasses import dataclass, replace

from agent.protocol.control import Mode

KIB = 1024


@dataclass(frozen=True, slots=True)
class Jpeg:
    """How a photograph is coded.

    Attributes:
        quality: 1 to 95, as libjpeg counts.
        subsampling: 0 keeps every colour (4:4:4), 2 one of four (4:2:0).
    """

    quality: int
    subsampling: int


@dataclass(frozen=True, slots=True)
class Means:
    """What the line and the technician's wish allow for one frame.

    Attributes:
        frame_bytes: where a frame ends, so that something small can overtake the next one.
        frame_pixels: likewise, for the time that coding and painting take.
        bytes_per_second: what the line carries.
        photo: how a photograph is shown first.
        preview: how much change is shown first, at half the resolution; None: not at all.
        slow: whether bytes are dear: photographs are then refined in two steps, and the
            stream is packed harder.
    """

    frame_bytes: int
    frame_pixels: int
    bytes_per_second: float
    photo: Jpeg
    preview: Jpeg | None
    slow: bool


# A screen has to be covered even where nobody wants a preview of it.
COVER = Jpeg(50, 2)
# Until anything is measured, the line is taken for a middling one.
UNMEASURED = Means(
    frame_bytes=32 * KIB,
    frame_pixels=512 * KIB,
    bytes_per_second=2e6,
    photo=Jpeg(75, 2),
    preview=Jpeg(50, 2),
    slow=False,
)

# Bytes a second from which on a photograph is shown that well, best first.
PHOTOS = (
    (4.0e6, Jpeg(82, 0)),
    (1.5e6, Jpeg(75, 2)),
    (4.0e5, Jpeg(60, 2)),
    (1.5e5, Jpeg(45, 2)),
    (0.0, Jpeg(32, 2)),
)
PREVIEW_BELOW = 4.0e6
SLOW_BELOW = 1.5e6
# A frame takes about half a round trip, so that three of them fill the line and no queue;
# within these bounds, in seconds and in bytes.
FRAME_SECONDS = (0.012, 0.060)
FRAME_BYTES = (6 * KIB, 512 * KIB)
# The technician's word against our measurement.
SHARP_PHOTO = Jpeg(90, 0)
FAST_SHARE = 1 / 3


def choose(rate: float | None, rtt: float | None, mode: Mode) -> Means:
    """Return what frames may cost.

    Args:
        rate: bytes a second of the line, if known.
        rtt: its round trip in seconds, if known.
        mode: the technician's wish.
    """
    means = _measured(rate, rtt or 0.0, mode) if rate is not None else UNMEASURED
    if mode is Mode.SHARP:
        return replace(means, photo=SHARP_PHOTO, preview=None)
    return means


def _measured(rate: float, rtt: float, mode: Mode) -> Means:
    seconds = _within(rtt * 0.55, FRAME_SECONDS)
    # Who wants it fast gets the pictures of a line of a third.
    seeming = rate * FAST_SHARE if mode is Mode.FAST else rate
    return Means(
        frame_bytes=int(_within(rate * seconds, FRAME_BYTES)),
        frame_pixels=UNMEASURED.frame_pixels,
        bytes_per_second=rate,
        photo=next(photo for least, photo in PHOTOS if seeming >= least),
        preview=COVER if seeming < PREVIEW_BELOW else None,
        slow=rate < SLOW_BELOW,
    )


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
