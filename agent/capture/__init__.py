"""Reading the screen: one file per platform behind `Capture`."""

import sys

from agent.capture.base import Capture, CaptureError


def open_capture() -> Capture:
    """Open the capture of this platform.

    Raises:
        CaptureError: there is none, or no screen to read.
    """
    if sys.platform.startswith("linux"):
        from agent.capture.x11 import X11Capture  # noqa: PLC0415 (the platform's own libraries)

        return X11Capture()
    raise CaptureError(f"no capture for {sys.platform}")


def screen_fault() -> str | None:
    """Return why the screen cannot be shown, as a code for the customer; None if it can."""
    try:
        capture = open_capture()
    except CaptureError:
        return "no-screen"
    try:
        return "wayland" if capture.partial() else None
    finally:
        capture.close()
