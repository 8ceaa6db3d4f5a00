"""What the live list shows: one row for each agent that waits or is helped now."""

import datetime as dt
from dataclasses import dataclass

from sessions.domain.ledger import Clock
from sessions.domain.lifecycle import State
from sessions.models import Session
from sessions.services import session_clock
from technicians.models import User


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A session in the list: `shown_id` is masked, `own` when it is the reader's session.

    `line_lost` tells that the agent has not been there since `session.agent_gone_at`.
    """

    session: Session
    shown_id: str
    clock: Clock
    own: bool
    line_lost: bool


def live_rows(reader: User, now: dt.datetime) -> list[LiveRow]:
    """Return the rows for `reader`, newest first, in three queries.

    An ID stands in full only in the reader's own sessions that are under way: whoever
    reads a waiting agent's ID off the screen has not been asked by the customer.
    """
    return [
        LiveRow(
            session=session,
            shown_id=str(session) if _may_see(session, reader) else session.masked_support_id,
            clock=session_clock(session=session, now=now),
            own=session.technician_id == reader.pk,
            line_lost=session.agent_gone_at is not None,
        )
        for session in Session.objects.live().prefetch_related("segments", "customer__agreements")
    ]


def _may_see(session: Session, reader: User) -> bool:
    return session.state != State.WAITING and session.technician_id == reader.pk
