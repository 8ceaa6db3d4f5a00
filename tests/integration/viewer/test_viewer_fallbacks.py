"""Browsers that lack something: the same picture, pixel by pixel, by another way."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from agent.protocol import control
from agent.protocol.picture import Codec, Frame, Rect
from tests.integration.rig.portal import Portal
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.mixed import show_mixed
from tests.integration.viewer.test_viewer_picture import decoded, jpeg, noise, smooth

pytestmark = pytest.mark.integration

Take = Callable[[BrowserContext], None]


def from_page(script: str) -> Take:
    """Take something away from the page, before any of its scripts runs."""

    def take(context: BrowserContext) -> None:
        context.add_init_script(script)

    return take


def from_worker(script: str) -> Take:
    """Take something away from the worker, before its own code runs."""

    def deliver(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(content_type="text/javascript", body=f"{script};\n{answer.text()}")

    def take(context: BrowserContext) -> None:
        context.route("**/viewer/core/worker*.js", deliver)

    return take


IN_THE_PAGE = "delete HTMLCanvasElement.prototype.transferControlToOffscreen"
WITHOUT_OPTIONS = """
    const whole = globalThis.createImageBitmap;
    globalThis.createImageBitmap = (source) => whole(source)
"""
CLASSIC_WORKERS = """
    globalThis.Worker = class extends Worker { constructor(url) { super(url); } }
"""
# As browsers were that knew films but copied their colours as they are.
OLD_COPIES = """
    const { copyTo, allocationSize } = VideoFrame.prototype;
    VideoFrame.prototype.copyTo = function (to) { return copyTo.call(this, to); };
    VideoFrame.prototype.allocationSize = function () { return allocationSize.call(this); };
"""
# As Firefox does it where it resists fingerprinting; it has no VideoFrame then.
FALSIFIED = """
    delete globalThis.VideoFrame;
    const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
    OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...place) {
        const image = getImageData.apply(this, place);
        image.data.forEach((_, index, data) => (data[index] = index * 7));
        return image;
    };
"""
LITTLE_MEMORY = """
    globalThis.Uint32Array = class extends Uint32Array {
        constructor(...options) {
            if (options[0] >= 1000 * 1000) { throw new RangeError("allocation failed"); }
            super(...options);
        }
    };
"""
LACKS = {
    "nothing": (from_page(""), "worker"),
    "canvas for workers": (
        from_page(IN_THE_PAGE),
        "page",
    ),
    "canvas in workers": (from_worker("delete globalThis.OffscreenCanvas"), "page"),
    "painting in workers": (
        from_worker("OffscreenCanvas.prototype.getContext = () => null"),
        "page",
    ),
    "modules in workers": (from_page(CLASSIC_WORKERS), "page"),
    "WebCodecs": (from_page(f"{IN_THE_PAGE}; delete globalThis.VideoDecoder"), "page"),
    "pictures of films": (from_page(f"{IN_THE_PAGE}; delete globalThis.VideoFrame"), "page"),
    "pictures of films and canvas for workers": (
        from_page(
            f"{IN_THE_PAGE}; delete globalThis.VideoFrame; delete globalThis.OffscreenCanvas"
        ),
        "page",
    ),
    "formats of copies": (from_page(f"{IN_THE_PAGE}; {OLD_COPIES}"), "page"),
    "options of bitmaps": (from_page(f"{IN_THE_PAGE}; {WITHOUT_OPTIONS}"), "page"),
    "the keyboard lock": (from_page("delete Navigator.prototype.keyboard"), "worker"),
    "storage": (
        from_page("delete globalThis.localStorage"),
        "worker",
    ),
}


@pytest.fixture(params=LACKS, ids=[name.replace(" ", "-") for name in LACKS])
def engine(request: pytest.FixtureRequest, page: Page) -> Iterator[str]:
    """Take something away from the page's browser; return where the engine has to run."""
    take, engine = LACKS[request.param]
    take(page.context)
    yield engine
    page.context.unroute_all(behavior="wait")


def test_the_picture_is_the_same_whatever_the_browser_lacks(
    engine: str, page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    desk = Desk(page, portal.url)
    desk.open(agent)
    # Waits as Playwright does, which alone lets the changed worker be delivered.
    desk.expect_state("opening")
    agent.wait_until_granted()
    picture = show_mixed(agent)
    desk.expect_state("connected")
    expect(page.locator("body")).to_have_attribute("data-engine", engine)
    desk.expect_pixels(picture)
    agent.show(np.full((300, 500, 3), (0, 128, 255), dtype=np.uint8))
    desk.expect_pixels(np.full((300, 500, 3), (0, 128, 255), dtype=np.uint8))
    wanted = "VideoDecoder" in page.evaluate("Object.getOwnPropertyNames(globalThis)")
    agent.wait_for(lambda: control.Can(wanted) in agent.told, "what the page can")
    page.keyboard.type("x")
    agent.wait_for(
        lambda: any(isinstance(message, control.Text | control.Key) for message in agent.told),
        "the typed letter",
    )


def test_a_photograph_is_right_although_what_is_read_of_a_canvas_is_falsified(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    from_page(f"{IN_THE_PAGE}; {FALSIFIED}")(page.context)
    desk = Desk(page, portal.url)
    desk.open(agent)
    desk.expect_state("opening")
    agent.wait_until_granted()
    picture = noise(320, 200).copy()
    agent.show(picture)
    photograph, text = jpeg(smooth(160, 120)), noise(40, 30, seed=4)
    rects = (Rect(16, 32, 160, 120, Codec.JPEG, photograph), agent.zstd(text, 20, 100))
    agent.send_frame(Frame(320, 200, rects))
    agent.wait_for_credit(2)
    picture[32:152, 16:176] = decoded(photograph)
    picture[100:130, 20:60] = text
    desk.expect_pixels(picture)


def test_a_picture_for_which_there_is_no_memory_is_told(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    from_page(f"{IN_THE_PAGE}; {LITTLE_MEMORY}")(page.context)
    desk = Desk(page, portal.url)
    desk.open(agent)
    desk.expect_state("opening")
    agent.wait_until_granted()
    agent.show(noise(320, 200))
    desk.expect_state("connected")
    agent.send_frame(Frame(1000, 1000, (agent.zstd(noise(1000, 1000)),)))
    desk.expect_state("failed")
    expect(desk.title).to_have_text("Das Bild passt nicht in diesen Browser")
    expect(desk.text).to_contain_text("zu wenig freien Speicher")


def test_a_worker_that_breaks_down_later_is_told(
    page: Page, desk: Desk, agent: ScriptedAgent
) -> None:
    agent.show(noise(64, 40))
    desk.expect_state("connected")
    page.workers[0].evaluate("setTimeout(() => { throw new Error('broken on purpose'); })")
    desk.expect_state("failed")
    expect(desk.text).to_be_visible()
