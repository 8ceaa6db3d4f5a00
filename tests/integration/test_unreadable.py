"""Nobody between the two ends can read anything: a real session's whole traffic is searched."""

import base64
import io
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.barcode import barcode, needle, shows_barcode
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.place import Place, between_lines
from tests.integration.rig.portal import TECHNICIAN
from tests.integration.rig.traffic import layers, pictures
from tests.integration.rig.waiting import until
from tests.integration.rig.wire import Passed

TYPED = "Quittenbäume Nr. 4711"
# The agent with a cipher that changes nothing.
OPEN_AGENT = """
import sys
from agent.protocol import records
class Open:
    def __init__(self, key): pass
    def encrypt(self, nonce, body, header): return bytes(body) + bytes(16)
    def decrypt(self, nonce, body, header): return bytes(body[:-16])
records.AESGCM = Open
from agent.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
# The same for the page, and a key exchange that says the password.
OPEN_PAGE = {
    "records": [
        (
            "new Uint8Array(await crypto.subtle.encrypt(algorithm, await this.#key, body))",
            "(await this.#key, concatenate(body, new Uint8Array(16)))",
        ),
        (
            "new Uint8Array(await crypto.subtle.decrypt(algorithm, await this.#key, sealed))",
            "(await this.#key, sealed.slice(0, -16))",
        ),
    ],
    "cpace": [
        (
            '{ step: "hello" }',
            '{ step: "hello", password: new TextDecoder().decode(this.#prs) }',
        )
    ],
}


def found_in(passed: list[Passed], password: str) -> set[str]:
    """Return which of the three secrets can be read in the traffic."""
    wanted = {
        "screen": [needle(), needle()[::-1]],
        "password": [password.encode(), f"{password[:4]} {password[4:]}".encode()],
        "text": [TYPED.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")],
    }
    found = set()
    for layer in layers(passed):
        found |= {name for name, forms in wanted.items() if any(form in layer for form in forms)}
        if any(map(shows_barcode, pictures(layer))):
            found.add("screen")
    return found


# --- The search finds what is there ----------------------------------------------------


def websocket(*bodies: bytes) -> bytes:
    """Return a caller's stream with a message in masked pieces."""
    stream = b"GET /ws/ HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    for number, body in enumerate(bodies, start=1):
        last, first = number == len(bodies), number == 1
        head = bytes([(0x80 if last else 0) | (2 if first else 0)])
        size = bytes([0xFE]) + struct.pack("!H", len(body))
        masked = bytes(byte ^ b"mask"[at % 4] for at, byte in enumerate(body))
        stream += head + size + b"mask" + masked
    return stream


def jpeg() -> bytes:
    data = io.BytesIO()
    Image.fromarray(barcode()).save(data, "JPEG", quality=40)
    return data.getvalue()


def records(payload: bytes) -> bytes:
    """Return a payload in records of a websocket without masks, header and tag left open."""
    stream = b"HTTP/1.1 101 ok\r\nUpgrade: WebSocket\r\n\r\n"
    for at in range(0, len(payload), 100):
        body = b"\x02" + bytes(12) + payload[at : at + 100]
        stream += b"\x82" + bytes([len(body)]) + body
    return stream


