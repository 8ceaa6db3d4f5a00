"""Chromium without Playwright between, which tells every tab that it is seen."""

import itertools
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

from tests.integration.rig.chromium import ARGUMENTS
from tests.integration.rig.display import Screen
from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until

PATIENCE: Final = 60.0  # seconds


class BareTab:
    """One tab, by the few commands of the DevTools protocol that a test needs."""

    def __init__(self, socket: ClientConnection) -> None:
        """Speak on the tab's websocket."""
        self._socket = socket
        self._numbers = itertools.count(1)

    def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                result: dict[str, Any] = message["result"]
                return result

    def set_cookies(self, cookies: list[dict[str, Any]]) -> None:
        """Take cookies as Playwright keeps them."""
        fields = ("name", "value", "domain", "path", "httpOnly")
        chosen = [{name: cookie[name] for name in fields} for cookie in cookies]
        self.command("Network.setCookies", cookies=chosen)

    def go_to(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        self.command("Page.navigate", url=url)
        loaded = f"location.href === {json.dumps(url)} && document.readyState === 'complete'"
        until(lambda: self.evaluate(loaded), within=PATIENCE, what=url, pause=0.1)

    def evaluate(self, expression: str) -> Any:
        """Return what a JavaScript expression (or promise) yields, by way of JSON."""
        answer = self.command(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press_button(self, x: int, y: int) -> None:
        """Press the left button at a place of the page, and keep it pressed."""
        for kind, button in (("mouseMoved", "none"), ("mousePressed", "left")):
            self.command(
                "Input.dispatchMouseEvent", type=kind, button=button, x=x, y=y, clickCount=1
            )

    @contextmanager
    def out_of_sight(self) -> Iterator[None]:
        """Have another tab stand before this one in the block."""
        self.evaluate("void (globalThis.inFront = window.open('about:blank'))")
        yield
        self.evaluate("void globalThis.inFront.close()")


@contextmanager
def bare_chromium(folder: Path, screen: Screen) -> Iterator[BareTab]:
    """Start Chromium with a fresh profile in `folder` as a window on `screen`."""
    arguments = [argument for argument in ARGUMENTS if not argument.startswith("--headless")]
    command: list[str | int | Path] = ["chromium", *arguments, "--no-first-run"]
    command += ["--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}", "about:blank"]
    with Program(command, log=folder / "chromium.log", env=screen.env) as program:
        port = program.wait_for(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/")[1]

        def tab() -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                found = [one for one in json.load(answer) if one["type"] == "page"]
            return str(found[0]["webSocketDebuggerUrl"]) if found else ""

        address = until(tab, within=PATIENCE, what="a tab")
        with connect(address, compression=None, max_size=2**26) as socket:
            yield BareTab(socket)
