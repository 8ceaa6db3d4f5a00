"""When the resting picture is checked."""

from agent.rest import INTERVALS, Rest


def test_nothing_is_checked_before_anything_was_shown() -> None:
    assert Rest().at is None


def test_checks_become_rarer_and_never_end() -> None:
    rest = Rest()
    rest.moved(100)
    moments = []
    for _ in range(8):
        assert rest.at is not None
        moments.append(rest.at)
        rest.checked(rest.at)
    gaps = [later - earlier for earlier, later in zip([100.0, *moments], moments, strict=False)]
    assert gaps == [*INTERVALS, *([INTERVALS[-1]] * 3)]


def test_every_change_begins_anew() -> None:
    rest = Rest()
    rest.moved(0)
    rest.checked(2)
    rest.checked(12)
    rest.moved(50)
    assert rest.at == 50 + INTERVALS[0]


def test_an_hour_of_rest_costs_few_checks() -> None:
    rest = Rest()
    rest.moved(0)
    checks = 0
    while rest.at is not None and rest.at < 3600:
        rest.checked(rest.at)
        checks += 1
    assert checks <= 10
