"""Films: where pixels move all the time, H.264 for that part of the screen.

What goes as a film is rough; like photographs it becomes identical once it is calm.
"""

import logging
from collections.abc import Callable

from agent.capture.base import Box, Picture
from agent.encode.area import TileGrid, touched
from agent.encode.coder import Canvas, Stage, Work, moved
from agent.encode.copy import Copy
from agent.encode.h264 import FilmError, Rate, VideoEncoder, encoder
from agent.encode.lossy import Level
from agent.encode.means import Means
from agent.encode.motion import Motion, around, groups, is_near, marked
from agent.protocol.picture import Codec, video_data

log = logging.getLogger(__name__)

# A smaller film, in tiles, costs no more as photographs.
LEAST_TILES = 48
LEAST_SIDE = 64  # pixels
# Of a film's tiles, so many move all the time, and so many of those look like a photograph.
MOVING_SHARE = 0.5
PHOTO_SHARE = 0.4
# A film whose moving tiles are fewer than that is over; one that fills less of its part of the
# screen than that, for so many seconds, gets a smaller part.
OVER_SHARE = 0.15
LOOSE_SHARE = 0.4
LOOSE_FOR = 2.0
# What moves beside a film, in tiles, before its part of the screen grows; at most so often.
BESIDE_TILES = 4
GROW_EVERY = 1.0
# What was scrolled is no film, even where one was: lines that say so, and the share that agrees.
SCROLL_VOTES = 12
SCROLLED_SHARE = 0.5
# A film that pauses costs as much as a second of it does to look right, so it has to be calm for
# longer.
FILM_CALM = 0.6
# Of what the line carries, so much is a film's.
LINE_SHARE = 0.5
BITS_LEAST, BITS_MOST = 150_000, 12_000_000
# Rates change by steps, since each one makes the encoder plan anew.
STEP = 1.25
# Quantisers: finer ones cost bytes that nobody sees in what moves.
SHARP, COARSE = 26, 30
SHARP_QUALITY = 70

MakeEncoder = Callable[[int, int, Rate], VideoEncoder]


class Film(Stage):
    """Codes the film; runs before everything else, so that nothing else looks at its tiles.

    Attributes:
        wanted: whether the technician's browser can show one.
        region: the film's part of the screen, in pixels; None while there is no film.
        watch: the stage that looks for films; runs after everything that only moves pixels.
    """

    def __init__(self, make: MakeEncoder | None = None) -> None:
        """Begin without a film. Without an argument, the library that is there codes it."""
        self.wanted = False
        self.region: Box | None = None
        self.watch = Watch(self)
        self._make = make or encoder()
        self._encoder: VideoEncoder | None = None
        self._is_key = True
        self._moved_beside = False

    @property
    def possible(self) -> bool:
        """Whether a film can be coded here and shown there."""
        return self.wanted and self._make is not None

    def restart(self, _canvas: Canvas) -> None:
        self.show(None)

    def show(self, region: Box | None) -> None:
        """Make this part of the screen the film's, in pixels; None ends it."""
        if self._encoder is not None:
            self._encoder.close()
        self.region, self._encoder, self._is_key = region, None, True

    def run(self, work: Work) -> None:
        self.watch.before(work)
        if self.region is None:
            return
        if self._moved_beside and _is_scrolled(work, touched(self.region)):
            self.show(None)
        else:
            self.bring(work)

    def bring(self, work: Work) -> None:
        """Append the film's next picture, if it has one and something of it has changed."""
        region = self.region
        if region is None or not marked(work.left, touched(region)):
            return
        tiles = touched(region)
        try:
            unit = self._coded(work, region)
        except FilmError as error:
            log.info("no film: %s", error)
            self._make = None
            self.show(None)
            return
        work.add(region, Codec.H264, video_data(unit, key=self._is_key))
        self._is_key = False
        work.canvas.lossy.add(tiles, work.now + FILM_CALM, Level.FILM)
        work.canvas.take(work.picture, region)
        work.painted += region.area
        moved(work, [region])

    def note_moved(self, tiles: list[Box]) -> None:
        """Note from where the frame before has moved something, in tiles."""
        own = touched(self.region) if self.region else None
        self._moved_beside = own is not None and any(is_near(box, own) for box in tiles)

    def _coded(self, work: Work, region: Box) -> bytes:
        rate = affordable(work.means)
        if self._encoder is None:
            if self._make is None:
                raise FilmError("no encoder")
            width, height = region.x1 - region.x0, region.y1 - region.y0
            self._encoder = self._make(width + width % 2, height + height % 2, rate)
        return self._encoder.encode(work.kernel.yuv(work.picture, region), rate)


