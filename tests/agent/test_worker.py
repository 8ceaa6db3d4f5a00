"""The input thread: in order, newest move only, everything let go at the end."""

import threading
import time
from collections.abc import Callable

from agent.inject.base import CustomerTypingError, InjectError, Injector
from agent.inject.held import BELIEVE
from agent.inject.worker import MAX_WAITING, Answer, InputWorker
from agent.protocol.control import (
    Button,
    Hold,
    Key,
    Locks,
    Move,
    Notice,
    Piece,
    Release,
    Shortcut,
    Text,
    Typed,
    Wheel,
)
from tests.agent.conftest import until


class Recorder(Injector):
    """An injector that writes down what it is told, and can be held up."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.broken = False
        self.customer_types = False
        self.locked = (False, True, False)

    def _note(self, *what: object) -> None:
        self.waiting.set()
        assert self.gate.wait(10)
        if self.broken:
            raise InjectError("gone")
        self.done.append(what)

    def move(self, x: int, y: int) -> None:
        self._note("move", x, y)

    def button(self, button: int, *, down: bool) -> None:
        self._note("button", button, down)

    def wheel(self, dx: int, dy: int) -> None:
        self._note("wheel", dx, dy)

    def key(self, code: str, *, down: bool, label: str | None = None) -> bool:
        self._note("key", code, down, *([label] if label else []))
        return code != "NoSuchKey"

    def text(self, text: str) -> str:
        self._note("text", text)
        if self.customer_types:
            raise CustomerTypingError
        return "".join(character for character in text if character > "\uffff")

    def locks(self) -> tuple[bool, bool, bool]:
        return self.locked

    def release(self) -> None:
        self._note("release")

    def close(self) -> None:
        self.done.append("closed")


def ignore(_answer: Answer) -> None:
    """Take an answer that no test asks for."""


def held(tell: Callable[[Answer], None] = ignore) -> tuple[Recorder, InputWorker]:
    """Return a worker that is busy with a first key until the gate opens."""
    injector = Recorder()
    injector.gate.clear()
    worker = InputWorker(injector, tell)
    worker.put(Key("KeyA", down=True))
    assert injector.waiting.wait(10)
    return injector, worker


def finish(injector: Recorder, worker: InputWorker) -> list[object]:
    """Let the worker do what waits, stop it, and return what it did after the first key."""
    last = threading.Event()
    injector.release = last.set  # type: ignore[method-assign]
    worker.put(Release())
    injector.gate.set()
    assert last.wait(10)
    worker.stop()
    return injector.done[1:]


def test_messages_are_done_in_order_and_the_pointer_goes_where_the_button_is() -> None:
    injector, worker = held()
    worker.put(Text("ß"))
    worker.put(Button(0, down=True, x=3, y=4))
    worker.put(Wheel(0, 120, 5, 6))
    assert finish(injector, worker) == [
        ("text", "ß"),
        ("move", 3, 4),
        ("button", 0, True),
        ("move", 5, 6),
        ("wheel", 0, 120),
        "closed",
    ]


def test_of_moves_that_wait_in_a_row_only_the_newest_counts() -> None:
    injector, worker = held()
    for x in range(100):
        worker.put(Move(x, 0))
    worker.put(Key("KeyB", down=True))
    worker.put(Move(7, 7))
    assert finish(injector, worker) == [
        ("move", 99, 0),
        ("key", "KeyB", True),
        ("move", 7, 7),
        "closed",
    ]


def test_release_overtakes_what_waits() -> None:
    injector, worker = held()
    worker.put(Text("must not be typed any more"))
    worker.release()
    assert finish(injector, worker) == ["closed"]


def test_a_flood_is_dropped_told_of_and_leaves_nothing_pressed() -> None:
    told: list[Answer] = []
    injector, worker = held(told.append)
    for _ in range(MAX_WAITING):
        assert worker.put(Text("x"))
    assert not worker.put(Key("KeyA", down=False))
    assert told == [Locks(False, True, False), Notice("input-dropped")]
    # Only the release waits by now, so that there is room again.
    assert worker.put(Text("y"))
    assert finish(injector, worker) == [("text", "y"), "closed"]


def test_a_long_text_is_acknowledged_piece_by_piece_with_what_was_missing() -> None:
    told: list[Answer] = []
    injector, worker = held(told.append)
    worker.put(Piece(7, "ab"))
    worker.put(Piece(8, "a\U0001f600b"))
    finish(injector, worker)
    assert told[1:] == [Typed(7, ""), Notice("not-typed"), Typed(8, "\U0001f600")]


def test_a_character_that_cannot_be_typed_is_told_once_and_not_with_each() -> None:
    told: list[Answer] = []
    injector, worker = held(told.append)
    for _ in range(20):
        worker.put(Text("\U0001f600"))
    finish(injector, worker)
    assert told[1:] == [Notice("not-typed")]


def test_while_the_customer_holds_a_key_nothing_is_typed_and_the_technician_is_told() -> None:
    told: list[Answer] = []
    injector, worker = held(told.append)
    injector.customer_types = True
    worker.put(Text("a"))
    worker.put(Piece(3, "aab"))
    finish(injector, worker)
    assert told[1:] == [Notice("customer-typing"), Typed(3, "ab")]


def test_the_customers_locks_are_told_first_and_when_they_change() -> None:
    told: list[Answer] = []
    injector = Recorder()
    worker = InputWorker(injector, told.append)
    until(lambda: told == [Locks(False, True, False)])
    injector.locked = (True, True, False)

    def type_on() -> bool:
        worker.put(Text("x"))
        return told[1:] == [Locks(True, True, False)]

    until(type_on)
    worker.stop()


def test_a_shortcut_is_pressed_by_its_label_and_let_go_by_its_code() -> None:
    injector, worker = held()
    worker.put(Shortcut("KeyY", "z"))
    worker.put(Key("KeyY", down=False))
    assert finish(injector, worker)[:2] == [("key", "KeyY", True, "z"), ("key", "KeyY", False)]


def test_a_key_that_nobody_says_any_more_to_be_down_is_let_go() -> None:
    injector = Recorder()
    worker = InputWorker(injector, ignore)
    began = time.monotonic()
    worker.put(Key("ControlLeft", down=True))
    worker.put(Key("Backspace", down=True))
    worker.put(Key("NoSuchKey", down=True))
    until(lambda: ("key", "ControlLeft", False) in injector.done)
    assert time.monotonic() - began >= BELIEVE
    assert injector.done[3:] == [("key", "Backspace", False), ("key", "ControlLeft", False)]
    # The line is back: the shortcut's modifier is needed again, the other key had its effect.
    worker.put(Hold(("ControlLeft", "Backspace")))
    until(lambda: injector.done[5:] == [("key", "ControlLeft", True)])
    worker.stop()


def test_after_the_end_nothing_is_taken() -> None:
    injector, worker = held()
    finish(injector, worker)
    assert not worker.put(Key("KeyA", down=True))


def test_a_lost_screen_ends_the_input_and_nothing_else() -> None:
    injector = Recorder()
    injector.broken = True
    told: list[Answer] = []
    worker = InputWorker(injector, told.append)
    worker.put(Key("KeyA", down=True))
    worker._thread.join(10)
    assert not worker.put(Key("KeyA", down=False))
    worker.stop()
    assert injector.done == ["closed"]
    assert told[1:] == [Notice("input-refused")]
