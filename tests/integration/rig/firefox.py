"""Debian's Firefox without a window, driven by WebDriver BiDi (W3C): JSON on a websocket."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until

# Nothing of its own on the network, and no question at the start.
PREFERENCES: Final = {
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "extensions.update.enabled": False,
    "intl.accept_languages": "de-DE, de",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    # BiDi on a websocket, without WebDriver's Marionette beside it.
    "remote.active-protocols": 1,
    # Whoever reads a canvas that a worker paints waits for the worker, which may just be waiting
    # for the page: both stand for so many milliseconds (as delivered, 10 000: long enough for a
    # line to count as lost), and what was read is empty.
    "gfx.offscreencanvas.snapshot-timeout-ms": 100,
}
PATIENCE: Final = 60.0  # seconds


class FirefoxError(AssertionError):
    """What Firefox says went wrong."""


class FirefoxPage:
    """One tab."""

    def __init__(self, socket: ClientConnection, width: int, height: int) -> None:
        """Begin a session and open a tab of `width` x `height` CSS pixels."""
        self._socket = socket
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        answer = self.command("session.new", capabilities={})
        self.version = str(answer["capabilities"]["browserVersion"])
        self.command("session.subscribe", events=["log.entryAdded"])
        self._context = self.command("browsingContext.create", type="tab")["context"]
        self.command(
            "browsingContext.setViewport",
            context=self._context,
            viewport={"width": width, "height": height},
        )

    def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result.

        Raises:
            FirefoxError: Firefox refused it.
        """
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("method") == "log.entryAdded":
                self._note(message["params"])
            elif message.get("id") == number:
                if message["type"] == "error":
                    raise FirefoxError(f"{method}: {message['error']}: {message['message']}")
                result: dict[str, Any] = message["result"]
                return result

    def set_cookies(self, cookies: list[dict[str, Any]]) -> None:
        """Take cookies as Playwright keeps them."""
        for cookie in cookies:
            fields = {name: cookie[name] for name in ("name", "domain", "path", "httpOnly")}
            fields["value"] = {"type": "string", "value": cookie["value"]}
            self.command("storage.setCookie", cookie=fields)

    @contextmanager
    def before_every_page(self, script: str) -> Iterator[None]:
        """Run `script` in every page that is opened in this block, before its own scripts."""
        function = f"() => {{ {script} }}"
        added = self.command("script.addPreloadScript", functionDeclaration=function)
        yield
        self.command("script.removePreloadScript", script=added["script"])

    def go_to(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        self.command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Return what a JavaScript expression (or promise) yields, by way of JSON."""
        result = self.command(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then(v => JSON.stringify(v ?? null))",
            target={"context": self._context},
            awaitPromise=True,
        )
        if result["type"] == "exception":
            raise FirefoxError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def wait_for(self, expression: str, what: str) -> Any:
        """Wait until an expression is true."""
        return until(lambda: self.evaluate(expression), within=PATIENCE, what=what, pause=0.1)

    def press(self, *keys: str) -> None:
        """Press and let go keys one after the other; WebDriver's codes for the special ones."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keyboard", "actions": actions})

    def click(self, x: int, y: int) -> None:
        """Click with the left button at a place of the page, in CSS pixels."""
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.act({"type": "pointer", "id": "mouse", "actions": actions})

    def press_button(self, x: int, y: int) -> None:
        """Press the left button at a place of the page, and keep it pressed."""
        actions = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}]
        self.act({"type": "pointer", "id": "mouse", "actions": actions})

    @contextmanager
    def out_of_sight(self) -> Iterator[None]:
        """Have another tab stand before this one in the block."""
        other = self.command("browsingContext.create", type="tab")["context"]
        yield
        self.command("browsingContext.close", context=other)

    def act(self, source: dict[str, object]) -> None:
        """Perform the actions of one source of input, as WebDriver describes them."""
        self.command("input.performActions", context=self._context, actions=[source])

    def _note(self, entry: dict[str, Any]) -> None:
        if entry["level"] in {"error", "warn"}:
            self.complaints.append(str(entry["text"]))


@contextmanager
def firefox(folder: Path, width: int = 1280, height: int = 800) -> Iterator[FirefoxPage]:
    """Start Firefox with a fresh profile in `folder`, and end it afterwards."""
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command: list[str | int | Path] = ["firefox-esr", "--headless", "--no-remote"]
    command += ["--profile", profile, "--remote-debugging-port", 0]
    with Program(command, log=folder / "firefox.log") as program:
        address = program.wait_for(r"WebDriver BiDi listening on (ws://\S+)")[1]
        with connect(f"{address}/session", compression=None, max_size=2**26) as socket:
            yield FirefoxPage(socket, width, height)
