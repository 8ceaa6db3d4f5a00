"""When a frame may go out, and what it may cost: credit, measured line, pace, the wish."""

from enum import Enum

from agent.encode.means import FRAME_SECONDS, UNMEASURED, Means, choose
from agent.meter import Meter
from agent.protocol.control import Mode
from agent.protocol.flow import WINDOW_MAX, CreditWindow

# Seconds between two frames: twice the time that coding takes, within these bounds.
PACE_MIN = 0.002
PACE_MAX = 1 / 60
# For so many seconds after the technician's hand what is new answers it, and keeps no pace.
ANSWERED_WITHIN = 0.1


class Why(Enum):
    """What a frame is for."""

    NEW = "something has just changed"
    OVERTAKING = "something has just changed, while older changes wait"
    WAITING = "older changes wait"
    MENDING = "the technician has it, but roughly"


class Flow:
    """One pairing's line, from the first frame on.

    Attributes:
        mode: the technician's wish.
    """

    def __init__(self) -> None:
        """Begin with an unknown line."""
        self.mode = Mode.AUTOMATIC
        self._credit = CreditWindow(WINDOW_MAX)
        self._meter = Meter()
        self._next_at = 0.0
        self._answers_until = 0.0
        self._answers = False
        self._chosen: tuple[float | None, float | None, Mode] | None = None
        self._means = UNMEASURED

    @property
    def painted(self) -> int:
        """Frames that the technician has painted."""
        return self._credit.painted

    @property
    def empty(self) -> bool:
        """Whether everything that was sent is painted."""
        return not self._credit.under_way

    def means(self) -> Means:
        """Return what the next frame may cost."""
        known = (self._meter.rate, self._meter.rtt, self.mode)
        if known != self._chosen:
            self._chosen, self._means = known, choose(*known)
        return self._means

    def ready_at(self, why: Why) -> float | None:
        """When such a frame may go out (monotonic seconds); None: not before a credit."""
        if self._credit.under_way >= self._window(why):
            return None
        # What waits was late already; its frames follow one another without a pause.
        return self._next_at if why is Why.NEW or why is Why.MENDING else 0.0

    def hurry(self, now: float) -> None:
        """Take note of a key, a button or the wheel: somebody waits for what they change."""
        self._answers_until = now + ANSWERED_WITHIN
        self._answers = True
        self._next_at = min(self._next_at, now)

    def sent(self, size: int, pixels: int, *, full: bool, began: float, now: float) -> None:
        """Count a frame; call it before its records go out.

        Args:
            size: its bytes.
            pixels: how many of them are to be painted.
            full: whether more waits, so that it would have been longer but for the line.
            began: when coding it began, in monotonic seconds.
            now: monotonic seconds.
        """
        self._credit.frame_sent()
        self._meter.sent(size, pixels, now, full=full)
        self._answers = now < self._answers_until
        pace = PACE_MIN if self._answers else min(max(2 * (now - began), PACE_MIN), PACE_MAX)
        self._next_at = began + pace

    def credit(self, painted: int, now: float) -> None:
        """Take the credit for so many frames painted since the pairing.

        Raises:
            ProtocolError: more than were sent, or fewer than before.
        """
        self._meter.painted(self._credit.credit(painted), now)

    def _window(self, why: Why) -> int:
        """How many frames may be under way. What is not urgent leaves one to what is."""
        # On a short line a third frame would only wait for the second one to be painted.
        near = (self._meter.rtt or 0.0) < FRAME_SECONDS[0]
        if why is Why.OVERTAKING or (why is Why.NEW and self._answers):
            return WINDOW_MAX
        if why is Why.MENDING:
            return 1 if near else WINDOW_MAX - 1
        return WINDOW_MAX - 1 if near else WINDOW_MAX
