"""Ties session and window (or console) together, and says with which code the program ends."""

import asyncio
import logging
from dataclasses import dataclass

from agent import events, headless
from agent.capture import open_capture, screen_fault
from agent.gui.texts import Texts
from agent.inject import open_injector
from agent.memory import share_heap
from agent.session import Session

EXIT_OK = 0
EXIT_FAULT = 1
# 2 is argparse's own, for a wrong command line.
EXIT_TOO_OLD = 3
EXIT_NO_SCREEN = 4

_EXIT_CODES = {
    "protocol-unsupported": EXIT_TOO_OLD,
    "no-screen": EXIT_NO_SCREEN,
    "wayland": EXIT_NO_SCREEN,
    "screen-lost": EXIT_NO_SCREEN,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """How the program was started."""

    url: str
    language: str
    headless: bool
    as_json: bool


def run(options: Options) -> int:
    """Run the program to its end; return its exit code."""
    share_heap()
    texts = Texts(options.language)
    if options.headless:
        return _exit_code(_run_headless(options, texts))
    # Tk only where there is a window: the console works without it.
    from agent.gui.application import Application  # noqa: PLC0415

    console = headless.Console(texts, as_json=True) if options.as_json else None
    listen = console.show if console else None
    return _exit_code(Application(options.url, texts, listen).run())


def _run_headless(options: Options, texts: Texts) -> events.Ended | events.Failed:
    console = headless.Console(texts, as_json=options.as_json)
    fault = screen_fault()
    if fault is not None:
        outcome = events.Failed(fault)
        console.show(outcome)
        return outcome
    session = Session(
        options.url, console.show, open_capture=open_capture, open_injector=open_injector
    )
    try:
        return asyncio.run(headless.run(session, console))
    except Exception:
        # The person reads a sentence; the trace is for the log.
        log.exception("the session broke")
        outcome = events.Failed("internal")
        console.show(outcome)
        return outcome


def _exit_code(outcome: events.Ended | events.Failed) -> int:
    if isinstance(outcome, events.Ended):
        return EXIT_OK
    code = _EXIT_CODES.get(outcome.code, EXIT_FAULT)
    if code == EXIT_FAULT:
        log.error("ended by a fault: %s", outcome.code)
    return code
