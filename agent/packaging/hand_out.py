"""Hand the built program out for one portal: copies that know its address.

`python -m agent.packaging.hand_out --source BUILT --target DIR --server URL`. The address
is added to the end of the file, which takes no time, whereas building takes minutes: one
build serves every address.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

from agent.built_in import LONGEST, MARK
from agent.transport import AddressError, socket_url


def hand_out(source: Path, target: Path, server: str) -> None:
    """Copy what `source`'s manifest names to `target`, each file with the address `server`.

    The manifest comes last, so that nobody is offered what is not there yet.

    Raises:
        AddressError: `server` cannot be used by the program, or is too long.
    """
    socket_url(server)
    trailer = MARK + server.encode("ascii", "strict") + b"\n"
    if len(trailer) > LONGEST:
        raise AddressError(server)
    target.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest.values():
        content = (source / entry["file"]).read_bytes() + trailer
        _write_whole(target / entry["file"], content)
        entry["sha256"] = hashlib.sha256(content).hexdigest()
        entry["size"] = len(content)
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    _write_whole(target / "manifest.json", text.encode())


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside and then in place: a download in progress stays whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and copy."""
    parser = argparse.ArgumentParser(prog="python -m agent.packaging.hand_out")
    parser.add_argument("--source", type=Path, required=True, help="folder of the build")
    parser.add_argument("--target", type=Path, required=True, help="folder of the downloads")
    parser.add_argument("--server", required=True, help="the portal's address")
    options = parser.parse_args(arguments)
    try:
        hand_out(options.source, options.target, options.server)
    except AddressError:
        parser.error(f"--server {options.server}: must be https:// (http:// only on loopback)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
