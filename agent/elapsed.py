"""Time that also passes while the computer sleeps, and that nobody can set."""

import time

# Linux's monotonic clock stands during a suspend; that of Windows does not.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


def seconds() -> float:
    """Return seconds from any moment on."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
