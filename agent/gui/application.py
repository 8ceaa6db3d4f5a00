"""Window and session together: Tk in the main thread, the session in another.

Both are joined by a queue and a pipe that wakes Tk, so that nothing asks again and again.
"""

import asyncio
import contextlib
import logging
import os
import queue
import signal
import sys
import threading
import tkinter as tk
from collections.abc import Callable

from agent import events
from agent.capture import open_capture, screen_fault
from agent.gui.banner import Banner
from agent.gui.hotkey import HotKey, open_hotkey
from agent.gui.sentences import state_line
from agent.gui.texts import Texts
from agent.gui.theme import GOOD, Theme
from agent.gui.window import Actions, Window
from agent.inject import open_injector
from agent.session import Session

log = logging.getLogger(__name__)

Outcome = events.Ended | events.Failed
# Longer than the session waits for the server's farewell.
PATIENCE = 6.0


class Application:
    """The program with its window, from the start until the customer closes it."""

    def __init__(
        self, url: str, texts: Texts, listen: Callable[[events.Event], None] | None = None
    ) -> None:
        """Prepare.

        Args:
            url: the server's socket.
            texts: the language.
            listen: is told every event too, for programs that follow the window.
        """
        self._url = url
        self._texts = texts
        self._listen = listen
        self._outcome: Outcome = events.Ended("customer", 0, 0, 0)
        self._events: queue.SimpleQueue[events.Event] = queue.SimpleQueue()
        self._session: Session | None = None
        self._thread: threading.Thread | None = None
        self._banner: Banner | None = None
        self._hotkey: HotKey | None = None
        self._closing = False
        # Why ID or password are about to be shown anew.
        self._remark = ""

    def run(self) -> Outcome:
        """Show the window and follow the session; return how it ended."""
        fault = screen_fault()
        if fault == "no-screen":
            # There is nowhere to show a window either.
            sys.stderr.write(self._texts.known("failed", fault) + "\n")
            return events.Failed(fault)
        self._root = tk.Tk(className="Dibuc-Fernwartung")
        self._theme = Theme(self._root)
        self._window = Window(
            self._root,
            self._theme,
            self._texts,
            Actions(
                allow=lambda: self._answer(granted=True),
                refuse=lambda: self._answer(granted=False),
                unlock=self._unlock,
                again=self._start,
                close=self._close,
            ),
        )
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        os.set_blocking(self._write_end, False)
        self._root.tk.createfilehandler(self._read_end, tk.READABLE, self._woken)
        # Tk sleeps outside Python: a signal must wake it too.
        signal.set_wakeup_fd(self._write_end)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: self._close())
        if fault is None:
            self._start()
        else:
            self._show(events.Failed(fault))
        try:
            self._root.mainloop()
        finally:
            self._finish()
        return self._outcome

    def _start(self) -> None:
        """Begin a session, the first or another one."""
        self._remark = ""
        self._window.waiting()
        session = Session(
            self._url, self._post, open_capture=open_capture, open_injector=open_injector
        )
        self._session = session

        def work() -> None:
            try:
                asyncio.run(session.run())
            except Exception:
                log.exception("the session broke")
                self._post(events.Failed("internal"))

        self._thread = threading.Thread(target=work, name="session", daemon=True)
        self._thread.start()

    def _post(self, event: events.Event) -> None:
        """In the session's thread: hand an event over."""
        self._events.put(event)
        # A full pipe wakes Tk just as well.
        with contextlib.suppress(OSError):
            os.write(self._write_end, b".")

    def _woken(self, _file: object, _mask: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._read_end, 4096)
        with contextlib.suppress(queue.Empty):
            while True:
                self._show(self._events.get_nowait())

    # What the session says.

    def _show(self, event: events.Event) -> None:
        if self._listen is not None:
            self._listen(event)
        if isinstance(event, events.Ended | events.Failed):
            self._over(event)
        elif self._closing:
            return
        elif isinstance(event, events.Ready):
            self._ready(event)
        elif isinstance(event, events.ConsentRequest):
            self._window.consent(event)
        elif isinstance(event, events.Connected):
            self._connected(event)
        elif isinstance(event, events.LineBack):
            self._line_back(event)
        elif isinstance(event, events.Locked):
            self._window.locked()
        else:
            self._changed(event)

    def _ready(self, event: events.Ready) -> None:
        self._no_banner()
        self._window.ready(event)
        self._window.show()
        if self._remark:
            self._window.state(self._remark)
            self._remark = ""

    def _line_back(self, event: events.LineBack) -> None:
        if self._banner is None:
            # The window had come back to show a password.
            self._connected(
                events.Connected(event.technician, event.company, event.verification_code)
            )
        if self._banner is not None:
            self._banner.go_on()

    def _connected(self, event: events.Connected) -> None:
        self._hotkey = open_hotkey()
        letter = ""
        if self._hotkey is not None:
            letter = self._hotkey.letter
            self._root.tk.createfilehandler(self._hotkey.fileno(), tk.READABLE, self._key)
        self._banner = Banner(
            self._root,
            self._theme,
            self._texts,
            connected=event,
            hotkey=self._texts("banner.keys", letter=letter) if letter else "",
            end=self._end,
        )
        self._window.hide()

    def _changed(self, event: events.Event) -> None:
        if isinstance(event, events.ClockTick):
            if self._banner is not None:
                self._banner.tick(event)
            return
        if self._banner is not None and isinstance(event, events.Paused | events.Resumed):
            self._banner.pause(paused=isinstance(event, events.Paused))
            return
        if isinstance(event, events.Unreachable | events.TechnicianGone) and event.resumes:
            if self._banner is not None:
                self._banner.interrupt(own_line=isinstance(event, events.Unreachable))
            return
        sentence = state_line(self._texts, event)
        if isinstance(event, events.Unreachable):
            self._no_banner()
            self._window.offline(sentence)
            self._window.show()
        elif sentence:
            replaced = isinstance(event, events.TechnicianGone | events.PasswordRotated)
            # `Ready` follows at once where the password is a new one.
            self._remark = sentence if replaced else ""
            calm = isinstance(event, events.Connecting | events.TechnicianThere)
            self._window.state(sentence, *([GOOD] if calm else []))

    def _over(self, event: Outcome) -> None:
        self._outcome = event
        self._no_banner()
        if self._closing:
            self._root.quit()
        elif isinstance(event, events.Failed):
            self._window.failed(event)
        else:
            self._window.ended(event)
        self._session = None

    # What the customer does.

    def _answer(self, *, granted: bool) -> None:
        if self._session is not None:
            self._window.answered()
            self._session.answer(granted=granted)

    def _unlock(self) -> None:
        if self._session is not None:
            self._session.unlock()

    def _key(self, _file: object, _mask: int) -> None:
        if self._hotkey is not None and self._hotkey.pressed():
            self._end()

    def _end(self) -> None:
        self._no_banner()
        if self._session is not None:
            self._session.end()

    def _close(self) -> None:
        """Close the program: off the screen at once, then a proper goodbye."""
        self._closing = True
        self._no_banner()
        self._window.hide()
        if self._session is None:
            self._root.quit()
            return
        self._session.end()
        self._root.after(round(PATIENCE * 1000), self._root.quit)

    def _no_banner(self) -> None:
        if self._hotkey is not None:
            self._root.tk.deletefilehandler(self._hotkey.fileno())
            self._hotkey.close()
            self._hotkey = None
        if self._banner is not None:
            self._banner.close()
            self._banner = None

    def _finish(self) -> None:
        signal.set_wakeup_fd(-1)
        if self._session is not None:
            # The window is gone without having been closed.
            self._session.end()
        if self._thread is not None:
            self._thread.join(timeout=PATIENCE)
        with contextlib.suppress(tk.TclError):
            self._root.tk.deletefilehandler(self._read_end)
            self._root.destroy()
