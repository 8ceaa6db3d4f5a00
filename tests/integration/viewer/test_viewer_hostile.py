"""Bombs and absurdities of a hostile agent: the page says why it stops, and works again at once."""

import base64
import json
import struct
from collections.abc import Callable

import pytest
import zstandard
from playwright.sync_api import expect

from agent.protocol import messages
from agent.protocol.framing import Channel
from agent.protocol.picture import Codec, Rect, copy_data, plane_data, video_data
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.test_viewer_faults import frame
from tests.integration.viewer.test_viewer_picture import HEIGHT, WIDTH, jpeg, noise, smooth

pytestmark = pytest.mark.integration

Make = Callable[[ScriptedAgent], bytes]
MIB = 1024 * 1024
START_CODE = b"\0\0\0\1"


def one(x: int, y: int, w: int, h: int, codec: Codec, data: bytes) -> bytes:
    """Return a frame with one rectangle."""
    return frame(Rect(x, y, w, h, codec, data))


def large_jpeg_with_a_small_header() -> bytes:
    """Return a JPEG whose first header says 8 x 8, and whose second says 8000 x 8000."""
    small, large = jpeg(smooth(8, 8)), jpeg(smooth(8, 8))
    begin = large.index(b"\xff\xc0")
    size = struct.pack("!HH", 8000, 8000)
    header = large[begin : begin + 5] + size + large[begin + 9 : begin + 19]
    scan = small.index(b"\xff\xda")
    return small[:scan] + header + small[scan:]


FRAMES: dict[str, Make] = {
    "a copy from beyond the edge": lambda _: one(
        0, 0, 8, 8, Codec.COPY, copy_data(WIDTH - 4, HEIGHT - 4)
    ),
    "a copy from far away": lambda _: one(0, 0, 8, 8, Codec.COPY, copy_data(65535, 65535)),
    "a copy without a source": lambda _: one(0, 0, 8, 8, Codec.COPY, b""),
    "a rectangle that is larger than all": lambda _: one(
        65535, 65535, 65535, 65535, Codec.COPY, copy_data(0, 0)
    ),
    "a rectangle of nothing": lambda _: one(0, 0, 0, 0, Codec.COPY, copy_data(0, 0)),
    "the whole screen five times": lambda _: frame(
        *(Rect(0, 0, WIDTH, HEIGHT, Codec.COPY, copy_data(0, 0)) for _ in range(5))
    ),
    "a bomb of zstd": lambda _: one(
        0, 0, 8, 8, Codec.ZSTD, zstandard.ZstdCompressor(level=19).compress(bytes(256 * MIB))
    ),
    "a window of zstd beyond all limits": lambda _: one(
        # Frame header: no size, window descriptor of 2 TB.
        0, 0, 8, 8, Codec.ZSTD, b"\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00"
    ),
    "bands that are higher than the rectangle": lambda _: one(
        0, 0, 8, 8, Codec.LINES, b"\x84\x05" + bytes(40)
    ),
    "bands of no height": lambda _: one(0, 0, 8, 8, Codec.LINES, b"\x80" * 40),
    "bands and nothing in them": lambda _: one(0, 0, 8, 8, Codec.LINES, b"\x88"),
    "a bomb in bands": lambda _: one(
        0, 0, 8, 8, Codec.LINES,
        b"\x88" + zstandard.ZstdCompressor(level=19).compress(bytes(256 * MIB)),
    ),
    "a large JPEG behind a small header": lambda _: one(
        0, 0, 8, 8, Codec.JPEG, large_jpeg_with_a_small_header()
    ),
    "a preview of the wrong size": lambda _: one(
        0, 0, 64, 64, Codec.PREVIEW, jpeg(smooth(64, 64))
    ),
    "a plane that does not exist": lambda _: one(0, 0, 8, 8, Codec.KEEP, b"\x09"),
    "a plane that nothing was kept on": lambda _: one(0, 0, 8, 8, Codec.RESTORE, plane_data(3)),
    "a film that begins in the middle": lambda _: one(
        0, 0, 64, 64, Codec.H264, video_data(START_CODE + b"\x41" + bytes(40), key=False)
    ),
    "a film of nonsense": lambda _: one(
        0, 0, 64, 64, Codec.H264, video_data(START_CODE + b"\x67" + b"\xff" * 40, key=True)
    ),
    "half a head": lambda _: b"\x01\x00\x02",
    "rectangles that were announced and do not come": lambda _: struct.pack(
        "!BBHHH", 1, 0, WIDTH, HEIGHT, 65535
    ),
    "a screen without width": lambda _: struct.pack("!BBHHH", 1, 1, 0, HEIGHT, 0),
    "a screen beyond all limits": lambda _: struct.pack("!BBHHH", 1, 1, 16384, 16384, 0),
}  # fmt: skip


