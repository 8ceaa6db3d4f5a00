"""A connected session whose line is lost: for how long it may go on without a password."""

import asyncio
from collections.abc import Callable

from agent import elapsed
from agent.protocol.keyexchange import Responder

# After so many seconds a lost line needs a password. docs/protocol.md section 4.4.
RESUME_PERIOD = 600.0
# A technician who is there again has so many seconds before the password is shown.
PATIENCE = 2.0


class Interruption:
    """One agent's. `needs_password` is called when the customer should see a password again."""

    def __init__(self, responder: Responder, needs_password: Callable[[], None]) -> None:
        self._responder = responder
        self._needs_password = needs_password
        self._lost_at: float | None = None
        self._end: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        # Whether the customer sees ID and password instead of waiting.
        self._shows_password = False

    @property
    def left(self) -> float:
        """Seconds in which the session may still go on by itself; 0 outside an interruption."""
        self.expire()
        if self._lost_at is None or not self._responder.resumable:
            return 0.0
        return self._lost_at + RESUME_PERIOD - elapsed.seconds()

    @property
    def waits(self) -> bool:
        """Whether the customer only has to wait."""
        return self.left > 0 and not self._shows_password

    def expire(self) -> None:
        """Forget the secret in time, also when the computer slept over it."""
        if self._lost_at is not None and elapsed.seconds() - self._lost_at >= RESUME_PERIOD:
            self._responder.forget()

    def apart(self, *, was_connected: bool) -> None:
        """Note that one end is gone; `was_connected`: the screen was being shown until now."""
        self._stop(self._patience)
        if was_connected and self._lost_at is None:
            self._lost_at = elapsed.seconds()
            # Beside the clock above: whoever waits should see the end of it.
            self._end = asyncio.get_running_loop().call_later(RESUME_PERIOD, self._over)

    def paired(self) -> None:
        """Give the technician who is there again a moment; a page loaded anew has no keys."""
        if self.waits:
            self._stop(self._patience)
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(PATIENCE, self._show_password)

    def over(self) -> None:
        """Note that both are connected again, with or without a password."""
        self._lost_at = None
        self._shows_password = False
        self._stop(self._patience)
        self._stop(self._end)

    def _over(self) -> None:
        self._responder.forget()
        self._show_password()

    def _show_password(self) -> None:
        if self._lost_at is not None and not self._shows_password:
            self._shows_password = True
            self._needs_password()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
