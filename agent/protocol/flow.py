"""Credit: who may send how many frames. docs/protocol.md section 6.1."""

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import FRAME_MAX

WINDOW_DEFAULT = 2
WINDOW_MAX = 3


class CreditWindow:
    """The agent's count of frames under way. One for each pairing."""

    def __init__(self, window: int = WINDOW_DEFAULT) -> None:
        if not 1 <= window <= WINDOW_MAX:
            msg = f"A window of 1 to {WINDOW_MAX} frames, not {window}."
            raise ValueError(msg)
        self.window = window
        self.sent = 0
        self.painted = 0

    @property
    def under_way(self) -> int:
        """Frames sent and not yet painted."""
        return self.sent - self.painted

    @property
    def may_send(self) -> bool:
        """Whether one more frame may go out now."""
        return self.under_way < self.window

    def frame_sent(self) -> None:
        """Count a frame; call it before the frame's records go out."""
        if not self.may_send:
            msg = "The window is full: ask may_send before encoding."
            raise RuntimeError(msg)
        self.sent += 1

    def credit(self, painted: int) -> int:
        """Take a credit; return how many frames it newly covers. `bad-credit` if it cannot be."""
        newly = _newly_painted(painted, self.painted, self.sent)
        self.painted = painted
        return newly


class RelayCredit:
    """The relay's count of the same, from the headers alone. One for each pairing."""

    def __init__(self, window: int = WINDOW_MAX) -> None:
        self.window = window
        self.sent = 0
        self.painted = 0
        self._frame_bytes = 0

    @property
    def under_way(self) -> int:
        """Frames begun and not yet credited."""
        return self.sent - self.painted + (1 if self._frame_bytes else 0)

    def picture_record(self, size: int, *, more: bool) -> None:
        """Count a record of channel 1 from A before it is passed on.

        Args:
            size: length of the whole message in bytes.
            more: the header's more-flag; the record without it ends the frame.

        Raises ProtocolError `no-credit` for a frame that begins over the window, and
        `too-large` for one over 16 MiB.
        """
        if not self._frame_bytes and self.sent - self.painted >= self.window:
            raise ProtocolError(Code.NO_CREDIT, f"more than {self.window} frames under way")
        self._frame_bytes += size
        if self._frame_bytes > FRAME_MAX:
            raise ProtocolError(Code.TOO_LARGE, f"a frame of over {FRAME_MAX} bytes")
        if not more:
            self._frame_bytes = 0
            self.sent += 1

    def credit(self, painted: int) -> int:
        """Take T's credit; return how many frames it newly covers. `bad-credit` if it cannot be."""
        newly = _newly_painted(painted, self.painted, self.sent)
        self.painted = painted
        return newly


def _newly_painted(painted: int, before: int, sent: int) -> int:
    if not before < painted <= sent:
        raise ProtocolError(
            Code.BAD_CREDIT, f"credit for {painted} frames, {sent} sent, {before} credited before"
        )
    return painted - before
