"""Debian's Chromium without a window, driven by Playwright."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Playwright

from tests.integration.rig.display import Pixels, Screen

ARGUMENTS: Final = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A copy is drawn first: a canvas that a worker paints cannot be read itself.
_READ: Final = """canvas => {
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    copy.getContext('2d').drawImage(canvas, 0, 0);
    return copy.toDataURL('image/png');
}"""


@contextmanager
def chromium(playwright: Playwright, *more: str) -> Iterator[Browser]:
    """Start the browser, with `more` arguments, and end it afterwards."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *more]
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def chromium_on(playwright: Playwright, screen: Screen, *more: str) -> Iterator[Browser]:
    """Start the browser as a window on a screen: with a real pointer, display and tabs."""
    arguments = [argument for argument in ARGUMENTS if not argument.startswith("--headless")]
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        headless=False,
        args=[*arguments, *more],
        env={**screen.env},
    )
    try:
        yield browser
    finally:
        browser.close()


def canvas_pixels(canvas: Locator) -> Pixels:
    """Return what a canvas shows, in its own pixels."""
    url: str = canvas.evaluate(_READ)
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def share_identical(one: Pixels, other: Pixels) -> float:
    """Return the share (0 to 1) of pixels that are exactly equal; 0 where the sizes differ."""
    if one.shape != other.shape:
        return 0.0
    return float((one == other).all(axis=2).mean())
