"""The list of monitors."""

import copy
from dataclasses import asdict, astuple
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.protocol import control
from agent.protocol.errors import Code
from agent.protocol.fields import dump_json
from agent.protocol.monitors import MonitorInfo, Monitors
from tests.agent.protocol.codes import result_or_code


@st.composite
def lists_of_monitors(draw: st.DrawFn) -> Monitors:
    """Return any list that the protocol allows."""
    ids = draw(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=16, unique=True))
    primary = draw(st.none() | st.sampled_from(ids))
    monitors = []
    for number in ids:
        x, y = draw(st.integers(0, 16383)), draw(st.integers(0, 16383))
        monitors.append(
            MonitorInfo(
                id=number,
                name=draw(st.sampled_from(["DP-1", "ü", "n" * 60])),
                x=x,
                y=y,
                w=draw(st.integers(1, 16384 - x)),
                h=draw(st.integers(1, 16384 - y)),
                scale=draw(st.integers(25, 1000)),
                primary=number == primary,
            )
        )
    return Monitors(tuple(monitors), draw(st.none() | st.sampled_from(ids)))


@given(lists_of_monitors())
def test_what_is_allowed_comes_back_as_it_was(message: Monitors) -> None:
    assert control.parse_from_agent(control.dump(message)) == message


@given(lists_of_monitors(), st.data())
def test_one_field_spoilt_spoils_the_list(message: Monitors, data: st.DataObject) -> None:
    payload: dict[str, Any] = copy.deepcopy({"t": "monitors"} | asdict(message))
    victim = data.draw(st.sampled_from(list(payload["monitors"])))
    name = data.draw(st.sampled_from(list(victim)))
    absurd: st.SearchStrategy[Any] = st.sampled_from(
        [None, -1, 2**31, 1.5, [], {}, "", "a\nb", float(10**300)]
    )
    victim[name] = data.draw(absurd)
    assert result_or_code(control.parse_from_agent, dump_json(payload).encode()) is Code.MALFORMED


@given(lists_of_monitors(), st.integers(0, 2**31 - 1))
def test_what_is_shown_is_in_the_list(message: Monitors, shown: int) -> None:
    known = {astuple(monitor)[0] for monitor in message.monitors}
    payload = dump_json({"t": "monitors"} | asdict(message) | {"shown": shown}).encode()
    result = result_or_code(control.parse_from_agent, payload)
    assert (result is Code.MALFORMED) == (shown not in known)
