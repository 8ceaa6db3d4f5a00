"""The inner loops of the picture: compiled where that was done, else the same in Python.

`python -m agent.encode.kernel.build` compiles them beside this file.
"""

import logging
import platform
import sys
from pathlib import Path

from agent.encode.kernel.base import Kernel, Offset, Pair
from agent.encode.kernel.native import NativeKernel
from agent.encode.kernel.plain import PlainKernel

__all__ = ["Kernel", "NativeKernel", "Offset", "Pair", "PlainKernel", "compiled", "load"]

log = logging.getLogger(__name__)


def compiled() -> Path:
    """Return where the compiled library of this system belongs."""
    suffix = "dll" if sys.platform == "win32" else "so"
    name = f"_kernel-{sys.platform}-{platform.machine().lower()}.{suffix}"
    return Path(__file__).with_name(name)


def load() -> Kernel:
    """Return the compiled loops, or their slower twins."""
    try:
        return NativeKernel(compiled())
    except (OSError, AttributeError) as error:
        log.info("the picture is compared in Python: %s", error)
        return PlainKernel()
