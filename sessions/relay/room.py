"""One support session in this process: two ends and what may pass between them.

It knows no database: what must be kept goes to `Events`, whose methods return at once.
Rules and numbers are those of docs/protocol.md.
"""

import datetime as dt
from enum import Enum, auto
from time import monotonic
from typing import Protocol

from agent.protocol import framing, messages
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.flow import RelayCredit
from agent.protocol.framing import Channel, Kind, RecordHeader
from company.domain.tariff import Terms
from sessions.domain.lifecycle import EndReason
from sessions.relay import prices
from sessions.relay.clock import ConnectedTime
from sessions.relay.ends import CLOSE_GOING_AWAY, CLOSE_NORMAL, End, Rate

TEXTS_PER_SECOND = 20
# There is no credit for control records, and the server buffers what a slow reader does
# not take; until his silence is noticed, this bounds it.
CONTROL_BYTES_PER_SECOND = 1024 * 1024
# Messages of a pairing that is over may still be under way for so long, in seconds.
LATE = 10.0
PRESENCE_EVERY = 15  # heartbeats


class Phase(Enum):
    """How far the two ends have come."""

    APART = auto()  # at least one is missing
    EXCHANGE = auto()  # the key exchange runs
    ASKING = auto()  # the password was right, the customer is asked
    GRANTED = auto()  # the customer agreed: records and credits pass
    OVER = auto()


class Events(Protocol):
    """What must be written down. Nothing here may block or raise."""

    def agent_there(self) -> None:
        """Say that the agent's socket stands."""

    def agent_gone(self) -> None:
        """Say that the agent's socket is gone."""

    def technician_there(self) -> None:
        """Say that the technician's socket stands."""

    def technician_gone(self) -> None:
        """Say that the technician's socket is gone."""

    def present(self, *, agent: bool, technician: bool) -> None:
        """Say whose sockets stand, twice a minute."""

    def wrong_password(self) -> None:
        """Say that the agent refused a password."""

    def asking(self) -> None:
        """Say that the customer is being asked."""

    def consented(self, text_version: str, terms: Terms, at: dt.datetime) -> None:
        """Say that the customer agreed, and to which text and price."""

    def started(self, at: dt.datetime) -> None:
        """Say that the clock runs."""

    def seen(self, at: dt.datetime) -> None:
        """Say when both ends last proved to be alive."""

    def stopped(self, at: dt.datetime) -> None:
        """Say that the clock stands since `at`."""

    def ended(self, reason: EndReason, seen_at: dt.datetime | None) -> None:
        """Say that an end wants to stop; `Room.finish` must follow."""


