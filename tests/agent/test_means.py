"""What a frame may cost, by line and wish."""

from hypothesis import given
from hypothesis import strategies as st

from agent.encode.means import FRAME_BYTES, UNMEASURED, choose
from agent.protocol.control import Mode

RATES = st.floats(1e3, 1e9)
TRIPS = st.floats(1e-4, 3)


def test_an_unknown_line_is_taken_for_a_middling_one() -> None:
    assert choose(None, None, Mode.AUTOMATIC) == UNMEASURED


def test_a_photograph_is_the_better_the_faster_the_line() -> None:
    photos = [choose(rate, 0.04, Mode.AUTOMATIC).photo for rate in (1e5, 3e5, 1e6, 3e6, 2e7)]
    assert [photo.quality for photo in photos] == [32, 45, 60, 75, 82]
    assert [photo.subsampling for photo in photos] == [2, 2, 2, 2, 0]


@given(RATES, TRIPS)
def test_a_frame_is_short_on_every_line(rate: float, rtt: float) -> None:
    means = choose(rate, rtt, Mode.AUTOMATIC)
    assert FRAME_BYTES[0] <= means.frame_bytes <= FRAME_BYTES[1]
    assert means.frame_bytes <= max(FRAME_BYTES[0], 0.06 * rate)


@given(RATES, TRIPS)
def test_sharp_never_begins_with_a_preview_or_a_poor_photograph(rate: float, rtt: float) -> None:
    means = choose(rate, rtt, Mode.SHARP)
    assert means.preview is None
    assert (means.photo.quality, means.photo.subsampling) == (90, 0)


@given(RATES, TRIPS)
def test_fast_is_never_better_than_automatic(rate: float, rtt: float) -> None:
    fast, automatic = choose(rate, rtt, Mode.FAST), choose(rate, rtt, Mode.AUTOMATIC)
    assert fast.photo.quality <= automatic.photo.quality
    assert fast.preview is not None or automatic.preview is None
    assert fast.frame_bytes == automatic.frame_bytes
