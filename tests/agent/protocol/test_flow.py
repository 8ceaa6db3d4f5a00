"""Credit, as the agent and as the relay count it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.flow import WINDOW_MAX, CreditWindow, RelayCredit
from agent.protocol.framing import FRAME_MAX


def test_a_frame_over_the_window_closes_the_agent() -> None:
    relay = RelayCredit()
    for _ in range(WINDOW_MAX):
        relay.picture_record(100, more=False)
    with pytest.raises(ProtocolError) as caught:
        relay.picture_record(100, more=True)
    assert caught.value.code is Code.NO_CREDIT


def test_a_credit_for_a_frame_never_sent_closes_the_page() -> None:
    relay = RelayCredit()
    relay.picture_record(100, more=False)
    with pytest.raises(ProtocolError) as caught:
        relay.credit(2)
    assert caught.value.code is Code.BAD_CREDIT


def test_a_credit_for_a_frame_half_sent_closes_the_page() -> None:
    relay = RelayCredit()
    relay.picture_record(100, more=True)
    assert relay.under_way == 1
    with pytest.raises(ProtocolError) as caught:
        relay.credit(1)
    assert caught.value.code is Code.BAD_CREDIT


@pytest.mark.parametrize("painted", [0, 1])
def test_a_credit_that_does_not_rise_is_refused(painted: int) -> None:
    for counter in (RelayCredit(), CreditWindow()):
        if isinstance(counter, RelayCredit):
            counter.picture_record(1, more=False)
        else:
            counter.frame_sent()
        assert counter.credit(1) == 1
        with pytest.raises(ProtocolError) as caught:
            counter.credit(painted)
        assert caught.value.code is Code.BAD_CREDIT


def test_a_frame_without_end_is_too_large() -> None:
    relay = RelayCredit()
    relay.picture_record(FRAME_MAX, more=True)
    with pytest.raises(ProtocolError) as caught:
        relay.picture_record(1, more=True)
    assert caught.value.code is Code.TOO_LARGE


def test_the_size_counts_for_each_frame_anew() -> None:
    relay = RelayCredit()
    for number in range(1, 10):
        relay.picture_record(FRAME_MAX - 1, more=True)
        relay.picture_record(1, more=False)
        assert relay.credit(number) == 1


def test_one_credit_may_cover_several_frames() -> None:
    relay, window = RelayCredit(), CreditWindow(3)
    for _ in range(3):
        window.frame_sent()
        relay.picture_record(100, more=False)
    assert not window.may_send
    assert (relay.credit(3), window.credit(3)) == (3, 3)
    assert (relay.under_way, window.under_way) == (0, 0)
    assert window.may_send


def test_an_agent_that_sends_without_asking_is_a_fault_of_ours() -> None:
    window = CreditWindow(1)
    window.frame_sent()
    with pytest.raises(RuntimeError, match="window is full"):
        window.frame_sent()


@pytest.mark.parametrize("window", [0, 4])
def test_no_window_beyond_what_the_relay_lets_through(window: int) -> None:
    with pytest.raises(ValueError, match="1 to 3"):
        CreditWindow(window)


@given(st.integers(1, WINDOW_MAX), st.lists(st.booleans(), max_size=60))
def test_an_honest_agent_and_page_never_break_the_relay_s_rules(
    size: int, steps: list[bool]
) -> None:
    window, relay, painted = CreditWindow(size), RelayCredit(), 0
    for send in steps:
        if send and window.may_send:
            window.frame_sent()
            relay.picture_record(10, more=True)
            relay.picture_record(10, more=False)
        elif painted < relay.sent:
            painted += 1
            assert relay.credit(painted) == window.credit(painted) == 1
        assert window.under_way == relay.under_way <= size
