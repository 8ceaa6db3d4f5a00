"""The tests in JavaScript are part of the tests."""

import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent


def test_the_viewer_s_scripts_pass_their_own_tests(node: str) -> None:
    files = sorted(str(path) for path in FOLDER.glob("*.test.js"))
    assert files
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "# fail 0" in run.stdout or "ℹ fail 0" in run.stdout
    assert "# skipped 0" in run.stdout or "ℹ skipped 0" in run.stdout
