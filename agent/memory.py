"""Memory of a pairing that is over: found at once, and given back to the system.

A pairing holds several whole pictures. They hang together in circles, which Python's collector
finds only after many small objects more, because it counts objects and not bytes; and glibc
gives each new thread a heap of its own and keeps what was freed there. Without this a session
of many interruptions grows by some ten megabytes each time.
"""

import ctypes
import gc
import sys

# glibc's malloc.h: how many heaps there may be.
_M_ARENA_MAX = -8


def share_heap() -> None:
    """Have all threads use one heap; call it before there are any. Only glibc needs it."""
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Find what nobody uses any more and give it back; takes some milliseconds."""
    gc.collect()
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
