"""The vector files are what make.py writes, and nothing else."""

import pytest

from tests.vectors import make


@pytest.mark.parametrize("name", make.FILES)
def test_the_vectors_follow_from_their_script(name: str) -> None:
    written = (make.FOLDER / name).read_text(encoding="ascii")
    assert written == make.content(name), "run python -m tests.vectors.make, and read the diff"


def test_no_vector_file_is_left_without_a_maker() -> None:
    files = {path.name for path in make.FOLDER.glob("*.json")}
    # The draft's own, and compressed bytes, which differ from one zstd to the next.
    assert files == {*make.FILES, "cpace-x25519.json", "zstd.json"}
