"""The key that ends the connection: one file per platform behind `open_hotkey`."""

import sys
from typing import Protocol


class HotKey(Protocol):
    """A key that is reported here while this exists, whichever window has the focus."""

    letter: str

    def fileno(self) -> int:
        """Return what to wait on."""

    def pressed(self) -> bool:
        """Read what waits; tell whether the key was pressed."""

    def close(self) -> None:
        """Give the key back."""


def open_hotkey() -> HotKey | None:
    """Take a key: Ctrl+Alt+Shift and its `letter`; None where no key can be had."""
    if not sys.platform.startswith("linux"):
        return None
    from agent.gui.hotkey_x11 import X11HotKey  # noqa: PLC0415 (the platform's own libraries)
    from agent.xlib import DisplayLostError  # noqa: PLC0415

    try:
        key = X11HotKey()
    except DisplayLostError:
        return None
    if key.letter:
        return key
    key.close()
    return None
