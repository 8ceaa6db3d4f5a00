"""An agent starts, comes back, or goes."""

import datetime as dt
import hashlib
import secrets
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from company.models import Tariff
from sessions import announce
from sessions.domain.credentials import new_support_id
from sessions.domain.lifecycle import BEFORE_FIRST_PICTURE, State
from sessions.models import RetiredSupportId, Session
from sessions.services.ledger import close
from sessions.services.locking import locked, move

# How long an agent whose line broke may come back with the same ID.
RESUME_PERIOD = dt.timedelta(minutes=10)
ID_TRIES = 20


class NoFreeSupportIdError(RuntimeError):
    """Nearly all of the hundred million IDs are used up."""


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What an agent says about itself, capped and cleaned by the relay."""

    version: str
    platform: str
    hostname: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session for an agent, and the secret with which the same agent may come back."""

    session: Session
    resume_token: str


def session_open(*, agent: AgentFacts, now: dt.datetime) -> Opened:
    """Make a session for an agent that has just started, under today's tariff.

    The support ID was never used before. Of the resume token only the hash is kept.
    Raises Tariff.DoesNotExist when no tariff is valid yet.
    """
    terms = Tariff.objects.current().terms
    token = secrets.token_urlsafe(32)
    session = Session(
        opened_at=now,
        agent_seen_at=now,
        agent_version=agent.version,
        agent_platform=agent.platform,
        agent_hostname=agent.hostname,
        resume_token_hash=_digest(token),
        relay=settings.RELAY,
        **asdict(terms),
    )
    with transaction.atomic():
        _save_with_new_id(session)
        announce.live_changed()
    return Opened(session, token)


def session_resume(*, resume_token: str, now: dt.datetime) -> Session | None:
    """Return the session of an agent that comes back, or None where there is none.

    None also when it was away for more than RESUME_PERIOD. A session that was ended
    meanwhile is returned too, so that the customer hears what it cost.
    """
    with transaction.atomic():
        found = Session.objects.select_for_update()
        session = found.filter(resume_token_hash=_digest(resume_token)).first()
        if session is None or not session.is_open:
            return session
        if away_for(session, now) > RESUME_PERIOD:
            return None
        if session.relay != settings.RELAY:
            # The server process to which it came before lets go.
            session.relay = settings.RELAY
            session.save(update_fields=["relay"])
            announce.agent_moved(session)
        return agent_back(session=session, now=now)


def agent_back(*, session: Session, now: dt.datetime) -> Session:
    """Note that the agent's socket stands, with nobody paired to it yet; return the session.

    Whatever a killed server left half done is put right: an open segment is closed at
    its last proof of life, and a key exchange that nobody finishes is forgotten. Does
    nothing when the agent has come to another server process meanwhile.
    """
    with transaction.atomic():
        session = locked(session)
        if not session.is_here:
            return session
        _forget_pairing(session)
        session.agent_seen_at, session.agent_gone_at = now, None
        session.save(update_fields=["state", "agent_seen_at", "agent_gone_at"])
        announce.live_changed()
    return session


def agent_gone(*, session: Session, now: dt.datetime) -> Session:
    """Note that the agent's socket is gone; it has RESUME_PERIOD to come back.

    Does nothing when the agent has come to another server process meanwhile.
    """
    with transaction.atomic():
        session = locked(session)
        if not (session.is_open and session.is_here):
            return session
        _forget_pairing(session)
        session.agent_gone_at = now
        session.save(update_fields=["state", "agent_gone_at"])
        announce.live_changed()
    return session


def presence_seen(*, session: Session, agent: bool, technician: bool, now: dt.datetime) -> None:
    """Renew the presence of the ends whose sockets stand."""
    fresh: dict[str, dt.datetime] = {}
    if agent:
        fresh["agent_seen_at"] = now
    if technician:
        fresh["technician_seen_at"] = now
    if fresh:
        Session.objects.open().filter(pk=session.pk).update(**fresh)


def away_for(session: Session, now: dt.datetime) -> dt.timedelta:
    """Return for how long nothing has been heard of the agent."""
    last = session.agent_gone_at or session.agent_seen_at or session.opened_at
    return now - last


def _save_with_new_id(session: Session) -> None:
    for _attempt in range(ID_TRIES):
        session.support_id = new_support_id()
        if RetiredSupportId.objects.filter(pk=session.support_id).exists():
            continue
        try:
            with transaction.atomic():
                session.save(force_insert=True)
        except IntegrityError:
            # Given out before: the constraint decides, since a look beforehand races.
            continue
        return
    raise NoFreeSupportIdError(f"No unused support ID in {ID_TRIES} tries.")


def _forget_pairing(session: Session) -> None:
    for segment in session.segments.filter(ended_at__isnull=True):
        close(segment)
    if session.state == State.CONNECTED:
        move(session, State.PAUSED)
    elif session.state in BEFORE_FIRST_PICTURE and session.state != State.WAITING:
        move(session, State.WAITING)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
