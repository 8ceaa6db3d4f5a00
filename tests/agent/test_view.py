"""Which part of the screen the technician sees."""

from hypothesis import given
from hypothesis import strategies as st

from agent.capture.base import Box, Monitor
from agent.protocol import control
from agent.view import View

LEFT = Monitor(7, "DP-1", Box(0, 0, 2560, 1440), 100, primary=False)
RIGHT = Monitor(9, "HDMI-1", Box(2560, 360, 4480, 1440), 200, primary=True)


def test_of_one_monitor_the_whole_screen_is_shown() -> None:
    view = View()
    message = view.look([RIGHT])
    assert message.shown is None
    assert view.part is None
    assert [monitor.name for monitor in message.monitors] == ["HDMI-1"]


def test_of_two_the_primary_one_is_shown_first() -> None:
    view = View()
    assert view.look([LEFT, RIGHT]).shown == 9
    assert view.part == RIGHT.box


def test_where_none_is_primary_the_first_one_is() -> None:
    assert View().look([LEFT, Monitor(9, "x", RIGHT.box, 100, primary=False)]).shown == 7


def test_the_technician_chooses_one_or_all() -> None:
    view = View()
    view.look([LEFT, RIGHT])
    view.choose(7)
    assert view.look([LEFT, RIGHT]).shown == 7
    assert view.part == LEFT.box
    view.choose(None)
    assert view.look([LEFT, RIGHT]).shown is None
    assert view.part is None


def test_a_monitor_that_is_not_there_is_not_shown() -> None:
    view = View()
    view.choose(4711)
    assert view.look([LEFT, RIGHT]).shown == 9


def test_a_chosen_monitor_that_goes_gives_way_to_the_primary_one_until_it_is_back() -> None:
    third = Monitor(11, "DP-2", Box(4480, 0, 5760, 1024), 100, primary=False)
    view = View()
    view.choose(11)
    assert view.look([LEFT, RIGHT, third]).shown == 11
    assert view.look([LEFT, RIGHT]).shown == 9
    assert view.look([LEFT, RIGHT, third]).shown == 11


def test_a_monitor_without_a_name_gets_its_number() -> None:
    nameless = Monitor(9, "", RIGHT.box, 100, primary=False)
    assert [monitor.name for monitor in View().look([LEFT, nameless]).monitors] == ["DP-1", "2"]


def boxes() -> st.SearchStrategy[Box]:
    side = st.integers(0, 30000)
    return st.builds(
        lambda x, y, w, h: Box(x, y, x + w, y + h), side, side, st.integers(1, 9000), side.map(abs)
    ).map(lambda box: Box(box.x0, box.y0, box.x1, max(box.y1, box.y0 + 1)))


monitors = st.builds(
    Monitor,
    st.integers(0, 2**31 - 1),
    st.text(max_size=80),
    boxes(),
    st.integers(-5, 10**6),
    primary=st.just(value=False),
)


@given(st.lists(monitors, max_size=40, unique_by=lambda m: m.id), st.data())
def test_whatever_there_is_the_technician_can_read_it(
    found: list[Monitor], data: st.DataObject
) -> None:
    view = View()
    if data.draw(st.booleans()):
        view.choose(data.draw(st.none() | st.integers(0, 5)))
    small = Monitor(2**31 - 1, "small", Box(0, 0, 100, 100), 100, primary=True)
    message = view.look([small, *(m for m in found if m.id != small.id)])
    assert control.parse_from_agent(control.dump(message)) == message
