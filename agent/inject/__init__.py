"""Giving input: one file per platform behind `Injector`."""

import sys

from agent.inject.base import InjectError, Injector


def open_injector() -> Injector:
    """Return the injector of this platform.

    Raises:
        InjectError: there is none, or this computer takes no input from programs.
    """
    if sys.platform.startswith("linux"):
        from agent.inject.x11 import X11Injector  # noqa: PLC0415 (the platform's own libraries)

        return X11Injector()
    raise InjectError(f"no input for {sys.platform}")
