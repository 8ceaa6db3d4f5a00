"""What is to be reached: each goal is a figure of ours divided by a peer's, in the same run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.streaming.measure import Row

OURS: Final = "ours"
BETTER: Final = "better"  # the better one of the peers
FAST, SLOW = "loopback", "5mbit40ms"
BYTES, CPU, KEY, FRAME = RELATIVE = ("kb_s", "cpu", "key_ms_p50", "frame_ms_p50")


@dataclass(frozen=True)
class Goal:
    """On `link`, `figure` of ours in `workloads` is at most `ratio` times the peer's."""

    figure: str
    link: str
    peer: str
    workloads: str
    ratio: float


GOALS: Final = (
    Goal(BYTES, FAST, "tigervnc", "W2", 1 / 40),
    Goal(BYTES, FAST, "tigervnc", "W3", 1 / 80),
    Goal(BYTES, FAST, "tigervnc", "W4", 1 / 5),
    Goal(BYTES, FAST, "tigervnc", "W5", 1 / 10),
    Goal(BYTES, FAST, "tigervnc", "R1a R1b R1c R2b R2c", 1 / 20),
    Goal(BYTES, FAST, "tigervnc", "R2a", 1 / 80),
    Goal(BYTES, FAST, "tigervnc", "R3a R3b", 1 / 15),
    Goal(BYTES, FAST, "tigervnc", "R4", 1 / 25),
    Goal(BYTES, FAST, "tigervnc", "R5", 1 / 10),
    Goal(BYTES, FAST, "tigervnc", "R6a", 1 / 15),
    Goal(BYTES, FAST, "tigervnc", "R6b", 1 / 5),
    Goal(BYTES, FAST, "selkies", "W1", 1 / 150),
    Goal(BYTES, FAST, "selkies", "W2", 1 / 5),
    Goal(BYTES, FAST, "selkies", "W4", 1),
    Goal(BYTES, FAST, "selkies", "W5", 1 / 3),
    Goal(KEY, FAST, "tigervnc", "W1 R1a R1b R1c", 1 / 2),
    Goal(KEY, FAST, "tigervnc", "W2", 1 / 8),
    Goal(KEY, FAST, "tigervnc", "R2b R2c", 1 / 3),
    Goal(KEY, FAST, "tigervnc", "R2a R3a R3b", 3 / 4),
    Goal(KEY, SLOW, "tigervnc", "R1a R1b R1c", 1 / 4),
    Goal(KEY, SLOW, "tigervnc", "R2b R2c", 1 / 5),
    Goal(KEY, SLOW, BETTER, "W2", 1 / 3),
    Goal(FRAME, SLOW, BETTER, "W4", 1 / 1.2),
    Goal(CPU, FAST, "tigervnc", "W1 W2 W3 W4", 1),
    Goal(CPU, FAST, "tigervnc", "W5 R1a R1b R1c R5 R6a R6b", 2),
    Goal(CPU, FAST, "tigervnc", "R2a R2b R2c R3a R3b R4", 1.25),
)
FILMS: Final = ("W5", "R5")  # may still be refined a second after rest
SHOWN: Final = 0.75  # of the program's own frames, in R1
IDLE_CPU: Final = 0.0005  # is 0.000 when rounded
MEMORY: Final = 150.0  # MB


@dataclass(frozen=True)
class Verdict:
    """A figure of ours beside a peer's.

    `peer` and `theirs` are None for a goal of its own; `goal` is the highest ratio (or the
    lowest own figure for shares, the highest for the rest), None where there is none.
    """

    link: str
    workload: str
    figure: str
    ours: float
    peer: str | None
    theirs: float | None
    goal: float | None
    met: bool | None

    @property
    def ratio(self) -> float | None:
        """Ours divided by theirs."""
        return self.ours / self.theirs if self.theirs else None


def judge(rows: Sequence[Row]) -> list[Verdict]:
    """Compare each row of ours with the peers' of the same link and workload, and the goals."""
    verdicts: list[Verdict] = []
    for row in rows:
        if row.who == OURS:
            peers = [
                other
                for other in rows
                if other.who != OURS and (other.link, other.workload) == (row.link, row.workload)
            ]
            verdicts += [*_beside(row, peers), *_alone(row)]
    return verdicts


def _goal(figure: str, link: str, peer: str, workload: str) -> float | None:
    matching = [
        goal.ratio
        for goal in GOALS
        if (goal.figure, goal.link, goal.peer) == (figure, link, peer)
        and workload in goal.workloads.split()
    ]
    return matching[0] if matching else None


def _beside(row: Row, peers: Sequence[Row]) -> Iterable[Verdict]:
    for figure in RELATIVE:
        value: float | None = getattr(row, figure)
        known = {p.who: theirs for p in peers if (theirs := getattr(p, figure)) is not None}
        if value is None or not known:
            continue
        if _goal(figure, row.link, BETTER, row.workload) is not None:
            known[BETTER] = min(known.values())
        for who, theirs in known.items():
            goal = _goal(figure, row.link, who, row.workload)
            met = None if goal is None else value <= goal * theirs
            yield Verdict(row.link, row.workload, figure, value, who, theirs, goal, met)


def _alone(row: Row) -> Iterable[Verdict]:
    def own(figure: str, value: float, goal: float, *, met: bool) -> Verdict:
        return Verdict(row.link, row.workload, figure, value, None, None, goal, met)

    if row.workload not in FILMS and row.link == FAST:
        yield own("identical", row.identical, 1.0, met=row.identical == 1.0)
    if row.workload.startswith("R1") and row.shown is not None and row.link == FAST:
        yield own("shown", row.shown, SHOWN, met=row.shown >= SHOWN)
    if row.workload == "W6":
        yield own("cpu", row.cpu, 0.0, met=row.cpu < IDLE_CPU)
    yield own("rss_mb", row.rss_mb, MEMORY, met=row.rss_mb < MEMORY)
