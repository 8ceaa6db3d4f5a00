"""Build the program as one Linux file: `python -m agent.packaging.build --output DIR`.

It writes the file and its entry in DIR/manifest.json. The file runs without Python and
without installation; it unpacks itself to the temporary folder and clears that when it ends.
It needs the C library of the system that it was built on, or a newer one: built on Debian 12,
glibc 2.36, so also Ubuntu 24.04 and Fedora 37, but not Ubuntu 22.04. Of the rest of the system
it takes the X libraries (libXdamage, libXfixes, libXtst, libXext, libXi; for several monitors
libXrandr, for other depths libXrender), which every desktop has.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import PyInstaller.__main__

from agent import __version__
from agent.encode import h264, kernel
from agent.encode.h264.build import build as build_h264
from agent.encode.kernel.build import build as build_kernel
from agent.inject.guard_x11 import FROZEN_WORD

ROOT = Path(__file__).resolve().parents[2]
# Found by PyInstaller but not needed: Pillow's other formats with their libraries, parts of
# the standard library for servers and developers, what belongs to the portal.
EXCLUDED = (
    "PIL.AvifImagePlugin", "PIL.WebPImagePlugin", "PIL._avif", "PIL._webp", "PIL._imagingcms",
    "PIL._imagingft", "PIL.ImageTk", "PIL._imagingtk", "PIL.ImageQt",
    "PIL.ImageShow", "PIL.ImageGrab", "PIL.FitsImagePlugin", "numpy", "django", "zstandard._cffi",
    "setuptools", "pkg_resources", "_distutils_hack", "distutils", "pip", "unittest", "doctest",
    "pydoc", "pdb", "lib2to3", "sqlite3", "curses", "readline", "xmlrpc", "multiprocessing",
    "websockets.server", "websockets.legacy", "websockets.sync", "websockets.asyncio.server",
    "tkinter.test", "tkinter.tix", "tkinter.dnd", "test", "pytest", "agent.packaging",
    "agent.encode.kernel.build", "agent.encode.h264.build",
)  # fmt: skip
LAUNCHER = f"""import sys

if sys.argv[1:] == [{FROZEN_WORD!r}]:
    from agent.inject.guard_x11 import main
else:
    from agent.__main__ import main

sys.exit(main())
"""
# Its licence wants to come along.
OPENH264_LICENCE = Path("/usr/share/doc/libopenh264-7/copyright")
# Linux machines that the file is named after, as `uname -m` says it.
NAME = "dibuc-fernwartung-{platform}"


def build(output: Path, name: str) -> Path:
    """Make the file; return its path.

    Args:
        output: the folder that takes the file and manifest.json.
        name: the file's name; `{platform}` becomes for instance linux-x86_64.
    """
    target = f"linux-{platform.machine()}"
    file_name = name.format(platform=target)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dibuc-build-") as folder:
        work = Path(folder)
        made = _pyinstaller(work, file_name)
        # First beside the old one, then in its place: a download in progress stays whole.
        fresh = output / f".{file_name}.new"
        shutil.copyfile(made, fresh)
        fresh.chmod(0o755)
        fresh.replace(output / file_name)
    _enter(output, target, file_name)
    return output / file_name


def _pyinstaller(work: Path, file_name: str) -> Path:
    launcher = work / "start.py"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    loops = build_kernel(work / kernel.compiled().name)
    film = build_h264(work / h264.compiled().name)
    # Its cache would else go to the home of whoever builds.
    os.environ["PYINSTALLER_CONFIG_DIR"] = str(work / "cache")
    PyInstaller.__main__.run(
        [
            str(launcher),
            "--onefile",
            "--noconfirm",
            "--log-level=WARN",
            f"--name={file_name}",
            f"--paths={ROOT}",
            f"--distpath={work / 'dist'}",
            f"--workpath={work / 'build'}",
            f"--specpath={work}",
            f"--add-binary={loops}{os.pathsep}agent/encode/kernel",
            # OpenH264 itself comes along, since this one needs it.
            f"--add-binary={film}{os.pathsep}agent/encode/h264",
            f"--add-data={OPENH264_LICENCE}{os.pathsep}licences/openh264",
            *(f"--exclude-module={module}" for module in EXCLUDED),
        ]
    )
    return work / "dist" / file_name


def _enter(output: Path, target: str, file_name: str) -> None:
    """Put the file's name, version, hash and size into the manifest, beside other systems'."""
    manifest_path = output / "manifest.json"
    manifest = json.loads(manifest_path.read_text()) if manifest_path.exists() else {}
    data = (output / file_name).read_bytes()
    manifest[target] = {
        "file": file_name,
        "version": __version__,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }
    fresh = output / ".manifest.json.new"
    fresh.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    fresh.replace(manifest_path)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m agent.packaging.build", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for the result")
    parser.add_argument("--name", default=NAME, help="the file's name (%(default)s)")
    options = parser.parse_args(arguments)
    if sys.platform != "linux":
        parser.error("this builds the Linux file, on Linux")
    path = build(options.output, options.name)
    sys.stdout.write(f"{path} ({path.stat().st_size / 1e6:.1f} MB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
