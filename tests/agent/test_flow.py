"""Who may send when: credit, pace, and room for what is urgent."""

import pytest

from agent.flow import PACE_MAX, PACE_MIN, Flow, Why
from agent.protocol.errors import ProtocolError


def flow_on(rtt: float) -> Flow:
    """Return a flow that has measured that round trip."""
    flow = Flow()
    flow.sent(100, 100, full=False, began=0, now=0)
    flow.credit(1, rtt)
    return flow


def ready(flow: Flow, why: Why) -> bool:
    return flow.ready_at(why) is not None


@pytest.mark.parametrize(("rtt", "bulk", "mending"), [(0.002, 2, 1), (0.04, 3, 2)])
def test_what_is_urgent_finds_room_under_way(rtt: float, bulk: int, mending: int) -> None:
    flow = flow_on(rtt)
    for under_way in range(3):
        assert ready(flow, Why.MENDING) == (under_way < mending)
        assert ready(flow, Why.WAITING) == (under_way < bulk)
        assert ready(flow, Why.NEW) == (under_way < bulk)
        assert ready(flow, Why.OVERTAKING)
        flow.sent(1000, 1000, full=True, began=1, now=1)
    assert not any(ready(flow, why) for why in Why)
    flow.credit(2, 1.1)
    assert ready(flow, Why.OVERTAKING)
    assert not flow.empty
    flow.credit(4, 1.2)
    assert flow.empty
    assert flow.painted == 4


@pytest.mark.parametrize(
    ("took", "pace"), [(0.0001, PACE_MIN), (0.005, 0.010), (0.1, PACE_MAX)], ids=str
)
def test_new_frames_are_paced_by_what_coding_takes(took: float, pace: float) -> None:
    flow = Flow()
    flow.sent(100, 100, full=False, began=5, now=5 + took)
    assert flow.ready_at(Why.NEW) == pytest.approx(5 + pace)
    # What waits has waited long enough.
    assert flow.ready_at(Why.WAITING) == 0
    assert flow.ready_at(Why.OVERTAKING) == 0


def test_what_answers_a_hand_keeps_no_pace_and_finds_room_for_a_moment() -> None:
    flow = flow_on(0.002)
    flow.sent(1000, 1000, full=False, began=1, now=1.01)
    assert flow.ready_at(Why.NEW) == pytest.approx(1 + PACE_MAX)
    flow.hurry(1.011)
    assert flow.ready_at(Why.NEW) == pytest.approx(1.011)
    flow.sent(1000, 1000, full=False, began=1.012, now=1.02)
    assert flow.ready_at(Why.NEW) == pytest.approx(1.012 + PACE_MIN)
    assert not ready(flow, Why.MENDING)
    flow.credit(3, 1.03)
    flow.sent(1000, 1000, full=False, began=1.2, now=1.21)
    assert flow.ready_at(Why.NEW) == pytest.approx(1.2 + PACE_MAX)
    flow.sent(1000, 1000, full=False, began=1.3, now=1.31)
    assert flow.ready_at(Why.NEW) is None


def test_a_credit_for_what_was_never_sent_is_refused() -> None:
    flow = flow_on(0.01)
    with pytest.raises(ProtocolError):
        flow.credit(2, 1)
    with pytest.raises(ProtocolError):
        flow.credit(1, 1)
