"""Copies on what real programs draw: scrolled terminals and pages, dragged windows."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from agent.capture.x11 import X11Capture
from agent.encode.screen import ScreenEncoder
from agent.protocol.picture import Codec, Frame, encode_frame
from tests.agent.conftest import Screen, until
from tests.agent.server import Painter
from tests.agent.test_screen import WIDE, settle

CHROMIUM = (
    "chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--test-type",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--force-prefers-reduced-motion", "--window-size=1000,700", "--window-position=60,20",
)  # fmt: skip


class Follower:
    """Looks at a screen as the agent does, and paints what it would send."""

    def __init__(self, screen: Screen) -> None:
        self._capture = X11Capture(screen.display)
        self._encoder = ScreenEncoder()
        self._painter = Painter()
        self.copied = 0
        self.bytes = 0
        self._picture = self._capture.reopen()
        self._paint(self._encoder.first(self._picture, time.monotonic(), WIDE))
        self.bytes = 0

    def _paint(self, frame: Frame | None) -> None:
        if frame is not None:
            payload = encode_frame(frame)
            self.bytes += len(payload)
            self.copied += sum(r.w * r.h for r in frame.rects if r.codec is Codec.COPY)
            self._painter.paint(payload)

    @property
    def now(self) -> Image.Image:
        """What the technician sees."""
        return self._painter.image

    def follow(self, enough: Callable[[], bool]) -> None:
        """Code every change; each picture is identical unless something came as JPEG."""
        deadline = time.monotonic() + 120
        while not enough():
            assert time.monotonic() < deadline, "waited in vain"
            boxes = self._capture.take_damage()
            if not boxes:
                time.sleep(0.02)
                continue
            picture = self._capture.grab(boxes + self._encoder.waiting())
            self._paint(self._encoder.update(picture, boxes, time.monotonic(), WIDE))
            if self._encoder.mend_at() is None and not self._encoder.waiting():
                assert self._same()

    def rest(self) -> None:
        """Mend until both pictures have to be identical."""
        settle(self._encoder, self._painter, time.monotonic(), WIDE)
        assert self._same()

    def _same(self) -> bool:
        """Whether the technician sees what was read last, which the screen may have left behind."""
        picture = self._picture
        size = (picture.width, picture.height)
        read = Image.frombuffer(
            "RGB", size, bytes(picture.pixels), "raw", picture.layout, picture.stride, 1
        )
        return self.now.tobytes() == read.tobytes()

    def close(self) -> None:
        del self._picture
        self._capture.close()


@pytest.fixture
def follow(screen: Screen) -> Iterator[Callable[[], Follower]]:
    made: list[Follower] = []

    def start() -> Follower:
        made.append(Follower(screen))
        return made[0]

    yield start
    for follower in made:
        follower.close()


def test_a_scrolling_terminal(screen: Screen, follow: Callable[[], Follower]) -> None:
    flag = screen.home / "go"
    script = (
        f"seq 1000 2500 | xargs -n 20; while [ ! -e {flag} ]; do sleep 0.1; done;"
        " for i in $(seq 30); do seq -s ' ' $i $((i+20)); sleep 0.05; done;"
        f" touch {flag}.end; sleep 60"
    )
    screen.start("xterm", "-geometry", "110x45+40+20", "-e", script)
    screen.window("--class", "xterm")
    time.sleep(1)
    follower = follow()
    flag.touch()
    follower.follow(lambda: Path(f"{flag}.end").exists())
    follower.rest()
    assert follower.copied > 100_000


def test_a_scrolled_page_in_chromium(screen: Screen, follow: Callable[[], Follower]) -> None:
    page = screen.home / "page.html"
    paragraphs = "".join(f"<p>{n}. {' '.join(str(n * k) for k in range(60))}" for n in range(99))
    bars = (
        "<style>body{margin:0 0 0 200px;font:16px sans-serif}"
        "nav{position:fixed;left:0;top:0;width:180px;background:#eee}</style><nav>"
    )
    page.write_text(f"<title>Lange Seite</title>{bars}{'<p>Punkt' * 9}</nav>{paragraphs}")
    screen.manager()
    profile = f"--user-data-dir={screen.home / 'profile'}"
    screen.start(*CHROMIUM, profile, f"--app=file://{page}")
    screen.window("--name", "Lange Seite")
    until(lambda: len(set(screen.picture().getcolors(2**24) or ())) > 50)
    time.sleep(1)
    follower = follow()
    screen.run("xdotool", "mousemove", "600", "400")
    pressed = 0

    def scrolled() -> bool:
        nonlocal pressed
        pressed += 1
        if pressed % 4 == 0:
            screen.run("xdotool", "click", "5")
        return follower.copied > 1_500_000

    follower.follow(scrolled)
    follower.rest()


def test_a_dragged_window(screen: Screen, follow: Callable[[], Follower]) -> None:
    screen.manager()
    screen.start("xterm", "-geometry", "100x40+300+200", "-e", "seq 500; sleep 60")
    screen.window("--class", "xterm")
    screen.start("xterm", "-title", "oben", "-geometry", "70x25+60+60", "-e", "seq 40; sleep 60")
    window = screen.window("--name", "oben")
    time.sleep(1)
    follower = follow()
    place = 60

    def moved() -> bool:
        nonlocal place
        place += 7
        screen.run("xdotool", "windowmove", window, str(place), str(place // 2 + 40))
        return place > 400

    follower.follow(moved)
    follower.rest()
    assert follower.copied > 1_000_000
