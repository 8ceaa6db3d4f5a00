"""Everything that changes a support session or its ledger.

Each function takes keywords only, runs in a transaction of its own, locks the session's
row, and may be called twice without harm. Signals to open sockets leave after commit.
"""

from sessions.services.changing import (
    SessionBilledError,
    SessionOpenError,
    session_assign_customer,
    session_note,
    session_waive,
)
from sessions.services.ending import session_end
from sessions.services.ledger import (
    segment_end,
    segment_seen,
    segment_start,
    session_clock,
)
from sessions.services.opening import (
    Opened,
    agent_back,
    agent_gone,
    presence_seen,
    session_open,
    session_resume,
)
from sessions.services.ordering import (
    SessionRefused,
    session_asking,
    session_consent,
    session_order,
    session_unpair,
    technician_there,
)
from sessions.services.sweeping import sessions_sweep

__all__ = [
    "Opened",
    "SessionBilledError",
    "SessionOpenError",
    "SessionRefused",
    "agent_back",
    "agent_gone",
    "presence_seen",
    "segment_end",
    "segment_seen",
    "segment_start",
    "session_asking",
    "session_assign_customer",
    "session_clock",
    "session_consent",
    "session_end",
    "session_note",
    "session_open",
    "session_order",
    "session_resume",
    "session_unpair",
    "session_waive",
    "sessions_sweep",
    "technician_there",
]
