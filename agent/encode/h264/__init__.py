"""H.264 for films: with OpenH264 where the system or the built file has it, else not at all.

`python -m agent.encode.h264.build` compiles what calls it; see docs/adr/0005-openh264.md.
"""

import logging
import platform
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from agent.encode.h264.base import FilmError, Rate, VideoEncoder
from agent.encode.h264.native import OpenH264
from agent.encode.kernel import is_older_than_its_source

__all__ = ["FilmError", "OpenH264", "Rate", "VideoEncoder", "compiled", "encoder"]

log = logging.getLogger(__name__)


def compiled() -> Path:
    """Return where the compiled library of this system belongs."""
    suffix = "dll" if sys.platform == "win32" else "so"
    name = f"_h264-{sys.platform}-{platform.machine().lower()}.{suffix}"
    return Path(__file__).with_name(name)


@cache
def encoder() -> Callable[[int, int, Rate], VideoEncoder] | None:
    """Return what makes an encoder for a width, a height and a rate; None where there is none."""
    try:
        make = OpenH264.loaded(compiled())
    except (OSError, AttributeError) as error:
        log.info("films go as photographs: %s", error)
        return None
    if is_older_than_its_source(compiled()):
        log.warning("films: older than the source; build: python -m agent.encode.h264.build")
    return make
