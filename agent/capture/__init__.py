"""Reading the screen: one file per platform behind `Capture`."""

import sys

from agent.capture.base import Capture, CaptureError


def open_capture() -> Capture:
    """The capture of this platform.

    Raises:
        CaptureError: there is none, or no screen to read.
    """
    if sys.platform.startswith("linux"):
        from agent.capture.x11 import X11Capture  # noqa: PLC0415 (the platform's own libraries)

        return X11Capture()
    raise CaptureError(f"no capture for {sys.platform}")
