"""Compile what calls OpenH264: `python -m agent.encode.h264.build`.

It needs a C compiler and OpenH264's headers (Debian: libopenh264-dev). An agent without it
sends films as photographs, so whoever builds decides.
"""

import sys
from pathlib import Path

from agent.encode.h264 import compiled
from agent.encode.kernel.build import compile_library


def build(output: Path | None = None) -> Path:
    """Compile to `output`, or to where the agent looks for it; return the path.

    Raises:
        OSError: there is no compiler.
        subprocess.CalledProcessError: it refuses; what it says stands on standard error.
    """
    return compile_library(Path(__file__).parent, output or compiled(), "openh264")


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
