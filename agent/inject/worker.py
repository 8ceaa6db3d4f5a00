"""A thread that gives the technician's input to the computer, in order, off the event loop."""

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable

from agent.inject.base import CustomerTypingError, InjectError, Injector
from agent.inject.held import Held
from agent.protocol import control

log = logging.getLogger(__name__)

Input = (
    control.Move
    | control.Button
    | control.Wheel
    | control.Key
    | control.Shortcut
    | control.Hold
    | control.Text
    | control.Piece
    | control.Release
)
Answer = control.Notice | control.Typed | control.Locks

# Who sends more than the computer can take in is not typing.
MAX_WAITING = 2000
# Seconds. A notice of the same kind says nothing new before; locks are looked at as often.
NOTICE_PACE = 2.0
LOCKS_PACE = 0.5


class InputWorker:
    """Applies input messages; of pointer moves that wait, only the newest counts."""

    def __init__(self, injector: Injector, tell: Callable[[Answer], None]) -> None:
        """Start. The injector now belongs to the worker.

        Args:
            injector: used by the worker's thread only.
            tell: called in that thread with what the technician should know.
        """
        self._injector = injector
        self._tell = tell
        self._waiting: queue.SimpleQueue[Input | None] = queue.SimpleQueue()
        self._open = True
        self._held = Held()
        self._noticed: dict[str, float] = {}
        self._locks: control.Locks | None = None
        self._locks_at = 0.0
        self._locks_touched = False
        # A crash of the rest must not leave a key pressed.
        atexit.register(self._close)
        self._thread = threading.Thread(target=self._run, name="input", daemon=True)
        self._thread.start()

    def put(self, message: Input) -> bool:
        """Queue one message; False if it was refused because too many wait."""
        if not self._open:
            return False
        if self._waiting.qsize() >= MAX_WAITING:
            # What is missing from a sequence may be the release of a key.
            self.release()
            self._notice("input-dropped")
            return False
        self._waiting.put(message)
        return True

    def release(self) -> None:
        """Drop what waits and let every key and button go; more may follow."""
        self._drop()
        self._waiting.put(control.Release())

    def stop(self) -> None:
        """Drop what waits, let every key and button go, end the thread. Blocks for a moment."""
        self._open = False
        self._drop()
        self._waiting.put(None)
        self._thread.join(timeout=3)
        self._close()
        atexit.unregister(self._close)

    def _drop(self) -> None:
        try:
            while True:
                self._waiting.get_nowait()
        except queue.Empty:
            return

    def _run(self) -> None:
        try:
            self._look_at_locks()
            pending: Input | None = None
            while True:
                message = self._next() if pending is None else pending
                pending = None
                if message is None:
                    return
                if isinstance(message, control.Move):
                    message, pending, ended = self._newest(message)
                    if ended:
                        return
                self._apply(message)
                self._look_at_locks()
        except InjectError as error:
            log.warning("input ends: %s", error)
            self._open = False
            self._notice("input-refused")

    def _next(self) -> Input | None:
        """Wait for a message; meanwhile let go what nobody says any more to be down."""
        while True:
            now = time.monotonic()
            times = [self._held.due(now), self._locks_due(now)]
            try:
                return self._waiting.get(
                    timeout=min((t for t in times if t is not None), default=None)
                )
            except queue.Empty:
                if self._held.due(time.monotonic()) == 0:
                    for code in self._held.forget():
                        self._injector.key(code, down=False)
                self._look_at_locks()

    def _newest(self, move: control.Move) -> tuple[control.Move, Input | None, bool]:
        """Return the last of the moves in a row, what follows, and whether that is the end."""
        while True:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                return move, None, False
            if not isinstance(following, control.Move):
                return move, following, following is None
            move = following

    def _apply(self, message: Input) -> None:
        match message:
            case control.Key(code, down):
                self._locks_touched = True
                if self._injector.key(code, down=down):
                    self._held.key(code, time.monotonic(), down=down)
            case control.Shortcut(code, label):
                if self._injector.key(code, down=True, label=label):
                    self._held.key(code, time.monotonic(), down=True)
            case control.Hold(codes):
                for code, down in self._held.hold(codes, time.monotonic()):
                    self._injector.key(code, down=down)
            case control.Text(text):
                self._type(text)
            case control.Piece(n, text):
                self._tell(control.Typed(n, self._type(text)[: control.MISSING_MAX]))
            case control.Release():
                self._held.forget()
                self._injector.release()
            case _:
                _point(self._injector, message)

    def _type(self, text: str) -> str:
        """Type; return the characters that could not be typed, each once."""
        try:
            missing = self._injector.text(text)
        except CustomerTypingError:
            self._notice("customer-typing")
            return "".join(dict.fromkeys(text))
        if missing:
            self._notice("not-typed")
        return missing

    def _locks_due(self, now: float) -> float | None:
        """Seconds until the locks are to be looked at, since a key may have changed them."""
        return max(0.0, self._locks_at + LOCKS_PACE - now) if self._locks_touched else None

    def _look_at_locks(self) -> None:
        now = time.monotonic()
        if now < self._locks_at + LOCKS_PACE:
            return
        self._locks_at = now
        self._locks_touched = False
        locks = control.Locks(*self._injector.locks())
        if locks != self._locks:
            self._locks = locks
            self._tell(locks)

    def _notice(self, code: str) -> None:
        now = time.monotonic()
        if now >= self._noticed.get(code, -NOTICE_PACE) + NOTICE_PACE:
            self._noticed[code] = now
            self._tell(control.Notice(code))

    def _close(self) -> None:
        try:
            self._injector.close()
        except InjectError as error:
            log.debug("nothing to let go: %s", error)


def _point(injector: Injector, message: control.Move | control.Button | control.Wheel) -> None:
    injector.move(message.x, message.y)
    if isinstance(message, control.Button):
        injector.button(message.button, down=message.down)
    elif isinstance(message, control.Wheel):
        injector.wheel(message.dx, message.dy)
