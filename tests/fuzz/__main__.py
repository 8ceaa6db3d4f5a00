"""`python -m tests.fuzz TARGET... [--seconds N]`: search by coverage, by hand; needs atheris.

    pip install atheris
    python -m tests.fuzz --seconds 120

What escapes is printed with the input that did it, and the exit code is 1.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports():
    from tests.fuzz.seeds import seeds
    from tests.fuzz.targets import TARGETS

LONGEST = 4096


def search(name: str, seconds: int, corpus: Path) -> None:
    """Search with one target in this process, which ends with it."""
    for number, seed in enumerate(seeds()):
        (corpus / str(number)).write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-artifact_prefix={corpus}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Search with each target for some seconds, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all, if none is named")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--only", choices=TARGETS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        with tempfile.TemporaryDirectory(prefix="dibuc-fuzz-") as folder:
            search(options.only, options.seconds, Path(folder))
        return 0
    failed = []
    for name in options.targets or TARGETS:
        print(f"=== {name}", flush=True)  # noqa: T201
        command = [sys.executable, "-m", "tests.fuzz", "--only", name]
        if subprocess.run([*command, "--seconds", str(options.seconds)], check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed) or 'none'}")  # noqa: T201
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