class Room:
    """The two ends of one session."""

    def __init__(
        self, about_agent: messages.AgentPaired, time: ConnectedTime, events: Events
    ) -> None:
        self.time = time
        # What the customer is asked at; whom they are may be learnt later.
        self._asked = time.terms
        self._about_agent = about_agent
        self._events = events
        self.agent: End | None = None
        self.technician: End | None = None
        self.phase = Phase.APART
        self.paused = False
        self._ping = 0
        self._answered = 0
        self._beats = 0
        self._late_until = 0.0
        self._new_pairing()

    def _new_pairing(self) -> None:
        self._credit = RelayCredit()
        self._painted = False
        self._trying = False
        self.paused = False
        self._handshakes = {"agent": 0, "technician": 0}
        self._technician_rate = Rate(framing.TECHNICIAN_MESSAGES_PER_SECOND)
        self._technician_bytes = Rate(CONTROL_BYTES_PER_SECOND)
        self._technician_texts = Rate(TEXTS_PER_SECOND)
        self._control_rate = Rate(framing.AGENT_CONTROL_RECORDS_PER_SECOND)
        self._control_bytes = Rate(CONTROL_BYTES_PER_SECOND)
        self._agent_texts = Rate(TEXTS_PER_SECOND)

    @property
    def is_empty(self) -> bool:
        """Whether no socket is left."""
        return self.agent is None and self.technician is None

    # --- Coming and going -------------------------------------------------------------

    async def join_agent(self, end: End) -> None:
        """Let the agent in; an older socket of the same agent is a line that broke."""
        older, self.agent = self.agent, self._arrived(end)
        if older is not None:
            self._part()
            await older.close(CLOSE_GOING_AWAY)
            if self.technician is not None:
                await self._unsettle(self.technician, messages.AgentGone())
        self._events.agent_there()
        if self.technician is not None:
            await self.technician.say(messages.AgentBack())
        await self._say_clock()
        await self._pair()

    async def join_technician(self, end: End) -> None:
        """Let the technician in; an older page of this session has to go."""
        older, self.technician = self.technician, self._arrived(end)
        if older is not None:
            self._part()
            await older.refuse(Code.BUSY)
            if self.agent is not None:
                await self._unsettle(self.agent, messages.Unpaired("technician-gone"))
        self._events.technician_there()
        if self.agent is None:
            await end.say(messages.AgentGone())
        await self._say_clock()
        await self._pair()

    async def leave(self, end: End) -> None:
        """Take an end out; the other one is told, and the clock stands. Repeatable."""
        if end is self.agent:
            self.agent = None
            self._part()
            if self.phase is not Phase.OVER:
                self._events.agent_gone()
            if self.technician is not None:
                await self._unsettle(self.technician, messages.AgentGone())
        elif end is self.technician:
            self.technician = None
            self._part()
            if self.phase is not Phase.OVER:
                self._events.technician_gone()
            if self.agent is not None:
                await self._unsettle(self.agent, messages.Unpaired("technician-gone"))

    async def refuse(self, end: End, code: Code) -> None:
        """Close an end that broke the rules or lost its rights, and take it out.

        An agent that breaks them before the first picture ends its session; after that
        the session pauses, since the time of it is somebody's money.
        """
        if end.closed:
            return
        worthless = end is self.agent and not self._has_time and code not in _NOT_ITS_FAULT
        await end.refuse(code)
        if worthless:
            await self.end(EndReason.PROTOCOL)
        await self.leave(end)

    async def end(self, reason: EndReason) -> None:
        """Stop everything between the ends at once; `finish` follows with the final price."""
        if self.phase is not Phase.OVER:
            seen_at = self.time.stop()
            self.phase = Phase.OVER
            self._events.ended(reason, seen_at)

    async def finish(self, ended: messages.Ended) -> None:
        """Tell both ends the reason and the price, and close them."""
        self.time.stop()
        self.phase = Phase.OVER
        for end in (self.agent, self.technician):
            if end is not None:
                await end.say(ended)
                await end.close(CLOSE_NORMAL)
        self.agent = self.technician = None

    async def beat(self) -> None:
        """Do what is due every two seconds: pings, silence, proof of presence."""
        for end in (self.agent, self.technician):
            if end is None:
                continue
            end.silent_beats = 0 if end.heard else end.silent_beats + 1
            end.heard = False
            # Counted in beats: a server that hung for a while has heard nobody.
            if end.silent_beats > framing.SILENCE_LIMIT // framing.HEARTBEAT_INTERVAL:
                await end.close(CLOSE_GOING_AWAY)
                await self.leave(end)
        self._ping += 1
        for end in (self.agent, self.technician):
            if end is not None:
                await end.say(messages.Ping(self._ping))
        self._beats += 1
        if self._beats % PRESENCE_EVERY == 0 and self.phase is not Phase.OVER:
            self._events.present(
                agent=self.agent is not None, technician=self.technician is not None
            )

    # --- What the agent sends ---------------------------------------------------------

    async def agent_bytes(self, data: bytes) -> None:
        """Pass a binary message of the agent on. Raises ProtocolError for what may not pass."""
        if len(data) > framing.BINARY_MAX_FROM_AGENT:
            raise ProtocolError(Code.TOO_LARGE, f"{len(data)} bytes from the agent")
        technician = self.technician
        if self.phase is Phase.GRANTED and technician is not None and data and data[0] == _RECORD:
            header = RecordHeader.unpack(data)
            if header.channel is Channel.PICTURE:
                self._credit.picture_record(len(data), more=header.more)
            else:
                self._check_control(data)
            await technician.send({"type": "websocket.send", "bytes": data})
            return
        kind = framing.kind_of(data)
        if kind is Kind.CREDIT:
            raise ProtocolError(Code.MALFORMED, "credit from the agent")
        if kind is Kind.RECORD or self.phase is not Phase.EXCHANGE or technician is None:
            self._late_or_wrong(self.agent, kind)
            return
        self._count_handshake("agent")
        await self._look_at_handshake(data)
        await technician.send({"type": "websocket.send", "bytes": data})

    async def agent_text(self, text: str) -> None:
        """Take a text message of the agent. Raises ProtocolError."""
        self._check_texts(self._agent_texts)
        message = messages.parse_from_agent(text)
        match message:
            case messages.Pong():
                await self._answered_by(self.agent, message.n)
            case messages.Consent():
                await self._consent(message)
            case messages.End():
                nobody_came = self.phase is Phase.APART and not self._has_time
                await self.end(EndReason.ABANDONED if nobody_came else EndReason.CUSTOMER)
            case messages.AgentHello():
                raise ProtocolError(Code.TOO_LATE, "a second hello")

    # --- What the technician sends ----------------------------------------------------

    async def technician_bytes(self, data: bytes) -> None:
        """Pass a binary message of the technician on. Raises ProtocolError."""
        size = len(data)
        if size > framing.BINARY_MAX_FROM_TECHNICIAN:
            raise ProtocolError(Code.TOO_LARGE, f"{size} bytes from the technician")
        now = monotonic()
        if not (self._technician_rate.allows(now) and self._technician_bytes.allows(now, size)):
            raise ProtocolError(Code.TOO_FAST, "from the technician")
        kind = framing.kind_of(data)
        agent = self.agent
        if agent is None or self.phase not in _ALLOWED[kind]:
            self._late_or_wrong(self.technician, kind)
            return
        if kind is Kind.CREDIT:
            self._credit.credit(framing.parse_credit(data))
            await self._picture_painted()
        elif kind is Kind.HANDSHAKE:
            self._count_handshake("technician")
            framing.parse_handshake(data)
        elif RecordHeader.unpack(data).channel is not Channel.CONTROL:
            raise ProtocolError(Code.MALFORMED, "a picture from the technician")
        await agent.send({"type": "websocket.send", "bytes": data})

    async def technician_text(self, text: str) -> None:
        """Take a text message of the technician. Raises ProtocolError."""
        self._check_texts(self._technician_texts)
        message = messages.parse_from_technician(text)
        match message:
            case messages.Pong():
                await self._answered_by(self.technician, message.n)
            case messages.Pause():
                await self._pause()
            case messages.Resume():
                await self._resume()
            case messages.End():
                await self.end(EndReason.TECHNICIAN)

    # --- Pairing ----------------------------------------------------------------------

    def _arrived(self, end: End) -> End:
        # Pings of earlier sockets are none of its business.
        end.pong = self._ping
        return end

    async def _pair(self) -> None:
        agent, technician = self.agent, self.technician
        if agent is None or technician is None or self.phase is not Phase.APART:
            return
        if agent.settled and technician.settled:
            self._new_pairing()
            self.phase = Phase.EXCHANGE
            agreed = self.time.agreed
            self._asked = agreed or self.time.terms
            await agent.say(messages.Paired(prices.said(agreed) if agreed else None))
            await technician.say(self._about_agent)

    def _part(self) -> None:
        self._stop_clock()
        if self.phase is not Phase.OVER:
            self.phase = Phase.APART
        self._late_until = monotonic() + LATE

    async def _unsettle(self, left: End, news: messages.Message) -> None:
        """Tell the end that is left alone, and wait for an answer before it is paired again.

        What it sent before it knew must not run into the next pairing's key exchange.
        """
        self._ping += 1
        left.settles_at = self._ping
        await left.say(news)
        await self._say_clock()
        await left.say(messages.Ping(self._ping))

    async def _answered_by(self, end: End | None, n: int) -> None:
        if end is None:
            return
        if n > self._ping:
            raise ProtocolError(Code.MALFORMED, f"pong {n} to {self._ping} pings")
        end.pong = max(end.pong, n)
        if self.agent is None or self.technician is None:
            return
        await self._pair()
        both = min(self.agent.pong, self.technician.pong)
        if both > self._answered:
            self._answered = both
            if self.time.running:
                self._events.seen(self.time.seen())
                await self._say_clock()

    def _late_or_wrong(self, end: End | None, kind: Kind) -> None:
        """Drop what belongs to the pairing before this one; refuse what belongs to none."""
        if self.phase is Phase.OVER or end is None or not end.settled:
            return
        if kind is not Kind.HANDSHAKE and monotonic() < self._late_until:
            return
        late = kind is Kind.HANDSHAKE and self.phase in {Phase.ASKING, Phase.GRANTED}
        raise ProtocolError(Code.TOO_LATE if late else Code.TOO_EARLY, f"{kind.name} now")

    # --- Key exchange and consent -----------------------------------------------------

    def _count_handshake(self, who: str) -> None:
        self._handshakes[who] += 1
        if self._handshakes[who] > framing.HANDSHAKES_PER_PAIRING:
            raise ProtocolError(Code.TOO_FAST, f"handshakes of the {who}")

    async def _look_at_handshake(self, data: bytes) -> None:
        """Read only how the agent's half of the exchange went."""
        fields = framing.parse_handshake(data)
        step = fields.get("step")
        if step == "confirmed":
            self.phase = Phase.ASKING
            self._events.asking()
        elif step == "resumed":
            # The customer has agreed before; the agent says so once more.
            self.phase = Phase.ASKING
        elif step == "refused" and self._is_wrong_password(fields.get("code")):
            self._events.wrong_password()
        # From here on a password is being tried: also the last one before the lock.
        self._trying = step == "responder"

    def _is_wrong_password(self, code: object) -> bool:
        return code in _WRONG_PASSWORD or (code == Code.LOCKED and self._trying)

    async def _consent(self, message: messages.Consent) -> None:
        technician = self.technician
        if self.phase in {Phase.APART, Phase.OVER} or technician is None:
            return  # The technician left while the customer was reading.
        if self.phase is Phase.EXCHANGE:
            raise ProtocolError(Code.TOO_EARLY, "consent before the key exchange")
        if self.phase is Phase.GRANTED:
            raise ProtocolError(Code.TOO_LATE, "consent twice")
        if message.granted:
            self.phase = Phase.GRANTED
            self._events.consented(message.text_version, self._asked, self.time.now())
        await technician.say(messages.ConsentGiven(message.granted))
        if not message.granted:
            await self.end(EndReason.REFUSED)

    # --- The clock --------------------------------------------------------------------

    @property
    def _has_time(self) -> bool:
        return self.time.clock().seconds > 0 or self.time.running

    async def _picture_painted(self) -> None:
        self._painted = True
        if self.time.running:
            self.time.seen()
        elif not self.paused:
            await self._start_clock()

    async def _start_clock(self) -> None:
        self._events.started(self.time.start())
        await self._say_clock()

    def _stop_clock(self) -> None:
        stopped_at = self.time.stop()
        if stopped_at is not None:
            self._events.stopped(stopped_at)

    async def _pause(self) -> None:
        if self.phase in {Phase.EXCHANGE, Phase.ASKING}:
            raise ProtocolError(Code.TOO_EARLY, "pause before the consent")
        if self.phase is Phase.GRANTED and not self.paused:
            self.paused = True
            self._stop_clock()
            await self._say_both(messages.Paused())
            await self._say_clock()

    async def _resume(self) -> None:
        if self.phase is Phase.GRANTED and self.paused:
            self.paused = False
            await self._say_both(messages.Resumed())
            if self._painted:
                # The picture is still there; on a screen at rest no other would come.
                await self._start_clock()

    async def agree(self, terms: Terms | None) -> None:
        """Go on by the prices of the customer whose computer this is; both ends see them."""
        if terms != self.time.agreed:
            self.time.agreed = terms
            await self._say_clock()

    async def _say_clock(self) -> None:
        clock = self.time.clock()
        await self._say_both(
            messages.Clock(
                clock.seconds, clock.blocks, clock.cents, clock.next_block_in, clock.running
            )
        )

    async def _say_both(self, message: messages.Paused | messages.Resumed | messages.Clock) -> None:
        for end in (self.agent, self.technician):
            if end is not None:
                await end.say(message)

    # --- Limits -----------------------------------------------------------------------

    def _check_control(self, data: bytes) -> None:
        if len(data) > framing.CONTROL_MAX:
            raise ProtocolError(Code.TOO_LARGE, f"a control record of {len(data)} bytes")
        now = monotonic()
        if not (self._control_rate.allows(now) and self._control_bytes.allows(now, len(data))):
            raise ProtocolError(Code.TOO_FAST, "control records from the agent")

    def _check_texts(self, rate: Rate) -> None:
        if not rate.allows(monotonic()):
            raise ProtocolError(Code.TOO_FAST, "text messages")


_RECORD = int(Kind.RECORD)
_NOT_ITS_FAULT = frozenset({Code.SERVER_STOPPING, Code.INTERNAL})
_WRONG_PASSWORD = frozenset({Code.WRONG_PASSWORD, Code.PASSWORD_ROTATED})
_ALLOWED = {
    Kind.HANDSHAKE: frozenset({Phase.EXCHANGE}),
    Kind.RECORD: frozenset({Phase.GRANTED}),
    Kind.CREDIT: frozenset({Phase.GRANTED}),
}
