"""Who may open which socket. Reads the database; changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels.auth import get_user
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.module_loading import import_string

from agent.protocol.errors import Code, ProtocolError
from sessions import attempts
from sessions.models import Session
from technicians.access import is_technician
from technicians.models import User

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TechnicianPass:
    """A technician who was let in, with the session; it may be over."""

    technician: User
    session: Session
    attempt: attempts.Attempt


def address_of(scope: Scope) -> str:
    """Return the network address on which limits count: an IPv4 address or an IPv6 /64."""
    client = scope.get("client")
    return attempts.network(client[0]) if client else "unknown"


def has_origin(scope: Scope) -> bool:
    """Whether the request came with an Origin header, as every browser's does."""
    return any(name == b"origin" for name, _value in scope["headers"])


def relay_of(scope: Scope) -> str:
    """Return the server process that the address names; empty for none."""
    relay: str = scope["url_route"]["kwargs"].get("relay", "")
    return relay


async def technician_of(scope: Scope) -> User | None:
    """Return the technician whose log-in the socket carries, read anew, or None."""
    if "session" not in scope:
        return None
    # A new store: the scope's own remembers the log-in as it was when the socket opened.
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    login = {"session": store(scope["session"].session_key)}
    user = await get_user(login)  # type: ignore[arg-type] # it reads nothing else of a scope
    return user if isinstance(user, User) and is_technician(user) else None


async def admit_technician(scope: Scope) -> TechnicianPass:
    """Let in the technician whose session the address names.

    Raises ProtocolError with `not-allowed`, `unknown-id`, `busy` or `too-many-attempts`.
    """
    technician = await technician_of(scope)
    if technician is None:
        raise ProtocolError(Code.NOT_ALLOWED, "no technician")
    session_id: UUID = scope["url_route"]["kwargs"]["session_id"]
    return await database_sync_to_async(_own_session)(technician, session_id, address_of(scope))


def _own_session(technician: User, session_id: UUID, address: str) -> TechnicianPass:
    session = Session.objects.filter(pk=session_id).first()
    if session is None or session.technician_id is None:
        raise ProtocolError(Code.UNKNOWN_ID, "no such session, or nobody ordered it")
    if session.technician_id != technician.pk:
        raise ProtocolError(Code.BUSY, "another technician's session")
    attempt = attempts.Attempt(technician.pk, session.support_id, address)
    try:
        attempts.check(attempt)
    except attempts.TooManyAttemptsError:
        raise ProtocolError(Code.TOO_MANY_ATTEMPTS, "wrong passwords") from None
    return TechnicianPass(technician, session, attempt)
