"""The scripts as set-up hands them out: hashed names follow from what a file imports."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# As Django finds them, in the comments for the type checker too.
IMPORT = re.compile(r"""(?:import|export)[^;"']*?["'](\.[^"']+\.js)["']""")


def imports() -> dict[Path, set[Path]]:
    """Return which of our scripts names which."""
    scripts = [path for path in ROOT.glob("*/static/**/*.js") if "node_modules" not in path.parts]
    assert scripts
    return {
        path: {(path.parent / name).resolve() for name in IMPORT.findall(path.read_text())}
        for path in scripts
    }


def test_no_scripts_import_each_other_in_a_circle() -> None:
    named = imports()
    # Take away whoever names nobody that is left; a circle is what remains.
    while leaves := {path for path, names in named.items() if not names & named.keys()}:
        for path in leaves:
            del named[path]
    assert not named, sorted(path.name for path in named)
