"""A session from the first call to the end: what the server says, what the customer answers.

States follow docs/protocol.md section 2. The session belongs to one event loop; `answer`,
`unlock` and `end` may be called from any thread.
"""

import asyncio
import contextlib
import logging
import platform
from collections.abc import Callable

from agent import __version__, elapsed, events
from agent.calling import BackOff, hurried, reach
from agent.capture.base import Capture, CaptureError
from agent.inject.base import Injector
from agent.interruption import Interruption
from agent.pairing import Pairing
from agent.protocol import messages
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.fields import clean_line
from agent.protocol.framing import (
    PROTOCOL_VERSION,
    Kind,
    kind_of,
    parse_credit,
    parse_handshake,
)
from agent.protocol.keyexchange import AgentIdentity, Responder
from agent.protocol.messages import (
    HOSTNAME_MAX,
    PLATFORM_MAX,
    AgentHello,
    Clock,
    Consent,
    End,
    Ended,
    Error,
    Paired,
    Paused,
    Ping,
    Pong,
    Registered,
    Resumed,
    Terms,
    Unpaired,
)
from agent.transport import Line, LineError, UntrustedError

log = logging.getLogger(__name__)

# After `end` the server says what it cost; so long it is waited for.
FAREWELL = 3.0
# Errors after which calling again is no use.
FATAL = frozenset({Code.PROTOCOL_UNSUPPORTED})


