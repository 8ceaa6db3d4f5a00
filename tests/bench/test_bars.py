"""Which goals a run meets."""

import dataclasses

from bench.streaming.bars import Verdict, judge
from bench.streaming.measure import Row
from bench.streaming.report import share, verdict_lines

ROW = Row(
    who="ours",
    link="loopback",
    workload="W2",
    kb_s=100.0,
    cpu=0.2,
    key_ms_p50=10.0,
    key_ms_p95=20.0,
    frame_ms_p50=15.0,
    fps=25.0,
    shown=1.0,
    identical=1.0,
    rss_mb=90.0,
)
PEER = dataclasses.replace(ROW, who="tigervnc", kb_s=4000.0, identical=0.9)


def verdict(rows: list[Row], figure: str, peer: str | None) -> Verdict:
    (found,) = [v for v in judge(rows) if (v.figure, v.peer) == (figure, peer)]
    return found


def test_a_figure_just_over_the_goal_is_missed() -> None:
    more = dataclasses.replace(ROW, kb_s=100.1)
    assert verdict([more, PEER], "kb_s", "tigervnc").met is False


def test_a_figure_exactly_at_the_goal_meets_it() -> None:
    found = verdict([ROW, PEER], "kb_s", "tigervnc")
    assert found.met is True
    assert found.ratio == 1 / 40


def test_a_single_wrong_pixel_is_missed() -> None:
    almost = dataclasses.replace(ROW, identical=0.99999)
    assert verdict([almost, PEER], "identical", None).met is False
    assert verdict([ROW, PEER], "identical", None).met is True


def test_a_film_may_still_be_refined() -> None:
    film = dataclasses.replace(ROW, workload="R5", identical=0.8)
    assert not [v for v in judge([film]) if v.figure == "identical"]


def test_a_peer_on_another_link_or_workload_is_not_compared() -> None:
    elsewhere = [
        dataclasses.replace(PEER, link="5mbit40ms"),
        dataclasses.replace(PEER, workload="W3"),
    ]
    assert not [v for v in judge([ROW, *elsewhere]) if v.peer is not None]


def test_the_better_peer_is_the_one_with_the_lower_figure() -> None:
    slow = dataclasses.replace(ROW, link="5mbit40ms", key_ms_p50=100.0)
    peers = [
        dataclasses.replace(slow, who="tigervnc", key_ms_p50=900.0),
        dataclasses.replace(slow, who="selkies", key_ms_p50=299.0),
    ]
    found = verdict([slow, *peers], "key_ms_p50", "better")
    assert (found.theirs, found.met) == (299.0, False)


def test_a_figure_that_somebody_lacks_is_left_out() -> None:
    blind = dataclasses.replace(PEER, key_ms_p50=None, frame_ms_p50=None)
    figures = {v.figure for v in judge([ROW, blind]) if v.peer is not None}
    assert figures == {"kb_s", "cpu"}


def test_a_peer_that_sends_nothing_gives_no_ratio_but_a_verdict() -> None:
    silent = dataclasses.replace(PEER, kb_s=0.0)
    found = verdict([ROW, silent], "kb_s", "tigervnc")
    assert found.ratio is None
    assert found.met is False


def test_idle_has_to_be_zero() -> None:
    idle = dataclasses.replace(ROW, workload="W6", cpu=0.001)
    assert verdict([idle], "cpu", None).met is False
    assert verdict([dataclasses.replace(idle, cpu=0.0)], "cpu", None).met is True


def test_ratios_are_said_as_people_say_them() -> None:
    assert [share(r) for r in (1 / 40, 0.75, 2.0, 0.0)] == ["1/40", "0.75", "2", "0"]


def test_the_table_counts_what_is_met() -> None:
    lines = verdict_lines(judge([ROW, PEER]))
    assert lines[-1] == "4 of 5 goals are met."  # the key is as slow as the peer's
    assert [line for line in lines if "MISS" in line and "key ms" in line]
