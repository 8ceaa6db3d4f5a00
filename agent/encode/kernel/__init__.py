"""The inner loops of the picture: compiled where that was done, else the same in Python.

`python -m agent.encode.kernel.build` compiles them beside this file.
"""

import logging
import platform
import sys
from functools import cache
from pathlib import Path

from agent.encode.kernel.base import Kernel, Offset, Pair, Patch
from agent.encode.kernel.native import NativeKernel
from agent.encode.kernel.plain import PlainKernel

__all__ = ["Kernel", "NativeKernel", "Offset", "Pair", "Patch", "PlainKernel", "compiled", "load"]

log = logging.getLogger(__name__)

_REMEDY = "build them: python -m agent.encode.kernel.build"


def compiled() -> Path:
    """Return where the compiled library of this system belongs."""
    suffix = "dll" if sys.platform == "win32" else "so"
    name = f"_kernel-{sys.platform}-{platform.machine().lower()}.{suffix}"
    return Path(__file__).with_name(name)


def load() -> Kernel:
    """Return the compiled loops, or their slower twins; what is wrong with them is logged once."""
    return _loaded(compiled())


@cache
def _loaded(library: Path) -> Kernel:
    try:
        kernel = NativeKernel(library)
    except (OSError, AttributeError) as error:
        log.warning("the picture is compared in Python, which is slow (%s); %s", error, _REMEDY)
        return PlainKernel()
    if is_older_than_its_source(library):
        log.warning("the compiled loops are older than their source; %s", _REMEDY)
    return kernel


def is_older_than_its_source(library: Path) -> bool:
    """Return whether C files beside a library are newer; a program that was built has none."""
    built = library.stat().st_mtime
    sources = (path for path in library.parent.iterdir() if path.suffix in {".c", ".h"})
    return any(path.stat().st_mtime > built for path in sources)
