"""The portal's address, which goes along with the program that is handed out."""

import os
import sys
from pathlib import Path

DEFAULT = "http://127.0.0.1:8000"
# What stands before the address at the end of a file that was handed out.
MARK = b"\ndibuc-server "
LONGEST = 300


def address_at_end(file: Path) -> str | None:
    """Return the address that was added to the end of `file`, None where there is none."""
    with file.open("rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - LONGEST))
        _before, mark, address = stream.read().rpartition(MARK)
    return address.decode("ascii", "replace").strip() if mark else None


def server_url() -> str:
    """Return the portal that this program belongs to.

    The environment's DIBUC_SERVER comes first, then what the portal added to the end of
    this file when it was handed out, then this computer.
    """
    from_environment = os.environ.get("DIBUC_SERVER")
    if from_environment:
        return from_environment
    if getattr(sys, "frozen", False):
        added = address_at_end(Path(sys.executable))
        if added:
            return added
    return DEFAULT
