"""The input thread: in order, newest move only, everything let go at the end."""

import threading

from agent.inject.base import InjectError, Injector
from agent.inject.worker import MAX_WAITING, InputWorker
from agent.protocol.control import Button, Key, Move, Release, Text, Wheel


class Recorder(Injector):
    """An injector that writes down what it is told, and can be held up."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.broken = False

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

    def key(self, code: str, *, down: bool) -> bool:
        self._note("key", code, down)
        return True

    def text(self, text: str) -> None:
        self._note("text", text)

    def release(self) -> None:
        self._note("release")

    def close(self) -> None:
        self.done.append("closed")


def held() -> tuple[Recorder, InputWorker]:
    """Return a worker that is busy with a first key until the gate opens."""
    injector = Recorder()
    injector.gate.clear()
    worker = InputWorker(injector)
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


def test_a_flood_is_refused_instead_of_kept() -> None:
    injector, worker = held()
    taken = sum(worker.put(Text("x")) for _ in range(MAX_WAITING + 50))
    assert taken == MAX_WAITING
    worker.release()
    finish(injector, worker)


def test_after_the_end_nothing_is_taken() -> None:
    injector, worker = held()
    finish(injector, worker)
    assert not worker.put(Key("KeyA", down=True))


def test_a_lost_screen_ends_the_input_and_nothing_else() -> None:
    injector = Recorder()
    injector.broken = True
    worker = InputWorker(injector)
    worker.put(Key("KeyA", down=True))
    worker._thread.join(10)
    assert not worker.put(Key("KeyA", down=False))
    worker.stop()
    assert injector.done == ["closed"]
