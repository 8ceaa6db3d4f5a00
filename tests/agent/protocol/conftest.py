"""The vector files, read once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vectors import make


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """Return what a file of tests/vectors holds."""

    def read(name: str) -> Any:
        return json.loads(Path(make.FOLDER, name).read_text(encoding="ascii"))

    return read