HIDDEN: dict[str, tuple[bytes, str]] = {
    "as it is": (b"x" + TYPED.encode() + b"y", "text"),
    "in the password's groups": (b"...1234 5674...", "password"),
    "in base64": (
        b'{"tag":"' + base64.urlsafe_b64encode(b"1234567412345674" * 3) + b'"}',
        "password",
    ),
    "in zlib": (b"junk" + zlib.compress(b"a" * 99 + TYPED.encode()) + b"junk", "text"),
    "in zlib in base64": (base64.b64encode(zlib.compress(TYPED.encode() * 9)), "text"),
    "in a masked websocket, cut into pieces": (
        websocket(TYPED.encode()[:150] + b"." * 130, b"." * 130 + TYPED.encode()),
        "text",
    ),
    "as pixels": (b"junk" + barcode().tobytes(), "screen"),
    "in zstd, cut off": (
        b"junk" + zstandard.ZstdCompressor().compress(barcode().tobytes() * 2)[:-9] + b"junk",
        "screen",
    ),
    "in a JPEG": (b"junk" + jpeg() + b"junk", "screen"),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_what_hides_in_traffic_is_found(way: str) -> None:
    data, secret = HIDDEN[way]
    halves = [data[: len(data) // 2], data[len(data) // 2 :]]
    passed = [Passed(1, True, half) for half in halves] + [Passed(2, False, b"nothing")]
    assert found_in(passed, "12345674") == {secret}


def test_what_is_cut_into_records_is_found() -> None:
    packed = zstandard.ZstdCompressor().compress(barcode().tobytes())
    passed = [Passed(1, False, records(packed))]
    assert found_in(passed, "12345674") == {"screen"}


def test_noise_shows_nothing() -> None:
    passed = [Passed(1, True, bytes(range(256)) * 400)]
    assert found_in(passed, "12345674") == set()


# --- A real session --------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return a portal between two lines that are recorded."""
    with between_lines(tmp_path_factory.mktemp("recorded")) as place:
        yield place


def session(
    place: Place, context: BrowserContext, computer: Computer, program: list[str | Path]
) -> tuple[list[list[Passed]], str]:
    """Show the pattern, cut the lines, type; return each line's traffic, and the password."""
    picture = computer.folder / "pattern.png"
    screen = Image.new("RGB", (computer.screen.width, computer.screen.height), "#3c6e71")
    screen.paste(Image.fromarray(barcode()), (600, 400))
    screen.save(picture)
    computer.show_picture(picture)
    note = computer.open_editor()
    kept: list[list[Passed]] = [[], []]
    place.customers.kept, place.shops.kept = kept
    desk = Desk(context.new_page(), place.portal)
    desk.log_in(TECHNICIAN)
    command = [*program, "--server", place.agents_server, "--headless"]
    with Agent(command, log=computer.folder / "agent.log", env=computer.env) as agent:
        password = agent.password
        desk.order(agent.support_id, password)
        body = desk.page.locator("body")
        # Waits as Playwright does, which alone lets routes be served.
        expect(body).to_have_attribute("data-state", "asking")
        agent.answer(yes=True)
        desk.wait_until_connected()
        desk.wait_until_same(computer)
        place.both(lambda wire: wire.cut())
        agent.wait_for_event("line_back")
        expect(body).to_have_attribute("data-state", "connected")
        desk.wait_until_same(computer)
        desk.click_on_screen(computer, 300, 300)
        desk.page.locator("#keys").click()
        desk.page.locator("#type").click()
        desk.page.locator("#type-text").fill(TYPED)
        desk.page.locator("#type-dialog button[value=type]").click()

        def saved() -> bool:
            desk.page.keyboard.press("Control+s")
            return note.read_text() == TYPED

        until(saved, within=15, what="the text in the editor", pause=0.5)
        desk.wait_until_same(computer)
        agent.end()
    desk.page.close()
    place.customers.kept = place.shops.kept = None
    return kept, password


def test_nothing_of_a_session_can_be_read_on_the_way(
    place: Place, browser: Browser, computer: Computer
) -> None:
    with browser.new_context(locale="de-DE") as context:
        program: list[str | Path] = [sys.executable, "-m", "agent"]
        lines, password = session(place, context, computer, program)
    for passed in lines:
        assert sum(len(piece.data) for piece in passed) > 10_000
        assert found_in(passed, password) == set()


def changed(changes: list[tuple[str, str]]) -> Callable[[Route], None]:
    """Return what serves a script with other words in it."""

    def serve(route: Route) -> None:
        text = route.fetch().text()
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        route.fulfill(content_type="text/javascript", body=text)

    return serve


def test_the_same_search_finds_everything_in_the_same_session_without_sealing(
    place: Place, browser: Browser, computer: Computer
) -> None:
    with browser.new_context(locale="de-DE") as context:
        for name, changes in OPEN_PAGE.items():
            context.route(f"**/viewer/core/{name}*.js", changed(changes))
        program: list[str | Path] = [sys.executable, "-c", OPEN_AGENT]
        lines, password = session(place, context, computer, program)
    for passed in lines:
        assert found_in(passed, password) == {"screen", "password", "text"}
