"""What the technician holds, told again and again, and what is believed when nobody tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.inject.held import BELIEVE, Held
from agent.inject.keycodes import MODIFIERS

codes = st.sampled_from(["ControlLeft", "ShiftRight", "AltLeft", "KeyA", "Backspace"])


def test_nothing_is_due_while_nothing_is_down() -> None:
    held = Held()
    assert held.due(0) is None
    held.key("KeyA", 0, down=True)
    held.key("KeyA", 1, down=False)
    assert held.due(1) is None


def test_each_word_about_the_keys_lets_them_be_believed_longer() -> None:
    held = Held()
    held.key("KeyA", 10, down=True)
    assert held.due(10) == pytest.approx(BELIEVE)
    held.hold(("KeyA",), 10.5)
    assert held.due(10.5) == pytest.approx(BELIEVE)
    assert held.due(99) == 0


def test_what_is_not_believed_is_let_go_in_reverse_order() -> None:
    held = Held()
    held.key("ControlLeft", 0, down=True)
    held.key("KeyA", 0, down=True)
    assert held.forget() == ["KeyA", "ControlLeft"]
    assert held.forget() == []


def test_a_list_without_a_key_lets_it_go() -> None:
    held = Held()
    held.key("ControlLeft", 0, down=True)
    held.key("KeyA", 0, down=True)
    assert held.hold(("ControlLeft",), 1) == [("KeyA", False)]


def test_after_a_line_that_stood_still_modifiers_come_back_and_nothing_types_again() -> None:
    held = Held()
    held.key("ControlLeft", 0, down=True)
    held.key("Backspace", 0, down=True)
    held.forget()
    assert held.hold(("ControlLeft", "Backspace"), 9) == [("ControlLeft", True)]
    assert held.due(9) == pytest.approx(BELIEVE)


@given(st.lists(st.tuples(codes, st.booleans())), st.lists(codes, max_size=30))
def test_after_a_list_nothing_is_down_that_is_not_in_it(
    keys: list[tuple[str, bool]], listed: list[str]
) -> None:
    held = Held()
    for code, down in keys:
        held.key(code, 0, down=down)
    held.hold(tuple(listed), 0)
    left = set(held.forget())
    assert left <= set(listed)
    assert left >= {code for code in listed if code in MODIFIERS}
