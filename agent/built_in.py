"""The portal's address, which the build writes into the program that is handed out."""

import os
from importlib.resources import files

FILE = "server.txt"
DEFAULT = "http://127.0.0.1:8000"


def server_url() -> str:
    """Return the portal that this program belongs to.

    The environment's DIBUC_SERVER comes first, then what the build wrote, then this computer.
    """
    from_environment = os.environ.get("DIBUC_SERVER")
    if from_environment:
        return from_environment
    written = files("agent").joinpath(FILE)
    if written.is_file():
        return written.read_text(encoding="utf-8").strip()
    return DEFAULT
