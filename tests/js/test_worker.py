"""The protocol in the place where it runs: a module worker of Chromium."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.integration.rig.chromium import chromium

ROOT = Path(__file__).parents[2]
ASK_WORKER = """
  (vectors) => new Promise((resolve, reject) => {
    const worker = new Worker("/tests/js/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(`worker: ${event.message}`));
    worker.postMessage(vectors);
  })
"""


class Files(SimpleHTTPRequestHandler):
    """The checkout's files, without a line on the screen for each."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    """Serve the checkout on this machine; localhost may use WebCrypto."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def vectors(name: str) -> Any:
    return json.loads((ROOT / "tests" / "vectors" / name).read_text(encoding="ascii"))


@pytest.mark.integration
def test_a_worker_of_chromium_follows_the_vectors(files: str) -> None:
    run = vectors("handshake.json")["runs"][0]
    sealed = vectors("records.json")["sealed"][0]
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        page.goto(f"{files}/tests/js/tsconfig.json")
        answer = page.evaluate(ASK_WORKER, {"run": run, "sealed": sealed})
    assert "error" not in answer, answer
    assert answer["messages"] == run["messages"][::2]
    assert answer["code"] == run["keys"]["verification_code"]
    assert answer["records"] == [item["messages"] for item in sealed["payloads"]]
    assert answer["opened"] == [[item["channel"], item["payload"]] for item in sealed["payloads"]]
