"""From an agent's first words to its seat."""

import asyncio

from django.utils import timezone

from agent.protocol import framing, messages
from agent.protocol.errors import Code, ProtocolError
from company.models import Company
from sessions import services
from sessions.domain.ledger import connected_time
from sessions.models import Session
from sessions.relay import prices
from sessions.relay.clock import ConnectedTime
from sessions.relay.loop import Receive
from sessions.relay.recorder import Recorder
from sessions.relay.room import Room
from sessions.services.opening import AgentFacts, Opened

# The text that agents of today show before they ask; they name the one they showed.
CONSENT_TEXT_VERSION = "1"


async def read_hello(receive: Receive) -> messages.AgentHello | None:
    """Return the agent's first message, or None when it leaves.

    Raises ProtocolError `hello-timeout`, `hello-expected`, `malformed`, `too-large` or
    `protocol-unsupported`.
    """
    try:
        async with asyncio.timeout(framing.HELLO_TIMEOUT.total_seconds()):
            message = await receive()
    except TimeoutError:
        raise ProtocolError(Code.HELLO_TIMEOUT, "nothing came") from None
    if message["type"] == "websocket.disconnect":
        return None
    text = message.get("text")
    if text is None:
        raise ProtocolError(Code.HELLO_EXPECTED, "a binary message")
    hello = messages.parse_from_agent(text)
    if not isinstance(hello, messages.AgentHello):
        raise ProtocolError(Code.HELLO_EXPECTED, type(hello).__name__)
    if not hello.protocol_min <= framing.PROTOCOL_VERSION <= hello.protocol_max:
        raise ProtocolError(
            Code.PROTOCOL_UNSUPPORTED, f"{hello.protocol_min} to {hello.protocol_max}"
        )
    return hello


def open_or_resume(hello: messages.AgentHello) -> Opened:
    """Return the session that the agent comes back to, or a new one.

    The one it comes back to may be over; then the agent only hears its price.
    """
    now = timezone.now()
    if hello.resume_token is not None:
        session = services.session_resume(resume_token=hello.resume_token, now=now)
        if session is not None:
            return Opened(session, hello.resume_token)
    facts = AgentFacts(hello.agent_version, hello.platform, hello.hostname)
    return services.session_open(agent=facts, now=now)


def registered(opened: Opened) -> messages.Registered:
    """Return what the agent's window shows: the ID, the shop and the price."""
    company = Company.objects.current()
    return messages.Registered(
        protocol=framing.PROTOCOL_VERSION,
        support_id=opened.session.support_id,
        resume_token=opened.resume_token,
        company=messages.CompanyContact(company.name, company.phone),
        terms=prices.said(opened.session.terms),
        consent_text_version=CONSENT_TEXT_VERSION,
    )


def time_so_far(session: Session) -> ConnectedTime:
    """Return the session's clock as the ledger knows it."""
    segments = session.segments.all()
    time = ConnectedTime(session.terms, connected_time(each.stretch for each in segments))
    time.agreed = session.agreed_terms
    return time


def make_room(session: Session, time: ConnectedTime, recorder: Recorder) -> Room:
    """Return a room for the session."""
    about = messages.AgentPaired(session.support_id, session.agent_hostname, session.agent_platform)
    recorder.room = Room(about, time, recorder)
    return recorder.room
