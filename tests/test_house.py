"""Rules of the house that no linter has."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = {".py": 500, ".js": 400}
MOVING = ("utils.py", "signals.py", "selectors.py", "helpers.py")


def files() -> list[Path]:
    """Return what is in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_is_so_long_that_it_wants_a_split() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files()
        if path.suffix in LONGEST and "migrations" not in path.parts
        if (lines := path.read_text().count("\n")) > LONGEST[path.suffix]
    }
    assert long == {}


def test_no_room_for_what_belongs_nowhere() -> None:
    assert [path for path in files() if path.name in MOVING] == []


def test_every_requirement_is_pinned_as_in_the_constraints_and_has_its_reason() -> None:
    constraints = set((ROOT / "constraints.txt").read_text().splitlines())
    for file in ("requirements.txt", "agent/requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            if not line or line.startswith(("#", "-c", "-r")):
                continue
            pin, _, reason = line.partition("#")
            assert len(reason.split()) >= 2, f"{file}: {line}"
            bare = re.sub(r"\[.*\]", "", pin.strip())
            assert bare in constraints, f"{file}: {line}"


def test_the_lock_of_the_scripts_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


@pytest.mark.parametrize("folder", ["script", ".ci"])
def test_every_script_can_be_started(folder: str) -> None:
    for path in (ROOT / folder).iterdir():
        if path.is_file() and path.read_bytes().startswith(b"#!"):
            assert path.stat().st_mode & 0o100, path
