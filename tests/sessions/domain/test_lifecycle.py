"""The states of a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.domain.lifecycle import (
    BEFORE_FIRST_PICTURE,
    FOLLOWERS,
    OPEN_STATES,
    IllegalTransitionError,
    State,
    check_transition,
)

states = st.sampled_from(State)


@given(states, states)
def test_only_what_the_table_says_may_follow(present: State, following: State) -> None:
    if following in FOLLOWERS[present]:
        check_transition(present, following)
    else:
        with pytest.raises(IllegalTransitionError, match=str(following)):
            check_transition(present, following)


@pytest.mark.parametrize("over", [State.ENDED, State.CLOSED])
def test_nothing_follows_on_the_end(over: State) -> None:
    assert not FOLLOWERS[over]
    assert over not in OPEN_STATES


def test_every_open_state_can_come_to_an_end() -> None:
    for state in OPEN_STATES:
        end = State.CLOSED if state in BEFORE_FIRST_PICTURE else State.ENDED
        reached = {state}
        while not reached >= (grown := reached.union(*(FOLLOWERS[each] for each in reached))):
            reached = grown
        assert end in reached


def test_before_the_first_picture_nothing_can_end_with_a_price() -> None:
    for state in BEFORE_FIRST_PICTURE:
        assert State.ENDED not in FOLLOWERS[state]
