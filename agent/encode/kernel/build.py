"""Compile the inner loops: `python -m agent.encode.kernel.build`.

It needs a C compiler and nothing else: gcc or clang here (CC chooses), mingw for Windows.
"""

import os
import subprocess
import sys
from pathlib import Path

from agent.encode.kernel import compiled

FLAGS = ("-std=c11", "-O3", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-shared")


def build(output: Path | None = None) -> Path:
    """Compile to `output`, or to where the agent looks for it; return the path.

    Raises:
        OSError: there is no compiler.
        subprocess.CalledProcessError: it refuses; what it says stands on standard error.
    """
    return compile_library(Path(__file__).parent, output or compiled())


def compile_library(folder: Path, target: Path, *libraries: str) -> Path:
    """Compile the C files of a folder to a shared library; raises like `build`.

    Args:
        folder: where they are.
        target: the library.
        libraries: what it needs of the system, as the linker names it.
    """
    sources = sorted(str(path) for path in folder.glob("*.c"))
    # First beside the old one, then in its place: a running agent keeps what it has loaded.
    fresh = target.with_name(f".{target.name}.new")
    compiler = os.environ.get("CC", "gcc")
    needed = [f"-l{name}" for name in libraries]
    command = [compiler, *FLAGS, "-o", str(fresh), *sources, *needed]
    subprocess.run(command, check=True)  # noqa: S603 (whoever builds chooses the compiler)
    fresh.replace(target)
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
