"""How fast a socket may talk."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.errors import Code
from sessions.relay.ends import End, Rate


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 20)), max_size=60),
)
def test_no_stretch_of_time_lets_more_through_than_its_length_and_one_burst(
    most: int, requests: list[tuple[float, int]]
) -> None:
    rate, now, taken, started = Rate(most), 100.0, 0, 100.0
    for pause, amount in requests:
        now += pause
        if rate.allows(now, amount):
            taken += amount
            assert taken <= most + (now - started) * most + 1e-6
        else:
            break


async def test_a_closed_end_is_told_nothing_more() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    end = End(send)
    await end.refuse(Code.MALFORMED)
    await end.refuse(Code.TOO_LATE)
    assert [message["type"] for message in sent] == ["websocket.send", "websocket.close"]
