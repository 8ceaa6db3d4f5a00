"""What every workload has: steps at an interval, and perhaps numbered frames."""

from collections.abc import Sequence
from enum import Enum
from types import TracebackType
from typing import ClassVar, Final, Self

from bench.streaming.pictures import HEIGHT, WIDTH
from bench.streaming.xlib import Server

BITS: Final = 12
CELL: Final = 8
PROBE: Final = 16
# The beacon shows the frame's number in black and white cells, the probe stands beside it.
SIGNAL_X, SIGNAL_Y = WIDTH - BITS * CELL - PROBE - 8, HEIGHT - PROBE - 8

Frames = list[tuple[int, float]]  # number and moment (seconds of the wall clock)


class Numbered(Enum):
    """Who shows which frame is on the screen."""

    NOT = "nobody: frames cannot be told apart"
    BY_STAGE = "the stage's beacon counts the steps"
    BY_CELLS = "each step fills the next cell of a grid with a letter"
    BY_PROGRAM = "a beacon that the program on the screen draws itself"


class Scene:
    """What happens on the screen.

    Attributes:
        interval: seconds between two steps.
        numbered: who numbers the frames.
        settles: seconds that programs need after the last step until they rest.
        answers_keys: False where the keyboard is taken, so that the probe cannot answer.
    """

    interval: ClassVar[float]
    numbered: ClassVar[Numbered] = Numbered.NOT
    settles: ClassVar[float] = 0.0
    answers_keys: ClassVar[bool] = True

    def __init__(self, server: Server) -> None:
        """Show what is there before the first step."""
        raise NotImplementedError

    def step(self, number: int) -> None:
        """Do step `number`, counted from 1 over all runs."""
        raise NotImplementedError

    def finish(self) -> None:
        """End what a run has begun, such as a pressed button."""

    def frames(self, steps: Sequence[tuple[int, float]]) -> Frames:
        """Return the run's numbered frames, given when each step was done."""
        return [] if self.numbered is Numbered.NOT else list(steps)

    def close(self) -> None:
        """End what the scene has started."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