class Watch(Stage):
    """Looks for a film in what is left after copies, and whether the one there is still runs."""

    def __init__(self, film: Film) -> None:
        """Watch for this film."""
        self._film = film
        self._all = Motion(1, 1)
        self._beside = Motion(1, 1)
        self._scrolled = Motion(1, 1)
        self._grown = 0.0
        self._tight = 0.0

    def restart(self, canvas: Canvas) -> None:
        shadow = canvas.shadow
        self._all = Motion(shadow.width, shadow.height)
        self._beside = Motion(shadow.width, shadow.height)
        self._scrolled = Motion(shadow.width, shadow.height)

    def before(self, work: Work) -> None:
        """Look at everything that has changed; end or shrink the film accordingly."""
        film = self._film
        if not film.possible:
            film.show(None)
            return
        if not self._all.note(work.news(), work.now) or film.region is None:
            return
        tiles = touched(film.region)
        moving = self._all.moving()
        count = marked(moving, tiles)
        if count < OVER_SHARE * tiles.area:
            film.show(None)
        elif count >= LOOSE_SHARE * tiles.area:
            self._tight = work.now
        elif work.now - self._tight > LOOSE_FOR:
            film.show(None)

    def run(self, work: Work) -> None:
        film = self._film
        if not film.possible:
            return
        film.note_moved([touched(copy.source_box) for copy in work.copies])
        if not self._beside.note(self._unexplained(work), work.now):
            return
        moving = self._beside.moving()
        least = 1 if film.region is not None else MOVING_SHARE * LEAST_TILES
        if moving.count < least:
            return
        found = groups(work.kernel.rectangles(moving))
        if film.region is None:
            for group in found:
                if self._is_film(work, moving, group):
                    self._show(work, group)
                    film.bring(work)
                    return
        elif work.now - self._grown > GROW_EVERY:
            own = touched(film.region)
            beside = [
                group
                for group in found
                if is_near(group, own) and marked(moving, group) >= BESIDE_TILES
            ]
            if beside and self._looks_so(work, moving, around(beside)):
                self._show(work, around(beside), film.region)

    def _unexplained(self, work: Work) -> TileGrid:
        """Return the news that did not just come into view."""
        news, scrolled = work.news(), TileGrid(work.changed.width, work.changed.height)
        for copy in work.copies:
            # Where a page was scrolled away or a window dragged away, what is new was there before.
            news.fill(touched(copy.source_box), 0)
            if not all(copy.way):
                scrolled.fill(touched(_track(copy, work.picture)), 1)
        self._scrolled.note(scrolled, work.now)
        return news.without(self._scrolled.recent(work.now))

    def _is_film(self, work: Work, moving: TileGrid, group: Box) -> bool:
        return (
            group.area >= LEAST_TILES
            and marked(moving, group) >= MOVING_SHARE * group.area
            and self._looks_so(work, moving, group)
        )

    def _looks_so(self, work: Work, moving: TileGrid, group: Box) -> bool:
        part = TileGrid(moving.width, moving.height)
        part.fill(group, 1)
        part = part.both(moving)
        photographic = work.kernel.photographic(work.picture, part)
        return photographic.count >= PHOTO_SHARE * part.count

    def _show(self, work: Work, group: Box, *more: Box) -> None:
        """Make the film's part of the screen what changes in this group now, to the pixel."""
        boxes = [*work.kernel.split(work.pair, work.left.pixels(group)), *more]
        region = around(boxes) if boxes else Box(0, 0, 0, 0)
        if min(region.x1 - region.x0, region.y1 - region.y0) >= LEAST_SIDE:
            self._grown = self._tight = work.now
            self._film.show(region)


def _track(copy: Copy, picture: Picture) -> Box:
    """Return all of the screen that may be scrolled with a part of it, in pixels.

    Where the line is slow, what came into view waits and has moved on before it is sent: then it is
    found nowhere, differs in each frame, and looks like a film.
    """
    box, (_, down) = copy.box, copy.way
    if down:
        return Box(box.x0, 0, box.x1, picture.height)
    return Box(0, box.y0, picture.width, box.y1)


def _is_scrolled(work: Work, tiles: Box) -> bool:
    """Tell whether this part of the screen shows what it showed before, a little further."""
    part = TileGrid(work.changed.width, work.changed.height)
    part.fill(tiles, 1)
    ways = work.kernel.scrolls(work.pair, part, vertical=True, enough=SCROLL_VOTES)
    return any(
        work.kernel.match(work.pair, tiles, (way.dx, way.dy)).count >= SCROLLED_SHARE * tiles.area
        for way in ways[:1]
    )


def affordable(means: Means) -> Rate:
    """Return what a film may cost on this line."""
    bits = 8 * LINE_SHARE * means.bytes_per_second
    stepped = BITS_LEAST
    while stepped * STEP <= min(bits, BITS_MOST):
        stepped = int(stepped * STEP)
    sharp = means.photo.quality >= SHARP_QUALITY
    return Rate(stepped, SHARP if sharp else COARSE)
