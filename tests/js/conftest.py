"""Where node is."""

import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def node() -> str:
    """Return the path of node: the machine's, or the one that set-up installed."""
    beside_python = Path(sys.executable).with_name("node")
    found = shutil.which("node") or (str(beside_python) if beside_python.exists() else None)
    assert found, "node is missing: run script/bootstrap --tests"
    return found
