"""Whatever well-formed input comes, in whatever order: nothing breaks and nothing stays down."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.inject.keycodes import LINUX
from agent.inject.worker import Answer, Input, InputWorker
from agent.inject.x11 import X11Injector
from agent.protocol import control
from agent.protocol.errors import ProtocolError
from tests.agent.conftest import Screen, until
from tests.integration.rig.held_keys import held_keys

codes = st.sampled_from(sorted(LINUX)) | st.from_regex(r"[A-Za-z0-9]{1,24}", fullmatch=True)
# Any character of Unicode, unassigned ones, private ones and those without a shape too.
characters = st.characters(exclude_categories=["Cs"])
places = st.integers(0, control.COORDINATE_MAX)
turns = st.integers(-control.WHEEL_MAX, control.WHEEL_MAX)
inputs: st.SearchStrategy[Input] = st.one_of(
    st.builds(control.Key, codes, st.booleans()),
    st.builds(control.Shortcut, codes, characters),
    st.builds(control.Hold, st.lists(codes, max_size=30).map(tuple)),
    st.builds(control.Text, st.text(characters, min_size=1, max_size=20)),
    st.builds(control.Piece, st.integers(0, 99), st.text(characters, min_size=1, max_size=20)),
    st.builds(control.Move, places, places),
    st.builds(control.Button, st.integers(0, 4), st.booleans(), places, places),
    st.builds(control.Wheel, turns, turns, places, places),
    st.just(control.Release()),
)


@pytest.fixture
def told() -> list[Answer]:
    """Return what the technician is told."""
    return []


@pytest.fixture
def worker(screen: Screen, told: list[Answer]) -> Iterator[InputWorker]:
    """Return a worker for a real X server with German keys."""
    screen.run("setxkbmap", "-layout", "de")
    made = InputWorker(X11Injector(screen.display), told.append)
    yield made
    made.stop()


def is_well_formed(message: Input) -> bool:
    """Tell whether the protocol lets it through."""
    try:
        return control.parse_from_technician(control.dump(message)) == message
    except ProtocolError:
        return False


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(inputs.filter(is_well_formed), min_size=1, max_size=12), st.integers(0, 2**31 - 1))
def test_nothing_breaks_and_nothing_stays_down(
    screen: Screen, worker: InputWorker, told: list[Answer], messages: list[Input], number: int
) -> None:
    told.clear()
    for message in messages:
        assert worker.put(message)
    # Dropping what waits is what a release does; here all of it has to be worked off first.
    assert worker.put(control.Release())
    assert worker.put(control.Piece(number, "\t"))
    until(lambda: any(isinstance(said, control.Typed) and said.n == number for said in told))
    assert control.Notice("input-refused") not in told
    until(lambda: held_keys(screen.display) == [])
