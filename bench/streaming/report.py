"""The tables for people: what was measured, and how it stands to the goals."""

from collections.abc import Sequence
from dataclasses import fields

from bench.streaming.bars import Verdict
from bench.streaming.measure import Row

_NAMES = {"key_ms_p50": "key ms", "frame_ms_p50": "frame ms", "kb_s": "KB/s", "rss_mb": "MB"}
_WIDTHS = {"who": 9, "link": 10, "workload": 9}


def row_line(row: Row | None) -> str:
    """Return a row of the table of figures, or its head."""
    cells = []
    for field in fields(Row):
        value = field.name if row is None else getattr(row, field.name)
        cells.append(f"{'-' if value is None else value!s:>{_WIDTHS.get(field.name, 12)}}")
    return " ".join(cells)


def verdict_lines(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the table of ratios; each line ends with what is to be reached and whether it is."""
    head = f"{'link':>10} {'workload':>9} {'figure':>10} {'ours':>9} {'peer':>9} {'theirs':>9}"
    lines = [f"{head} {'ratio':>8} {'goal':>8}"]
    for verdict in verdicts:
        ratio = "" if verdict.ratio is None else share(verdict.ratio)
        theirs = "" if verdict.theirs is None else f"{verdict.theirs:g}"
        lines.append(
            f"{verdict.link:>10} {verdict.workload:>9}"
            f" {_NAMES.get(verdict.figure, verdict.figure):>10} {verdict.ours:>9g}"
            f" {verdict.peer or '':>9} {theirs:>9} {ratio:>8} {_goal(verdict):>8}"
        )
    judged = [verdict.met for verdict in verdicts if verdict.met is not None]
    lines.append(f"{sum(judged)} of {len(judged)} goals are met.")
    return lines


def share(ratio: float) -> str:
    """Return a ratio as people say it: 1/40, 0.75 or 2."""
    if 0 < ratio < 0.5:
        return f"1/{1 / ratio:.3g}"
    return f"{ratio:.3g}"


def _goal(verdict: Verdict) -> str:
    if verdict.goal is None:
        return ""
    goal = f"{verdict.goal:g}" if verdict.theirs is None else share(verdict.goal)
    return f"{goal} {'ok' if verdict.met else 'MISS'}"
