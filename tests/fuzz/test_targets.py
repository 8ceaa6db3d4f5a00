"""A short search from the vectors in every run; `python -m tests.fuzz` searches longer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import SEPARATOR, SLOW, TARGETS


@st.composite
def changed_seeds(draw: st.DrawFn) -> bytes:
    """Draw something of the vectors with some bytes changed, cut, doubled or put in."""
    data = bytearray(draw(st.sampled_from(seeds())))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        until = min(len(data), at + draw(st.integers(0, 8)))
        match draw(st.sampled_from(("put", "cut", "double", "end"))):
            case "put":
                data[at:until] = draw(st.binary(max_size=8))
            case "cut":
                del data[at:until]
            case "double":
                data[at:at] = data[at:until]
            case "end":
                del data[until:]
    return bytes(data)


def inputs() -> st.SearchStrategy[bytes]:
    """Return several messages, mostly nearly right ones."""
    several = st.lists(changed_seeds(), min_size=2, max_size=4).map(SEPARATOR.join)
    return st.one_of(changed_seeds(), several, st.binary(max_size=200))


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_gets_more_than_a_refusal(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=60 if name in SLOW else 400, deadline=None)
    @given(inputs())
    def search(data: bytes) -> None:
        target(data)

    search()


@pytest.mark.parametrize("name", TARGETS)
def test_everything_in_the_vectors_is_read_or_refused(name: str) -> None:
    for data in seeds():
        if name not in SLOW or len(data) < 700:
            TARGETS[name](data)