def monitor(**changes: object) -> dict[str, object]:
    """Return a monitor with other fields."""
    usual = {"id": 1, "name": "a", "x": 0, "y": 0, "w": 64, "h": 64, "scale": 100, "primary": True}
    return usual | changes


def said(**fields: object) -> Make:
    """Return a control message, right or wrong."""
    return lambda _: json.dumps(fields).encode()


PNG = base64.urlsafe_b64encode(b"no picture").rstrip(b"=").decode()
CONTROLS: dict[str, Make] = {
    "too many monitors": said(
        t="monitors", shown=None, monitors=[monitor(id=n, primary=False) for n in range(99)]
    ),
    "a monitor twice": said(t="monitors", shown=None, monitors=[monitor(), monitor()]),
    "a monitor of nothing": said(t="monitors", shown=None, monitors=[monitor(w=0)]),
    "a monitor far away": said(t="monitors", shown=None, monitors=[monitor(x=10**9)]),
    "a monitor with a name turned round": said(
        t="monitors", shown=None, monitors=[monitor(name="a\u202eb")]
    ),
    "a monitor that is not there": said(t="monitors", shown=7, monitors=[monitor()]),
    "a pointer beyond all screens": said(t="pointer", x=10**6, y=0),
    "a cursor of the size of a house": said(
        t="cursor", id="a", png=PNG, w=4096, h=4096, hot_x=0, hot_y=0
    ),
    "a cursor whose tip lies outside": said(
        t="cursor", id="a", png=PNG, w=8, h=8, hot_x=9, hot_y=0
    ),
    "a checksum that is too short": said(t="checksum", painted=1, digest="AAAA"),
    "an answer nobody could have asked for": said(t="echo", n=-1),
    "nesting without end": lambda _: b'{"t":' + b"[" * 30_000,
    "half a character": lambda _: b'{"t":"notice","code":"\xc3',
}


@pytest.mark.parametrize(
    ("channel", "kinds"),
    [(Channel.PICTURE, FRAMES), (Channel.CONTROL, CONTROLS)],
    ids=["frames", "controls"],
)
def test_whatever_a_hostile_agent_sends_the_page_says_why_it_stops_and_works_again(
    desk: Desk, agent: ScriptedAgent, channel: Channel, kinds: dict[str, Make]
) -> None:
    picture = noise(WIDTH, HEIGHT)
    for name, make in kinds.items():
        agent.wait_until_granted()
        agent.show(picture)
        desk.expect_state("connected")
        agent.said.clear()
        agent.send_payload(channel, make(agent))
        desk.expect_state("failed")
        # A sentence, and the code for whoever is called about it.
        expect(desk.text, name).to_contain_text("malformed")
        assert len(desk.text.inner_text().split()) > 5, name
        # Nothing but the picture of before has been painted, if that is still there.
        shown = desk.pixels()
        assert shown.shape == picture.shape, name
        assert (shown == picture).all() or (shown == shown[0, 0]).all(), name
        agent.wait_for(lambda: agent.has(messages.Unpaired), "the end of the pairing")
        desk.page.locator("#again").click()
        desk.expect_state("password")
        desk.type_password(agent.password)
