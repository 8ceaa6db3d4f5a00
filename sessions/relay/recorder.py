"""Writes down what happens in a room: one thing after the other, never in a frame's way."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from channels.db import database_sync_to_async
from django.db import OperationalError
from django.utils import timezone

from agent.protocol import messages
from agent.protocol.errors import Code
from sessions import attempts, services
from sessions.domain.ledger import connected_time
from sessions.domain.lifecycle import EndReason
from sessions.models import Session

if TYPE_CHECKING:
    from company.domain.tariff import Terms
    from sessions.relay.room import Room

logger = logging.getLogger(__name__)
T = TypeVar("T")

# A database that is locked or restarts gets some seconds before a write is given up.
RETRY_AFTER = (0.1, 0.5, 2.0, 5.0)

_recorders: WeakValueDictionary[UUID, "Recorder"] = WeakValueDictionary()


def recorder_of(session: Session) -> "Recorder":
    """Return the recorder of a session in this process; there is at most one."""
    recorder = _recorders.get(session.pk)
    if recorder is None:
        recorder = _recorders[session.pk] = Recorder(session)
    return recorder


class Recorder:
    """Turns the events of a room (`room.Events`) into calls of the services, in order.

    When the database refuses, the customer's session goes on and the log names the loss.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tail: asyncio.Task[None] | None = None
        self.room: Room | None = None
        # Set while a technician is there; wrong passwords count against it.
        self.attempt: attempts.Attempt | None = None

    async def drain(self) -> None:
        """Wait until everything so far is written, even if the caller is cancelled meanwhile.

        The write runs in a thread and says what changed through this event loop: when
        that has stopped, it would wait, and the process with it, for ever.
        """
        while self._tail is not None and not self._tail.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self._tail])

    # --- Events -----------------------------------------------------------------------

    def agent_there(self) -> None:
        """Note that the agent's socket stands."""
        self._write(lambda: services.agent_back(session=self._session, now=timezone.now()))

    def agent_gone(self) -> None:
        """Note that the agent's socket is gone."""
        self._write(lambda: services.agent_gone(session=self._session, now=timezone.now()))

    def technician_there(self) -> None:
        """Note that the technician's socket stands."""
        self._write(lambda: services.technician_there(session=self._session, now=timezone.now()))

    def technician_gone(self) -> None:
        """Note that the technician left."""
        self._write(lambda: services.session_unpair(session=self._session))

    def present(self, *, agent: bool, technician: bool) -> None:
        """Renew the presence of whose sockets stand."""
        self._write(
            lambda: services.presence_seen(
                session=self._session, agent=agent, technician=technician, now=timezone.now()
            )
        )

    def wrong_password(self) -> None:
        """Count a wrong password against the technician's limits."""
        attempt = self.attempt
        if attempt is not None:
            self._write(lambda: _count(attempt), self._stop_guessing)

    def asking(self) -> None:
        """Note that the customer is being asked."""
        self._write(lambda: services.session_asking(session=self._session))

    def consented(self, text_version: str, terms: "Terms", at: dt.datetime) -> None:
        """Keep the customer's consent."""
        self._write(
            lambda: services.session_consent(
                session=self._session, text_version=text_version, terms=terms, at=at
            )
        )

    def started(self, at: dt.datetime) -> None:
        """Start the clock in the ledger."""
        self._write(lambda: self._start(at), self._correct)

    def seen(self, at: dt.datetime) -> None:
        """Move the open segment's end."""
        self._write(lambda: self._see(at), self._correct)

    def stopped(self, at: dt.datetime) -> None:
        """Stop the clock in the ledger."""
        self._write(lambda: services.segment_end(session=self._session, at=at))

    def ended(self, reason: EndReason, seen_at: dt.datetime | None) -> None:
        """End the session; then both ends hear the price."""
        self._write(lambda: self._end(reason, seen_at), self._finish)

    # --- In the database's thread -----------------------------------------------------

    def _start(self, at: dt.datetime) -> "_Stretch | messages.Ended":
        session = services.segment_start(session=self._session, at=at)
        if not session.is_open:
            return ended_message(session)
        *earlier, last = session.segments.order_by("started_at", "pk")
        return _Stretch(connected_time(each.stretch for each in earlier), last.started_at)

    def _see(self, at: dt.datetime) -> "_Stretch | messages.Ended | None":
        if services.segment_seen(session=self._session, at=at):
            return None
        # Swept away while this process or the database hung, although both ends live;
        # or ended from outside, and the signal was lost.
        return self._start(at)

    def _end(self, reason: EndReason, seen_at: dt.datetime | None) -> messages.Ended:
        session = Session.objects.select_related("technician").get(pk=self._session.pk)
        by = session.technician if reason == EndReason.TECHNICIAN else None
        return ended_message(
            services.session_end(
                session=session, reason=reason, at=timezone.now(), by=by, seen_at=seen_at
            )
        )

    # --- Back in the room -------------------------------------------------------------

    async def _correct(self, ledger: "_Stretch | messages.Ended | None") -> None:
        if self.room is None:
            return
        if isinstance(ledger, messages.Ended):
            await self.room.finish(ledger)
        elif ledger is not None:
            self.room.time.correct(ledger.before, ledger.started_at)

    async def _stop_guessing(self, too_many: bool) -> None:  # noqa: FBT001 - a job's result
        room = self.room
        if too_many and room is not None and room.technician is not None:
            await room.refuse(room.technician, Code.TOO_MANY_ATTEMPTS)

    async def _finish(self, ended: messages.Ended) -> None:
        if self.room is not None:
            await self.room.finish(ended)

    # --- The queue --------------------------------------------------------------------

    def _write(
        self, job: Callable[[], T], then: Callable[[T], Awaitable[None]] | None = None
    ) -> None:
        self._tail = asyncio.create_task(self._run(self._tail, job, then))

    async def _run(
        self,
        before: asyncio.Task[None] | None,
        job: Callable[[], T],
        then: Callable[[T], Awaitable[None]] | None,
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            result = await self._persist(job)
            if then is not None:
                await then(result)
        except Exception:
            logger.exception("Session %s: something was not written down", self._session.pk)

    async def _persist(self, job: Callable[[], T]) -> T:
        for wait in RETRY_AFTER:
            try:
                return await database_sync_to_async(job)()
            except OperationalError:
                logger.warning("Session %s: the database does not answer", self._session.pk)
                await asyncio.sleep(wait)
        return await database_sync_to_async(job)()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What the ledger says: the time before the open stretch, and its start."""

    before: dt.timedelta
    started_at: dt.datetime


def ended_message(session: Session) -> messages.Ended:
    """Return what both ends of a session that is over hear. Reads the database."""
    clock = services.session_clock(session=session, now=timezone.now())
    return messages.Ended(session.end_reason, clock.seconds, clock.blocks, clock.cents)


def _count(attempt: attempts.Attempt) -> bool:
    attempts.count_failure(attempt)
    try:
        attempts.check(attempt)
    except attempts.TooManyAttemptsError:
        return True
    return False
