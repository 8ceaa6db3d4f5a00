"""Memory of a pairing that is over: found at once, and given back to the system.

A pairing holds several whole pictures. They hang together in circles, which Python's collector
finds only after many small objects more, because it counts objects and not bytes; and glibc
gives each new thread a heap of its own and keeps what was freed there. Without this a session
of many interruptions grows by some ten megabytes each time.
"""

import ctypes
import gc
import sys

# glibc's malloc.h: how many heaps there may be, from how many bytes on memory is taken from the
# system by itself, and how much that is free is kept at a heap's end.
_M_ARENA_MAX = -8
_M_MMAP_THRESHOLD = -3
_M_TRIM_THRESHOLD = -1
# Fixed. Otherwise glibc takes the first whole screen that is freed for a sign of many more, and
# keeps up to 64 MB for them.
_LARGE = 4 * 1024 * 1024
_KEPT = 8 * 1024 * 1024


def share_heap() -> None:
    """Have all threads use one heap that stays small; call it before there are any.

    Only glibc needs it.
    """
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)


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
