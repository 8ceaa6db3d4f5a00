"""What the inner loops of the picture do, whichever way they are done."""

import abc
from dataclasses import dataclass
from typing import NamedTuple

from agent.capture.base import Box, Picture
from agent.encode.area import TileGrid


class Offset(NamedTuple):
    """Where something came from: the source lies (dx, dy) pixels from the target."""

    dx: int
    dy: int
    votes: int


class Patch(NamedTuple):
    """A box that has changed, packed: by lines of text if there are bands, else by rows."""

    box: Box
    bands: bytes
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Pair:
    """The picture as it is and as it was, of the same shape. The fourth byte is never compared."""

    new: Picture
    old: Picture

    def __post_init__(self) -> None:
        for name in ("width", "height", "stride", "layout"):
            if getattr(self.new, name) != getattr(self.old, name):
                raise ValueError(f"two pictures of another {name}")


class Kernel(abc.ABC):
    """The inner loops. All boxes are in pixels unless said otherwise, and inside the picture.

    Every method raises ValueError for what does not fit the picture.

    Attributes:
        compiled: whether they are fast enough to look for copies in every frame.
    """

    compiled: bool

    @abc.abstractmethod
    def mark(self, pair: Pair, grid: TileGrid, boxes: list[Box]) -> None:
        """Mark every tile that a box touches and that has a changed pixel in the box's rows."""

    @abc.abstractmethod
    def differing(self, pair: Pair, grid: TileGrid) -> TileGrid:
        """Return those of the marked tiles in which a pixel has changed."""

    @abc.abstractmethod
    def split(self, pair: Pair, box: Box) -> list[Box]:
        """Return at most 16 tight boxes around what changed in `box`.

        A box is cut in two where that leaves much less: an L becomes two strips.
        """

    @abc.abstractmethod
    def patches(self, pair: Pair, boxes: list[Box], most: int) -> list[Patch] | None:
        """Return what changed in these boxes, and bring the old picture up to date there.

        None, and nothing is done, if that is more than `most` pixels or 16 patches.
        """

    @abc.abstractmethod
    def scrolls(self, pair: Pair, grid: TileGrid, *, vertical: bool, enough: int) -> list[Offset]:
        """Return up to four ways in which a marked part may have been scrolled, best first.

        Lines of bands 64 pixels wide vote: one that was in the old picture, once and elsewhere.

        Args:
            pair: the pictures.
            grid: the tiles that have changed.
            vertical: whether up and down; else left and right.
            enough: votes that an offset must have.
        """

    @abc.abstractmethod
    def drags(self, pair: Pair, grid: TileGrid, *, radius: int, patches: int) -> list[Offset]:
        """Return up to four ways, in two directions, that at least three marked tiles moved.

        Args:
            pair: the pictures.
            grid: the tiles that have changed.
            radius: how far they are looked for, in pixels.
            patches: how many tiles are looked for.
        """

    @abc.abstractmethod
    def match(self, pair: Pair, tiles: Box, way: tuple[int, int]) -> TileGrid:
        """Return which tiles of a box (in tiles) are the old picture's at `way` from there."""

    @abc.abstractmethod
    def largest(self, grid: TileGrid) -> Box | None:
        """Return the largest rectangle, in tiles, of marked tiles; the upper left of equals."""

    @abc.abstractmethod
    def rectangles(self, grid: TileGrid) -> list[Box]:
        """Return few boxes, in tiles, that cover every marked tile, as `area.rectangles` does."""

    @abc.abstractmethod
    def grow(self, pair: Pair, box: Box, limit: Box, way: tuple[int, int]) -> Box:
        """Enlarge a box that is a copy from `way` as long as it is one, up to `limit`.

        Lines at its edges in which nothing has changed are taken off: they need no copy.
        """

    @abc.abstractmethod
    def move(self, picture: Picture, box: Box, source: tuple[int, int]) -> None:
        """Copy within a picture, to `box` from the box of its size at `source`, like memmove."""

    @abc.abstractmethod
    def paste(self, source: Picture, target: Picture, box: Box) -> None:
        """Copy a box from one picture to the same place of another one of its shape."""

    @abc.abstractmethod
    def same(self, pair: Pair, box: Box) -> bool:
        """Return whether nothing in a box differs."""

    @abc.abstractmethod
    def photographic(self, picture: Picture, grid: TileGrid) -> TileGrid:
        """Return the marked tiles that look like a photograph."""

    @abc.abstractmethod
    def flat(self, picture: Picture, grid: TileGrid) -> TileGrid:
        """Return the marked tiles that are of one colour."""

    @abc.abstractmethod
    def pack(self, picture: Picture, box: Box) -> bytes | bytearray:
        """Return a part of the picture as RGB, three bytes a pixel, rows from the top."""

    @abc.abstractmethod
    def bands(self, picture: Picture, box: Box) -> bytes:
        """Cut a box into bands of rows where lines of text end: codec 8 of docs/protocol.md.

        One byte for each band, its height and whether it is to be packed by columns; nothing at all
        if none is.
        """

    @abc.abstractmethod
    def pack_bands(self, picture: Picture, box: Box, bands: bytes) -> bytes | bytearray:
        """Return a part of the picture as RGB, each band by rows or by columns as it says."""

    @abc.abstractmethod
    def yuv(self, picture: Picture, box: Box) -> bytearray:
        """Return a part of the picture for a film: I420, BT.709, full range.

        All of Y, then U, then V. An odd side is made even by repeating the last line.
        """

    @abc.abstractmethod
    def digest(self, picture: Picture, grid: TileGrid, key: bytes, into: bytearray) -> None:
        """Write what the marked tiles are recognised by.

        Two tiles that differ are taken for the same once in 2^64, whatever is drawn by somebody who
        does not know the key.

        Args:
            picture: the picture.
            grid: the tiles.
            key: `KEY_BYTES` secret random bytes.
            into: `DIGEST` bytes for each tile of the grid.
        """

    @abc.abstractmethod
    def recognise(self, one: bytearray, two: bytearray, grid: TileGrid) -> TileGrid:
        """Return those of the marked tiles whose digests are the same in both."""


DIGEST = 16
KEY_BYTES = 4 * (16 * 16 + 4)
# An offset that fewer tiles vote for is chance.
DRAG_VOTES = 3
OFFSETS_MOST = 4
# Of a split, and patches at once.
BOXES_MOST = 16
