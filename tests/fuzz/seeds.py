"""What the fuzzers begin with: everything that stands in the vectors, good and bad."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
# Longer ones say no more, and slow the search down.
LONGEST = 4000


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the texts of all vector files, and the bytes where they are hexadecimal digits."""
    found: dict[bytes, None] = {}
    for path in sorted(VECTORS.glob("*.json")):
        for text in _texts(json.loads(path.read_text())):
            found[text.encode("utf-8", "surrogatepass")] = None
            try:
                found[bytes.fromhex(text)] = None
            except ValueError:
                continue
    return tuple(seed for seed in found if len(seed) <= LONGEST)


def _texts(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list):
        for value in values:
            yield from _texts(value)
