"""The states of a support session and what may follow on what. Pure.

```
waiting -> connecting -> asking -> connected <-> paused -> ended
   |           |           |
   +-----------+-----------+--> closed (nothing was shown, nothing is billed)
```
"""

from enum import StrEnum


class State(StrEnum):
    """Where a support session stands."""

    WAITING = "waiting"  # the agent shows ID and password
    CONNECTING = "connecting"  # a technician is there, the key exchange runs
    ASKING = "asking"  # the password was right, the customer is asked
    CONNECTED = "connected"  # pictures are painted, the clock runs
    PAUSED = "paused"  # it was connected; line lost or paused, the clock stands
    ENDED = "ended"  # over, and the time is fixed
    CLOSED = "closed"  # over before the first picture, no time


class EndReason(StrEnum):
    """Who or what ended a session."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    REFUSED = "refused"  # the customer said no when asked
    OFFICE = "office"  # ended from the portal, not from the viewer
    LINE_LOST = "line-lost"  # nobody came back in time
    ABANDONED = "abandoned"  # the agent left before anybody connected
    PROTOCOL = "protocol"  # an end broke the rules


OPEN_STATES = (State.WAITING, State.CONNECTING, State.ASKING, State.CONNECTED, State.PAUSED)
BEFORE_FIRST_PICTURE = (State.WAITING, State.CONNECTING, State.ASKING)

FOLLOWERS: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.CONNECTING, State.CLOSED}),
    State.CONNECTING: frozenset({State.WAITING, State.ASKING, State.CLOSED}),
    State.ASKING: frozenset({State.WAITING, State.CONNECTED, State.CLOSED}),
    State.CONNECTED: frozenset({State.PAUSED, State.ENDED}),
    State.PAUSED: frozenset({State.CONNECTED, State.ENDED}),
    State.ENDED: frozenset(),
    State.CLOSED: frozenset(),
}


class IllegalTransitionError(ValueError):
    """A state that cannot follow on the present one."""


def check_transition(present: State, following: State) -> None:
    """Raise IllegalTransitionError unless `following` may come directly after `present`."""
    if following not in FOLLOWERS[present]:
        msg = f"A session that is {present} cannot become {following}."
        raise IllegalTransitionError(msg)