class _Over(Exception):  # noqa: N818 (not an error: the way out of the reading loop)
    def __init__(self, outcome: events.Ended | events.Failed) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Session:
    """Calls the server, comes back after a broken line, and follows one session to its end."""

    def __init__(
        self,
        url: str,
        show: Callable[[events.Event], None],
        *,
        open_capture: Callable[[], Capture],
        open_injector: Callable[[], Injector],
    ) -> None:
        """Prepare.

        Args:
            url: the server's socket, from `transport.socket_url`.
            show: called in the event loop with whatever the customer should learn.
            open_capture: opens the screen after the customer's consent.
            open_injector: opens the input, likewise.
        """
        self._url = url
        self._show = show
        self._open_capture = open_capture
        self._open_injector = open_injector
        self._loop: asyncio.AbstractEventLoop | None = None
        self._line: Line | None = None
        self._registered: Registered | None = None
        # This customer's own prices, where the server knows whose computer it is.
        self._own_terms: Terms | None = None
        self._responder: Responder | None = None
        self._interruption: Interruption | None = None
        self._pairing: Pairing | None = None
        self._shown: tuple[str, str] | None = None
        self._clock = Clock(0, 0, 0, 0, running=False)
        self._asked = False
        self._ending = asyncio.Event()
        self._fault: str | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        self._back_off = BackOff()
        self._was_registered = False
        self._untrusted = False
        self._identity = AgentIdentity(
            __version__, clean_line(f"{platform.system()} {platform.machine()}", PLATFORM_MAX)
        )

    # What the customer does; from any thread.

    def answer(self, *, granted: bool) -> None:
        """Take the customer's answer to `ConsentRequest`."""
        self._from_outside(lambda: self._answered(granted=granted))

    def unlock(self) -> None:
        """Let technicians try again: the customer clicked after `Locked`."""
        self._from_outside(self._unlocked)

    def end(self) -> None:
        """End it for the customer."""
        self._from_outside(self._ending.set)

    def _from_outside(self, job: Callable[[], object]) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it is over already
                self._loop.call_soon_threadsafe(job)

    # The way through.

    async def run(self) -> events.Ended | events.Failed:
        """Follow the session to its end, which is also shown."""
        self._loop = asyncio.get_running_loop()
        outcome = await self._calls()
        if self._fault is not None:
            outcome = events.Failed(self._fault)
        self._show(outcome)
        return outcome

    async def _calls(self) -> events.Ended | events.Failed:
        while not self._ending.is_set():
            if self._registered is None:
                self._show(events.Connecting())
            self._was_registered = self._untrusted = False
            started = elapsed.seconds()
            try:
                await self._call()
            except _Over as over:
                return over.outcome
            except LineError as error:
                self._untrusted = isinstance(error, UntrustedError)
                log.log(logging.WARNING if self._untrusted else logging.INFO, "no line: %s", error)
            except ProtocolError as error:
                log.warning("the server does not follow the protocol: %s", error)
            if not self._ending.is_set():
                await self._pause_before_calling_again(elapsed.seconds() - started)
        return self._ended_by_customer()

    async def _pause_before_calling_again(self, lasted: float) -> None:
        if self._was_registered:
            self._back_off.reset()
        if self._interruption is not None and self._interruption.left:
            delay = hurried(lasted)
        else:
            delay = self._back_off.seconds()
        if self._waits:
            self._show(events.Unreachable(delay, was_connected=True, resumes=True))
        else:
            self._shown = None
            was_connected = self._registered is not None
            self._show(events.Unreachable(delay, was_connected, untrusted=self._untrusted))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._ending.wait()

    async def _call(self) -> None:
        """One call, until the line breaks (LineError) or everything is over (_Over)."""
        talk = asyncio.create_task(self._talk())
        ending = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait({talk, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not talk.done():
                await self._say_goodbye(talk)
            else:
                await talk
        finally:
            for task in (talk, ending):
                task.cancel()
            await asyncio.gather(talk, ending, return_exceptions=True)
            await self._unpair()

    async def _talk(self) -> None:
        line = Line(self._url)
        left = self._interruption.left if self._interruption is not None else 0.0
        if left:
            line = await reach(lambda: Line(self._url).open(), left)
        async with line:
            line.take_at_once(self._take)
            await line.send(messages.dump(self._hello()))
            self._line = line
            try:
                await self._read(line)
            finally:
                self._line = None

    async def _say_goodbye(self, talk: "asyncio.Task[None]") -> None:
        """Stop showing at once, tell the server, and wait a moment for the final price."""
        await self._unpair()
        if self._line is None:
            return
        with contextlib.suppress(TimeoutError, LineError):
            async with asyncio.timeout(FAREWELL):
                await self._line.send(messages.dump(End()))
                await asyncio.shield(talk)

    async def _read(self, line: Line) -> None:
        while True:
            message = await line.receive()
            if isinstance(message, str):
                await self._text(line, message)
            else:
                await self._binary(line, message)

    def _hello(self) -> AgentHello:
        return AgentHello(
            protocol_min=PROTOCOL_VERSION,
            protocol_max=PROTOCOL_VERSION,
            agent_version=__version__,
            platform=self._identity.platform,
            hostname=clean_line(platform.node(), HOSTNAME_MAX),
            resume_token=self._registered.resume_token if self._registered else None,
        )

    # What the server says.

    async def _text(self, line: Line, text: str) -> None:
        match messages.parse_to_agent(text):
            case Ping(n):
                await line.send(messages.dump(Pong(n)))
            case Registered() as registered:
                self._take_registration(registered)
            case Ended(reason, seconds, blocks, cents):
                if self._ending.is_set() and reason == "abandoned":
                    # The server's word for an end before anybody connected.
                    reason = "customer"
                raise _Over(events.Ended(reason, seconds, blocks, cents))
            case Error(code):
                self._server_error(code)
            case None:
                log.debug("ignored: a message of a later version")
            case about_pairing:
                await self._about_pairing(about_pairing)

    async def _about_pairing(self, message: Paired | Unpaired | Paused | Resumed | Clock) -> None:
        match message:
            case Paired(terms):
                self._own_terms = terms
                if self._waits and self._interruption is not None:
                    self._interruption.paired()
                else:
                    self._show(events.TechnicianThere())
            case Unpaired():
                was_connected = self._pairing is not None and self._pairing.started
                await self._unpair()
                self._show(events.TechnicianGone(was_connected, resumes=self._waits))
                self._show_ready()
            case Paused():
                if self._pairing is not None:
                    self._pairing.pause()
                self._show(events.Paused())
            case Resumed():
                if self._pairing is not None:
                    self._pairing.resume()
                self._show(events.Resumed())
            case Clock():
                self._tick(message)

    def _take_registration(self, registered: Registered) -> None:
        self._was_registered = True
        before = self._registered
        self._registered = registered
        if self._responder is None:
            self._responder = Responder(registered.support_id, self._identity)
            self._interruption = Interruption(self._responder, self._needs_password)
        elif before is None or before.support_id != registered.support_id:
            self._responder.renumber(registered.support_id)
        self._show_ready()
        if self._responder.locked:
            self._show(events.Locked())

    def _tick(self, clock: Clock) -> None:
        self._clock = clock
        self._show(
            events.ClockTick(
                clock.seconds, clock.blocks, clock.cents, clock.next_block_in, clock.running
            )
        )

    def _server_error(self, code: str) -> None:
        if code in FATAL:
            raise _Over(events.Failed(code))
        raise LineError(f"the server says {code}")

    # What the technician's end says, passed on unread by the server.

    async def _binary(self, line: Line, message: bytes) -> None:
        if not self._take(message):
            await self._handshake(line, message)

    def _take(self, message: bytes) -> bool:
        """Deal with a message unless it is a handshake, the only kind that is answered."""
        kind = kind_of(message)
        if kind is Kind.HANDSHAKE:
            return False
        if self._pairing is None:
            # Sent before the other end learnt that the pairing is over.
            return True
        try:
            if kind is Kind.CREDIT:
                self._pairing.credit(parse_credit(message))
            else:
                self._pairing.record(message)
                if self._responder is not None:
                    self._responder.settle()
        except ProtocolError as error:
            log.warning("the technician's page does not follow the protocol: %s", error)
            self._break_off(error.code)
        return True

    async def _handshake(self, line: Line, message: bytes) -> None:
        responder = self._responder
        if responder is None:
            raise ProtocolError(Code.TOO_EARLY, "handshake before registration")
        had_keys = responder.keys is not None
        if self._interruption is not None:
            self._interruption.expire()
        for answer in responder.receive(message):
            await line.send(answer)
            self._tell_refusal(responder, parse_handshake(answer))
        if responder.keys is not None and responder.peer is not None and not had_keys:
            self._pairing = Pairing(
                responder.keys,
                responder.peer,
                line,
                open_capture=self._open_capture,
                open_injector=self._open_injector,
            )
            self._pairing.failed.add_done_callback(self._pairing_failed)
            if responder.resumed:
                await self._go_on(line, self._pairing)
            else:
                self._ask()

    def _tell_refusal(self, responder: Responder, answer: dict[str, object]) -> None:
        if answer.get("step") != "refused":
            return
        match answer.get("code"):
            case Code.WRONG_PASSWORD:
                self._show(events.WrongPassword(responder.tries_left))
            case Code.PASSWORD_ROTATED:
                self._show(events.PasswordRotated())
                self._show_ready()
            case Code.LOCKED:
                self._show(events.Locked())

    def _ask(self) -> None:
        if self._pairing is None or self._registered is None:
            return
        peer = self._pairing.peer
        self._asked = True
        self._show(
            events.ConsentRequest(
                technician=peer.name,
                company=peer.company,
                origin=peer.origin,
                verification_code=self._pairing.verification_code,
                terms=self._own_terms or self._registered.terms,
            )
        )

    # What the customer answered.

    def _answered(self, *, granted: bool) -> None:
        if not self._asked or self._pairing is None:
            return  # the technician has left meanwhile
        self._asked = False
        job = asyncio.create_task(self._consent(self._pairing, granted=granted))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _consent(self, pairing: Pairing, *, granted: bool) -> None:
        line, registered = self._line, self._registered
        if line is None or registered is None:
            return
        with contextlib.suppress(LineError):  # who reads from the line notices it too
            await line.send(messages.dump(Consent(granted, registered.consent_text_version)))
            if not granted:
                self._show(events.Refused())
                return
            if self._pairing is not pairing:
                return  # the technician left while the answer was being sent
            if self._started(pairing):
                peer = pairing.peer
                self._show(events.Connected(peer.name, peer.company, pairing.verification_code))

    async def _go_on(self, line: Line, pairing: Pairing) -> None:
        """Go on after a lost line: the customer's answer stands, for this technician."""
        if self._registered is None:
            return
        consent = Consent(granted=True, text_version=self._registered.consent_text_version)
        await line.send(messages.dump(consent))
        if self._started(pairing):
            peer = pairing.peer
            self._show(events.LineBack(peer.name, peer.company, pairing.verification_code))

    def _started(self, pairing: Pairing) -> bool:
        """Begin to show the screen; return whether that works."""
        try:
            pairing.start()
        except CaptureError as error:
            log.error("the screen cannot be read: %s", error)  # noqa: TRY400 (no trace for people)
            self._break_off("screen-lost")
            return False
        if self._responder is not None:
            self._responder.keep()
        if self._interruption is not None:
            self._interruption.over()
        return True

    def _unlocked(self) -> None:
        if self._responder is not None and self._responder.locked:
            self._responder.unlock()
            self._show_ready()

    # Helpers.

    def _show_ready(self) -> None:
        """Show ID and password, once for each pair of them."""
        responder, registered = self._responder, self._registered
        if responder is None or registered is None or responder.locked or self._waits:
            return
        shown = (responder.support_id, responder.password)
        if shown != self._shown:
            self._shown = shown
            self._show(events.Ready(*shown, registered.company, registered.terms))

    async def _unpair(self) -> None:
        pairing, self._pairing = self._pairing, None
        self._asked = False
        if self._interruption is not None:
            self._interruption.apart(was_connected=pairing is not None and pairing.started)
        if pairing is not None:
            await pairing.stop()
        if self._responder is not None:
            self._responder.unpair()

    @property
    def _waits(self) -> bool:
        """Whether an interrupted session goes on by itself."""
        return self._interruption is not None and self._interruption.waits

    def _needs_password(self) -> None:
        """Show ID and password again: the session does not go on by itself."""
        if self._line is None or self._registered is None:
            return  # it is shown with the next registration
        self._shown = None
        self._show(events.TechnicianGone(was_connected=True))
        self._show_ready()

    def _pairing_failed(self, failed: "asyncio.Future[str]") -> None:
        if not failed.cancelled():
            self._break_off(failed.result())

    def _break_off(self, code: str) -> None:
        """End the session because of a fault; the server is told that it is over."""
        self._fault = code
        self._ending.set()

    def _ended_by_customer(self) -> events.Ended:
        clock = self._clock
        return events.Ended("customer", clock.seconds, clock.blocks, clock.cents)
