"""What a frame may cost, and how well photographs are coded: from the line and the wish.

A pure choice. Nobody sets it by hand but for the technician's one wish.
"""

from dataclasses import dataclass
from enum import StrEnum

KIB = 1024


class Mode(StrEnum):
    """What the technician wishes (docs/protocol.md, section 6.2)."""

    AUTOMATIC = "automatic"
    SHARP = "sharp"
    FAST = "fast"


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
