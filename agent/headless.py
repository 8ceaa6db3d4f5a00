"""The agent without a window: sentences or JSON lines out, answers on standard input."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable

from agent import events
from agent.gui.sentences import consent_lines, ended_lines, state_line
from agent.gui.texts import Texts, duration
from agent.protocol.damm import show_password, show_support_id
from agent.session import Session

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
        line = json.dumps(as_json(event)) if self._as_json else self._sentence(event)
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
        """Standard input is closed: nobody can agree any more."""
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

    def _sentence(self, event: events.Event) -> str:
        texts = self._texts
        match event:
            case events.Ready(support_id, password, company, terms):
                numbers = texts(
                    "console.ready",
                    support_id=show_support_id(support_id),
                    password=show_password(password),
                    phone=company.phone,
                )
                return f"{numbers}\n{texts('ready.order', price=texts.price(terms))}"
            case events.ConsentRequest():
                return "\n".join([*consent_lines(texts, event), texts("consent.question")])
            case events.Connected(technician, company, code):
                return texts("console.connected", technician=technician, company=company, code=code)
            case events.ClockTick(seconds, blocks, cents):
                return texts(
                    "console.clock",
                    time=duration(seconds),
                    blocks=blocks,
                    amount=texts.euros(cents),
                )
            case events.Ended():
                return " ".join(ended_lines(texts, event))
            case events.Failed(code):
                return texts.known("failed", code)
            case events.Locked():
                return f"{texts('locked.text')}\n{texts('locked.question')}"
            case _:
                return state_line(texts, event)


def as_json(event: events.Event) -> dict[str, object]:
    """Return the object that stands for an event on a line of its own."""
    match event:
        case events.Ready(support_id, password, company, terms):
            return {
                "event": "ready",
                "support_id": support_id,
                "password": password,
                "company": company.name,
                "phone": company.phone,
                "price": Texts("de").price(terms),
            }
        case events.ConsentRequest():
            return {
                "event": "consent_request",
                "technician": event.technician,
                "company": event.company,
                "origin": event.origin,
                "verification_code": event.verification_code,
                "price": Texts("de").price(event.terms),
            }
        case events.Connected(technician, company, code):
            return {
                "event": "connected",
                "technician": technician,
                "company": company,
                "verification_code": code,
            }
        case events.ClockTick(seconds, blocks, cents, next_block_in, running):
            return {
                "event": "clock",
                **_cost(seconds, blocks, cents),
                "next_block_in": next_block_in,
                "running": running,
            }
        case events.Ended(reason, seconds, blocks, cents):
            return {"event": "ended", "reason": reason, **_cost(seconds, blocks, cents)}
        case events.Failed(code):
            return {"event": "failed", "code": code}
        case events.WrongPassword(tries_left):
            return {"event": "wrong_password", "tries_left": tries_left}
        case events.Unreachable(retry_in, was_connected):
            return {
                "event": "unreachable",
                "retry_in": round(retry_in, 1),
                "was_connected": was_connected,
            }
        case events.TechnicianGone(was_connected):
            return {"event": "technician_gone", "was_connected": was_connected}
        case _:
            return {"event": _NAMES[type(event)]}


_NAMES: dict[type, str] = {
    events.Connecting: "connecting",
    events.TechnicianThere: "technician_there",
    events.PasswordRotated: "password_rotated",
    events.Locked: "locked",
    events.Refused: "refused",
    events.Paused: "paused",
    events.Resumed: "resumed",
}


def _cost(seconds: int, blocks: int, cents: int) -> dict[str, object]:
    return {"seconds": seconds, "blocks": blocks, "amount": f"{cents // 100}.{cents % 100:02}"}


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
