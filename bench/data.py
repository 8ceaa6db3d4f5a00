"""Where benchmarks keep what is expensive to make: the portal's own data folder."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """Return the folder `bench` below `DIBUC_DATA` (default: var), which then exists."""
    folder = Path(os.environ.get("DIBUC_DATA") or ROOT / "var") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
