"""nginx with the configuration that docs/operations.md tells people to use."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.integration.rig.certificate import Certificate
from tests.integration.rig.portal import ROOT
from tests.integration.rig.processes import Program

FRAME: Final = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{text}
}}
"""


def documented() -> str:
    """Return the configuration of docs/operations.md for two processes, word for word."""
    text = (ROOT / "docs" / "operations.md").read_text()
    server, upstreams, line = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    one, server = server.split("\n\n", 1)
    assert one.startswith("upstream portal")
    begin = server.index("location /ws/")
    sockets = server[begin:].replace("proxy_pass http://portal;", line.strip(), 1)
    return f"{upstreams}\n{server[:begin]}{sockets}"


@dataclass(frozen=True)
class Front:
    """What nginx stands in front of, and how: ports, data folder, and with or without TLS."""

    port: int
    backends: Sequence[int]
    data: Path
    certificate: Certificate | None


def adapted(text: str, front: Front) -> str:
    """Return `text` for this computer."""
    for number, backend in enumerate(front.backends):
        text = text.replace(f"127.0.0.1:{8000 + number} ", f"127.0.0.1:{backend} ")
    if front.certificate is None:
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{front.port};")
        text = re.sub(r" *ssl_certificate.*\n", "", text)
    else:
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{front.port} ssl;")
        text = text.replace("support.example.com;", "localhost;")
        letsencrypt = "/etc/letsencrypt/live/support.example.com"
        text = text.replace(f"{letsencrypt}/fullchain.pem", str(front.certificate.chain))
        text = text.replace(f"{letsencrypt}/privkey.pem", str(front.certificate.key))
    text = text.replace("/srv/dibuc-data/", f"{front.data}/")
    # The second server only leads from http to https.
    return text[: text.rindex("server {")]


class Nginx(Program):
    """A running nginx in a folder of its own."""

    def __init__(self, folder: Path, front: Front) -> None:
        """Start it."""
        folder.mkdir(parents=True)
        configuration = folder / "nginx.conf"
        # The workers of root's would be somebody who may not read the test's folder.
        user = "user root;" if os.geteuid() == 0 else ""
        text = adapted(documented(), front)
        configuration.write_text(FRAME.format(folder=folder, user=user, text=text))
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise FileNotFoundError("nginx is missing: run script/bootstrap --tests")
        command: list[str | Path] = [program, "-p", folder, "-e", "stderr", "-c", configuration]
        super().__init__([*command], log=folder / "nginx.log", cwd=folder)
