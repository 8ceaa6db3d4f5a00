"""An agent that does what a test tells it: the real protocol, invented pictures."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

import zstandard
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from agent.protocol import control, framing, messages
from agent.protocol.framing import Channel, Kind
from agent.protocol.keyexchange import AgentIdentity, Responder
from agent.protocol.keys import DirectionKeys
from agent.protocol.picture import Codec, Frame, Rect, encode_frame
from agent.protocol.records import Opener, Sealer
from tests.integration.rig.display import Pixels
from tests.integration.rig.ending import Ending
from tests.integration.rig.waiting import until

PLATFORM = "Debian GNU/Linux 12"
HOSTNAME = "werkstatt-pc"


class ScriptedAgent(Ending):
    """Registers, answers pings and key exchanges by itself; the rest is the test's.

    Attributes:
        said: text messages of the server, but for pings and clocks.
        told: control messages of the technician, oldest first.
        credit: frames that the technician's page has painted.
    """

    def __init__(self, portal: str, *, agrees: bool = True, hostname: str = HOSTNAME) -> None:
        """Connect to the portal at `portal` (http://...); `agrees` to every connection."""
        self.agrees = agrees
        self.hostname = hostname
        self.said: list[messages.ToAgent] = []
        self.told: list[control.TechnicianControl] = []
        self.credit = 0
        self.responder: Responder | None = None
        self._registered: messages.Registered | None = None
        self._sealer: Sealer | None = None
        self._last_record = b""
        self._opener: Opener | None = None
        self._compressor = zstandard.ZstdCompressor(level=3).compressobj()
        self._address = portal.replace("http", "ws", 1) + "/ws/agent/"
        self._socket = self._connect(None)

    def _connect(self, resume_token: str | None) -> ClientConnection:
        opened: queue.Queue[ClientConnection] = queue.Queue()
        hello = messages.AgentHello(1, 1, "0.1.0", PLATFORM, self.hostname, resume_token)

        def live() -> None:
            with connect(self._address, compression=None, max_size=2**20) as socket:
                socket.send(messages.dump(hello))
                opened.put(socket)
                self._listen(socket)

        threading.Thread(target=live, daemon=True).start()
        return opened.get(timeout=60)

    # --- What a test asks -------------------------------------------------------------

    @property
    def support_id(self) -> str:
        """The 9 digits, as soon as the server has given them."""
        return self.registered.support_id

    @property
    def registered(self) -> messages.Registered:
        """What the server said about this agent and the shop."""
        return until(lambda: self._registered, within=10, what="the registration")

    @property
    def password(self) -> str:
        """The 8 digits that are right at this moment."""
        return until(lambda: self.responder, within=10, what="the registration").password

    def has(self, kind: type[messages.ToAgent]) -> bool:
        """Whether the server has said something of that kind."""
        return any(isinstance(message, kind) for message in self.said)

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds."""
        try:
            until(condition, within=15, what=what)
        except TimeoutError as error:
            message = f"{error}; the server said {self.said}, the page {self.told[-20:]}"
            raise TimeoutError(message) from None

    def wait_until_granted(self) -> None:
        """Wait until the keys are there and the consent is given."""
        self.wait_for(lambda: self._sealer is not None, "the consent")

    def wait_for_credit(self, frames: int) -> None:
        """Wait until the page has painted so many frames."""
        self.wait_for(lambda: self.credit >= frames, f"{frames} painted frames")

    # --- What a test does -------------------------------------------------------------

    def zstd(self, pixels: Pixels, x: int = 0, y: int = 0) -> Rect:
        """Return a rectangle in the session's zstd stream."""
        height, width = pixels.shape[:2]
        data = self._compressor.compress(pixels.tobytes())
        data += self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return Rect(x, y, width, height, Codec.ZSTD, data)

    def start_stream(self) -> None:
        """Begin the zstd stream anew; the next frame has to say so."""
        self._compressor = zstandard.ZstdCompressor(level=3).compressobj()

    def show(self, pixels: Pixels) -> None:
        """Send a whole picture in a fresh stream and wait until it is painted."""
        self.start_stream()
        height, width = pixels.shape[:2]
        self.send_frame(Frame(width, height, (self.zstd(pixels),), fresh=True))
        self.wait_for_credit(self.credit + 1)

    def send_frame(self, frame: Frame) -> None:
        """Send a frame."""
        self.send_payload(Channel.PICTURE, encode_frame(frame))

    def send_payload(self, channel: Channel, payload: bytes) -> None:
        """Send a payload, right or wrong, well sealed."""
        assert self._sealer is not None
        for record in self._sealer.seal(channel, payload):
            self._socket.send(record)
            self._last_record = record

    def repeat_last_record(self) -> None:
        """Send the last record once more, as an eavesdropper would."""
        self._socket.send(self._last_record)

    def send_control(self, message: control.AgentControl) -> None:
        """Send a control message."""
        self.send_payload(Channel.CONTROL, control.dump(message))

    def send_raw(self, message: bytes) -> None:
        """Send a binary message as it is."""
        self._socket.send(message)

    def say(self, message: messages.Message) -> None:
        """Send a text message to the server."""
        self._socket.send(messages.dump(message))

    def consent(self, *, granted: bool) -> None:
        """Answer for the customer."""
        self.say(messages.Consent(granted, self.registered.consent_text_version))
        if granted:
            assert self.responder is not None
            assert self.responder.keys is not None
            keys = self.responder.keys
            self._opener = Opener(*_pair(keys.technician_to_agent))
            self._sealer = Sealer(*_pair(keys.agent_to_technician))

    def break_line(self) -> None:
        """Lose the socket without a word."""
        self._socket.socket.shutdown(2)
        self._forget_pairing()

    def come_back(self, portal: str | None = None) -> None:
        """Connect again as the same agent, perhaps at another process (http://...)."""
        if portal is not None:
            self._address = portal.replace("http", "ws", 1) + "/ws/agent/"
            self._forget_pairing()
        self._socket = self._connect(self.registered.resume_token)

    def stop(self) -> None:
        """Leave."""
        self._socket.close()

    # --- By itself ----------------------------------------------------------------------

    def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed, OSError):
            for message in socket:
                if isinstance(message, str):
                    self._text(socket, message)
                else:
                    self._binary(socket, message)

    def _text(self, socket: ClientConnection, text: str) -> None:
        message = messages.parse_to_agent(text)
        match message:
            case messages.Ping():
                socket.send(messages.dump(messages.Pong(message.n)))
            case messages.Registered():
                self._registered = message
                if self.responder is None:
                    identity = AgentIdentity("0.1.0", PLATFORM)
                    self.responder = Responder(message.support_id, identity)
            case messages.Unpaired():
                self._forget_pairing()
                self.said.append(message)
            case messages.Clock() | None:
                pass
            case _:
                self.said.append(message)

    def _binary(self, socket: ClientConnection, message: bytes) -> None:
        assert self.responder is not None
        kind = framing.kind_of(message)
        if kind is Kind.HANDSHAKE:
            for answer in self.responder.receive(message):
                socket.send(answer)
            if self.responder.keys is not None and self.agrees:
                self.consent(granted=True)
        elif kind is Kind.CREDIT:
            self.credit = framing.parse_credit(message)
        elif self._opener is not None:
            opened = self._opener.receive(message)
            parsed = control.parse_from_technician(opened[1]) if opened else None
            if parsed is not None:
                self.told.append(parsed)

    def _forget_pairing(self) -> None:
        self._sealer = self._opener = None
        self.credit = 0
        if self.responder is not None:
            self.responder.unpair()


def _pair(keys: DirectionKeys) -> tuple[bytes, bytes]:
    return keys.key, keys.iv
