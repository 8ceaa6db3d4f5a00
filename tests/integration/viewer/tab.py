"""The viewer in a browser that Playwright does not drive."""

import base64
import io
import json
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

import numpy as np
from PIL import Image

from tests.integration.rig.display import Pixels
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until

_READ: Final = """(() => {
    const canvas = document.querySelector("#screen");
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [canvas.width, canvas.height];
    copy.getContext("2d").drawImage(canvas, 0, 0);
    return copy.toDataURL("image/png");
})()"""
_ORDER: Final = """fetch("/sitzungen/verbinden/", {
    method: "POST",
    headers: {"X-CSRFToken": %s, "Accept": "application/json"},
    body: new URLSearchParams({support_id: %s}),
}).then(answer => answer.json()).then(({url}) => {
    sessionStorage.setItem("dibuc.password." + url.split("/")[2], %s);
    return url;
})"""


class Tab(Protocol):
    """What a test needs of a tab."""

    def set_cookies(self, cookies: list[dict[str, Any]]) -> None:
        """Take cookies as Playwright keeps them."""

    def go_to(self, url: str) -> None:
        """Open a page and wait until it has loaded."""

    def evaluate(self, expression: str) -> Any:
        """Return what a JavaScript expression yields."""

    def press_button(self, x: int, y: int) -> None:
        """Press the left button, and keep it pressed."""

    def out_of_sight(self) -> AbstractContextManager[None]:
        """Have another tab stand before this one in the block."""


def open_viewer(tab: Tab, portal: Portal, support_id: str, password: str) -> None:
    """Order the session and come to the viewer."""
    tab.go_to(f"{portal.url}/portal/")
    token = tab.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value")
    wanted = [json.dumps(value) for value in (token, support_id, password)]
    path = tab.evaluate(_ORDER % tuple(wanted))
    tab.go_to(f"{portal.url}{path}")


def pixels(tab: Tab) -> Pixels:
    """Return what the canvas shows."""
    data = base64.b64decode(tab.evaluate(_READ).partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.uint8)


def expect_pixels(tab: Tab, wanted: Pixels) -> None:
    """Wait until the canvas shows exactly `wanted`."""

    def same() -> bool:
        shown = pixels(tab)
        return shown.shape == wanted.shape and bool((shown == wanted).all())

    until(same, within=15, what="the picture")
