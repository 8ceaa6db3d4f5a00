"""What codes a film, whichever library does it."""

import abc
from dataclasses import dataclass


class FilmError(Exception):
    """The library refuses: the film goes otherwise."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How much a film may cost.

    Attributes:
        bits_per_second: what is aimed at.
        sharpest: quantiser (0 to 51) below which more bytes would be wasted.
    """

    bits_per_second: int
    sharpest: int


class VideoEncoder(abc.ABC):
    """One film of one size. The first picture becomes a key frame, no later one does."""

    @abc.abstractmethod
    def encode(self, picture: bytearray, rate: Rate) -> bytes:
        """Return the access unit (Annex B) of one picture. It must be sent.

        Args:
            picture: I420: all of Y, then U, then V, of an even width and height.
            rate: what it may cost; a changed `sharpest` counts for a new encoder only.

        Raises:
            FilmError: the library refuses.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Let its memory go; doing it twice is harmless."""
