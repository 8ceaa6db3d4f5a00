"""A thread that gives the technician's input to the computer, in order, off the event loop."""

import atexit
import logging
import queue
import threading

from agent.inject.base import InjectError, Injector
from agent.protocol.control import Button, Key, Move, Release, Text, Wheel

log = logging.getLogger(__name__)

Input = Move | Button | Wheel | Key | Text | Release

# Who sends more than the computer can take in is not typing.
MAX_WAITING = 2000


class InputWorker:
    """Applies input messages; of pointer moves that wait, only the newest counts."""

    def __init__(self, injector: Injector) -> None:
        """Start. The injector now belongs to the worker."""
        self._injector = injector
        self._waiting: queue.SimpleQueue[Input | None] = queue.SimpleQueue()
        self._open = True
        # A crash of the rest must not leave a key pressed.
        atexit.register(self._close)
        self._thread = threading.Thread(target=self._run, name="input", daemon=True)
        self._thread.start()

    def put(self, message: Input) -> bool:
        """Queue one message; False if it was refused because too many wait."""
        if not self._open or self._waiting.qsize() >= MAX_WAITING:
            return False
        self._waiting.put(message)
        return True

    def release(self) -> None:
        """Drop what waits and let every key and button go; more may follow."""
        self._drop()
        self._waiting.put(Release())

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
        pending: Input | None = None
        while True:
            message = self._waiting.get() if pending is None else pending
            pending = None
            if message is None:
                return
            if isinstance(message, Move):
                message, pending, ended = self._newest(message)
                if ended:
                    return
            try:
                apply(self._injector, message)
            except InjectError as error:
                log.warning("input ends: %s", error)
                self._open = False
                return

    def _newest(self, move: Move) -> tuple[Move, Input | None, bool]:
        """Return the last of the moves in a row, what follows, and whether that is the end."""
        while True:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                return move, None, False
            if not isinstance(following, Move):
                return move, following, following is None
            move = following

    def _close(self) -> None:
        try:
            self._injector.close()
        except InjectError as error:
            log.debug("nothing to let go: %s", error)


def apply(injector: Injector, message: Input) -> None:
    """Do what one message says.

    Raises:
        InjectError: the computer takes no input any more.
    """
    match message:
        case Move(x, y):
            injector.move(x, y)
        case Button(button, down, x, y):
            injector.move(x, y)
            injector.button(button, down=down)
        case Wheel(dx, dy, x, y):
            injector.move(x, y)
            injector.wheel(dx, dy)
        case Key(code, down):
            injector.key(code, down=down)
        case Text(text):
            injector.text(text)
        case Release():
            injector.release()
