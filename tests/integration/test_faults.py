"""What goes wrong between all parts: a clear sentence in both languages, and nothing is lost."""

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from agent.protocol.damm import new_password, new_support_id
from tests.integration.rig.agent import Agent
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.portal import ROOT, Portal
from tests.integration.rig.processes import Program
from tests.integration.rig.texts import LOCALES, Language, said
from tests.integration.rig.waiting import until

SECOND_TECHNICIAN = "zweite@example.com"
# The same agent as it would be some versions later.
FUTURE_AGENT = (
    "import sys; from agent.protocol import framing; framing.PROTOCOL_VERSION = 99;"
    "from agent.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
TOO_OLD = {"de": "Dieses Programm ist zu alt", "en": "This program is too old"}


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    """Return each language in turn."""
    chosen: Language = request.param
    return chosen


@pytest.fixture
def any_desk(
    browser: Browser, portal: Portal, technician_state: Path, language: Language
) -> Iterator[Desk]:
    """Return the technician at a desk where that language is spoken."""
    with browser.new_context(locale=LOCALES[language], storage_state=technician_state) as context:
        yield Desk(context.new_page(), portal)


def other_password(right: str) -> str:
    """Return a password that passes the check digit and is wrong."""
    return next(each for each in iter(new_password, "") if each != right)


def swapped(digits: str) -> str:
    """Return the digits with the first two different neighbours swapped."""
    place = next(i for i in range(len(digits) - 1) if digits[i] != digits[i + 1])
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


# --- Before the connection ------------------------------------------------------------


def test_an_unknown_id_is_said_to_be_unknown(any_desk: Desk, language: Language) -> None:
    any_desk.order(new_support_id(), new_password())
    expect(any_desk.page.locator("#connect-id-error")).to_have_text(
        said("Nobody is waiting under this ID. Is the customer's window still open?", language)
    )


def test_swapped_digits_are_found_before_a_try_is_spent(
    any_desk: Desk, agent: Agent, language: Language
) -> None:
    requests: list[str] = []
    any_desk.page.on("request", lambda request: requests.append(f"{request.method} {request.url}"))
    any_desk.order(swapped(agent.support_id), agent.password)
    digits = (
        "These digits do not fit together: probably one is wrong or two are swapped. Please "
        "have the ID read out again."
    )
    expect(any_desk.page.locator("#connect-id-error")).to_have_text(said(digits, language))
    any_desk.order(agent.support_id, swapped(agent.password))
    expect(any_desk.page.locator("#connect-password-error")).to_have_text(
        said(
            "These digits do not fit together: probably one is wrong or two are swapped. Please "
            "have the password read out again. No try was lost.",
            language,
        )
    )
    assert not [request for request in requests if request.startswith("POST")]
    assert agent.events("technician_there") == agent.events("wrong_password") == []


def test_a_wrong_password_says_how_many_tries_are_left_and_the_right_one_still_works(
    any_desk: Desk, agent: Agent, language: Language
) -> None:
    any_desk.order(agent.support_id, other_password(agent.password))
    sentence = said("{count} tries are left. Please have the password read out again.", language)
    expect(any_desk.page.locator("#overlay")).to_contain_text(sentence.format(count=2))
    assert agent.wait_for_event("wrong_password")["tries_left"] == 2
    any_desk.type_password(agent.password)
    agent.answer(yes=True)
    any_desk.wait_until_connected()


def test_a_customer_who_says_no_ends_it_without_a_price(
    any_desk: Desk, agent: Agent, portal: Portal, language: Language
) -> None:
    any_desk.order(agent.support_id, agent.password)
    agent.answer(yes=False)
    expect(any_desk.page.locator("#overlay-title")).to_have_text(
        said("The customer did not agree", language)
    )
    session = portal.wait_for_end(agent.support_id)
    assert (session["state"], session["end_reason"]) == ("closed", "refused")
    assert portal.segments(agent.support_id) == []


def test_an_agent_of_an_unknown_protocol_version_says_what_to_do(
    portal: Portal, computer: Computer, language: Language
) -> None:
    before = portal.rows("SELECT count(*) AS n FROM support_sessions_session")
    command = [sys.executable, "-c", FUTURE_AGENT, "--server", portal.url, "--headless"]
    command += ["--language", language]
    log = computer.folder / "future.log"
    with Program(command, log=log, env=computer.env, cwd=ROOT) as future:
        assert future.wait(within=20) == 3
        assert TOO_OLD[language] in future.output
    assert portal.rows("SELECT count(*) AS n FROM support_sessions_session") == before


@pytest.fixture(scope="package")
def second_state(portal: Portal, browser: Browser) -> Path:
    """Return the cookies of a second technician."""
    portal.manage(
        "shell",
        "-c",
        "from technicians.models import User;"
        f"User.objects.create_user('{SECOND_TECHNICIAN}', 'Zweites-Kennwort',"
        " name='Zweite Technikerin', is_technician=True)",
    )
    portal.log_ins[SECOND_TECHNICIAN] = "Zweites-Kennwort"
    state = portal.data / "second.json"
    with browser.new_context() as context:
        Desk(context.new_page(), portal).log_in(SECOND_TECHNICIAN)
        context.storage_state(path=state)
    return state


def test_a_second_technician_is_told_that_somebody_is_connected(
    any_desk: Desk, agent: Agent, browser: Browser, second_state: Path, language: Language
) -> None:
    any_desk.connect(agent)
    portal = any_desk.portal
    with browser.new_context(locale=LOCALES[language], storage_state=second_state) as context:
        second = Desk(context.new_page(), portal)
        second.order(agent.support_id, new_password())
        expect(second.page.locator("#connect-id-error")).to_have_text(
            said("Another technician is already helping this customer.", language)
        )
    assert portal.session(agent.support_id)["state"] == "connected"
    expect(any_desk.page.locator("body")).to_have_attribute("data-state", "connected")


# --- During the connection ------------------------------------------------------------


def seconds_of(segments: list[dict[str, str]]) -> float:
    """Return the connected time of segments that have all ended."""
    return sum(
        (
            dt.datetime.fromisoformat(each["ended_at"])
            - dt.datetime.fromisoformat(each["started_at"])
        ).total_seconds()
        for each in segments
    )


def test_a_killed_server_costs_seconds_and_not_the_session(
    tmp_path: Path, browser: Browser, computer: Computer
) -> None:
    with Portal(tmp_path / "portal") as portal, browser.new_context(locale="en-GB") as context:
        desk = Desk(context.new_page(), portal)
        desk.log_in("techniker@example.com")
        log = computer.folder / "agent.log"
        with Agent.without_window(portal.url, log=log, env=computer.env) as agent:
            desk.connect(agent)
            agent.wait_for_clock(4)
            shown = agent.events("clock")[-1]["seconds"]
            portal.kill()
            lost = "The line to the portal is lost"
            expect(desk.page.locator("#overlay-title")).to_have_text(said(lost, "en"))
            assert said(lost, "de")
            (left,) = portal.segments(agent.support_id)
            portal.start()
            agent.wait_for_event("line_back", within=30)
            expect(desk.page.locator("body")).to_have_attribute("data-state", "connected")
            agent.wait_for_clock(shown + 2)
            agent.end()
        session, segments = portal.wait_for_end(agent.support_id), portal.segments(agent.support_id)
    # What the customer had seen before the kill was kept, but for one heartbeat or two.
    assert seconds_of(segments[:1]) >= shown - 4
    assert segments[0]["ended_at"] == left["last_seen_at"]
    assert session["seconds"] == int(seconds_of(segments))
    assert (session["state"], session["blocks"]) == ("ended", 1)


def test_both_ends_that_vanish_leave_a_session_that_is_billed_as_far_as_it_was_seen(
    portal: Portal, desk: Desk, agent: Agent
) -> None:
    desk.connect(agent)
    agent.wait_for_clock(2)
    agent.kill()
    desk.page.close()
    support_id = agent.support_id
    until(
        lambda: all(each["ended_at"] for each in portal.segments(support_id)),
        within=40,
        what="the end of the segment",
    )
    # Ten minutes in which they might have come back, without waiting for them.
    portal.manage(
        "shell",
        "-c",
        "import datetime as dt; from sessions.models import Session;"
        f"session = Session.objects.get(support_id='{support_id}');"
        "long_ago = session.started_at - dt.timedelta(minutes=20);"
        "Session.objects.filter(pk=session.pk).update("
        "agent_gone_at=long_ago, agent_seen_at=long_ago, technician_seen_at=long_ago)",
    )
    session = portal.wait_for_end(support_id, within=30)
    assert (session["state"], session["end_reason"]) == ("ended", "line-lost")
    assert session["seconds"] == int(seconds_of(portal.segments(support_id))) >= 1
    assert session["amount_cents"] == 850
    assert said("line lost", "de") != "line lost"
