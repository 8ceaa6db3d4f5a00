"""The agent without a window: sentences or JSON lines out, answers on standard input."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from agent import events
from agent.gui.sentences import console_text
from agent.gui.texts import Texts
from agent.json_lines import as_json
from agent.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

YES = frozenset({"j", "ja", "y", "yes"})
NO = frozenset({"n", "nein", "no"})


class Console:
    """Shows events on standard output and asks on standard input."""

    def __init__(self, texts: Texts, *, as_json: bool) -> None:
        """Prepare.

        Args:
            texts: the language.
            as_json: one JSON object a line, for programs, instead of sentences.
        """
        self._texts = texts
        self._as_json = as_json
        self._question: Callable[[bool], None] | None = None
        self._closed = False
        self.session: Session | None = None

    def show(self, event: events.Event) -> None:
        """Print one event; remember what it asks."""
        if isinstance(event, events.ConsentRequest):
            self._question = self._consent
        elif isinstance(event, events.Locked):
            self._question = self._unlock
        elif isinstance(event, events.TechnicianGone | events.Unreachable | events.Ended):
            self._question = None
        line = json.dumps(as_json(event)) if self._as_json else console_text(self._texts, event)
        if line:
            with contextlib.suppress(BrokenPipeError):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        if self._closed:
            self.closed()

    def answer(self, line: str) -> None:
        """Take one line of standard input; what answers no question is ignored."""
        word = line.strip().lower()
        if self._question is not None and word in YES | NO:
            question, self._question = self._question, None
            question(word in YES)

    def closed(self) -> None:
        """Refuse what is asked: standard input is closed, nobody can agree."""
        self._closed = True
        if self._question is not None:
            question, self._question = self._question, None
            question(False)  # noqa: FBT003 (the answer itself)

    def _consent(self, granted: bool) -> None:  # noqa: FBT001 (the answer itself)
        if self.session is not None:
            self.session.answer(granted=granted)

    def _unlock(self, wanted: bool) -> None:  # noqa: FBT001 (the answer itself)
        if self.session is not None and wanted:
            self.session.unlock()


async def run(session: Session, console: Console) -> events.Ended | events.Failed:
    """Follow one session on the console; SIGINT and SIGTERM end it properly."""
    loop = asyncio.get_running_loop()
    console.session = session
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, session.end)

    def read() -> None:
        # os.read: a thread inside sys.stdin would make Python's own end fail.
        rest = b""
        with contextlib.suppress(OSError, RuntimeError):
            while data := os.read(0, 4096):
                *lines, rest = (rest + data).split(b"\n")
                rest = rest[-4096:]
                for line in lines:
                    loop.call_soon_threadsafe(console.answer, line.decode("utf-8", "replace"))
            loop.call_soon_threadsafe(console.closed)

    threading.Thread(target=read, name="answers", daemon=True).start()
    return await session.run()
