"""A logged-in technician without a browser, for many sessions at once."""

import http.cookiejar
import json
import urllib.parse
import urllib.request
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

from tests.integration.rig.portal import TECHNICIAN, Portal

MESSAGE_MAX: Final = 2**20


class Technician:
    """Logs in as the pages do, and opens sockets as they do."""

    def __init__(self, portal: Portal) -> None:
        """Log in as the pages do, with cookies and CSRF token."""
        self._portal = portal
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        login = f"{portal.url}/konto/login/"
        self._open(login)
        self._post(login, login=TECHNICIAN, password=portal.log_ins[TECHNICIAN])

    def _open(self, url: str, body: bytes | None = None) -> str:
        request = urllib.request.Request(url, body, {"Referer": self._portal.url})  # noqa: S310
        with self._opener.open(request, timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    def _cookie(self, name: str) -> str:
        return next(cookie.value or "" for cookie in self._jar if cookie.name == name)

    def _post(self, url: str, **fields: str) -> str:
        fields["csrfmiddlewaretoken"] = self._cookie("csrftoken")
        return self._open(url, urllib.parse.urlencode(fields).encode())

    def order(self, support_id: str) -> str:
        """Order the session, and return the address of its socket."""
        answer = self._post(f"{self._portal.url}/sitzungen/verbinden/", support_id=support_id)
        return self.where(json.loads(answer)["url"])

    def where(self, page: str) -> str:
        """Ask where the socket of a viewer's page is by now, as the page does."""
        session = page.strip("/").split("/")[1]
        answer = self._open(f"{self._portal.url}/sitzungen/{session}/leitung/")
        socket: str = json.loads(answer)["socket"]
        return socket

    async def open(self, address: str) -> ClientConnection:
        """Open the socket as the page does: with its origin and the log-in's cookies."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)
        return await connect(
            address,
            proxy=None,
            origin=self._portal.url,  # type: ignore[arg-type] # a NewType of str
            additional_headers={"Cookie": cookies},
            compression=None,
            max_size=MESSAGE_MAX,
        )
