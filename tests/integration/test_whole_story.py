"""The whole job as its people do it: from the customer's download to the month's archive."""

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.keyboard import type_german
from tests.integration.rig.known_picture import draw_known_picture
from tests.integration.rig.office import Office, text_of
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until

TEXT = "Grüße, 12 € für @dibuc"
CUSTOMER = "Bäckerei Schäfer & Söhne"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def downloaded(browser: Browser, portal: Portal, computer: Computer) -> Path:
    """Return the program as the customer gets it: by the button on the public page."""
    with browser.new_context(locale="de-DE", accept_downloads=True) as context:
        page = context.new_page()
        page.goto(portal.url)
        expect(page.locator("main")).to_contain_text("8,50 €")
        with page.expect_download() as download:
            page.get_by_test_id("download-agent").click()
        program = computer.home / download.value.suggested_filename
        download.value.save_as(program)
    program.chmod(0o755)
    return program


@pytest.fixture
def started(downloaded: Path, computer: Computer) -> Iterator[Agent]:
    """Return the downloaded program, started without a window."""
    log = computer.folder / "agent.log"
    with Agent([downloaded, "--headless"], log=log, env=computer.env) as agent:
        yield agent


def help_customer(desk: Desk, agent: Agent, computer: Computer) -> None:
    """Connect, see exactly the customer's screen, write into the editor, note what was done."""
    note = computer.open_editor()
    desk.connect(agent)
    desk.wait_until_same(computer)

    desk.click_on_screen(computer, 300, 300)
    type_german(desk.page, TEXT)
    desk.page.keyboard.press("Control+s")
    until(note.read_text, within=10, what="the text in the editor's file")
    assert note.read_text() == TEXT
    desk.wait_until_same(computer)

    desk.choose_customer(CUSTOMER)
    desk.write_notes("Druckertreiber eingerichtet")


def check_ledger(portal: Portal, agent: Agent) -> dict[str, object]:
    """Compare the ended session with its segment, the price list and what the customer saw."""
    session = portal.wait_for_end(agent.support_id)
    (segment,) = portal.segments(agent.support_id)
    start, end = (dt.datetime.fromisoformat(segment[key]) for key in ("started_at", "ended_at"))
    assert session["state"] == "ended"
    assert session["end_reason"] == "customer"
    assert session["notes"] == "Druckertreiber eingerichtet"
    assert session["ordered_at"] < session["consented_at"] < session["started_at"]
    assert session["started_at"] == segment["started_at"]
    assert 1 <= session["seconds"] == int((end - start).total_seconds())
    assert (session["blocks"], session["amount_cents"]) == (1, 850)
    (said,) = agent.events("ended")
    assert (said["reason"], said["amount"], said["seconds"]) == (
        "customer",
        "8.50",
        session["seconds"],
    )
    return session


def check_invoice(pdf: bytes, number: str, session: dict[str, object]) -> None:
    """Read the invoice as the customer does."""
    text = text_of(pdf)
    start = dt.datetime.fromisoformat(f"{session['started_at']}+00:00").astimezone(BERLIN)
    for part in (
        number,
        CUSTOMER,
        "Mühlweg 3",
        "67227 Frankenthal",
        f"{start:%d.%m.%Y}",
        f"{start:%H:%M}",
        "Jana Roth",
        "7,14",
        "1,36",
        "8,50",
    ):
        assert part in text, text


def check_archive(archive: Path, number: str, pdf: bytes) -> None:
    """Unpack the month and compare it with its sums, its list and the invoice seen before."""
    with zipfile.ZipFile(archive) as packed:
        files = {name.rpartition("/")[2]: packed.read(name) for name in packed.namelist()}
    sums = re.findall(r"^([0-9a-f]{64})  (\S+)$", files["SHA256SUMS"].decode(), re.MULTILINE)
    assert {name for _, name in sums} == files.keys() - {"SHA256SUMS"}
    assert [hashlib.sha256(files[name]).hexdigest() for _, name in sums] == [
        digest for digest, _ in sums
    ]
    rows = list(
        csv.DictReader(io.StringIO(files["invoices.csv"].decode("utf-8-sig")), delimiter=";")
    )
    (row,) = [row for row in rows if number in row.values()]
    assert CUSTOMER in row.values()
    assert {"7,14", "1,36", "8,50"} <= set(row.values())
    (file,) = [name for name in files if name in row.values()]
    assert files[file] == pdf
    assert len(rows) == sum(name.endswith(".pdf") for name in files)


def test_the_whole_story(
    portal: Portal, desk: Desk, office: Office, computer: Computer, started: Agent
) -> None:
    draw_known_picture(computer.folder / "known.png")
    computer.show_picture(computer.folder / "known.png")
    office.create_customer(CUSTOMER, "Mühlweg 3", "67227", "Frankenthal")

    help_customer(desk, started, computer)
    started.end()
    session = check_ledger(portal, started)
    expect(desk.page.get_by_test_id("cost")).to_have_text("8,50 €")
    assert desk.faults == []

    office.run_month()
    number, pdf = office.invoice_of(CUSTOMER)
    check_invoice(pdf, number, session)
    office.export_month(computer.folder / "month.zip")
    check_archive(computer.folder / "month.zip", number, pdf)


def test_the_customer_answers_and_ends_in_the_window(
    portal: Portal, desk: Desk, computer: Computer, downloaded: Path
) -> None:
    log = computer.folder / "agent.log"
    with Agent([downloaded], log=log, env=computer.env) as agent:
        agent.wait_for_event("ready")
        window = computer.screen.window("DIBUC")
        desk.order(agent.support_id, agent.password)
        agent.wait_for_event("consent_request")
        computer.press_until(
            "alt+z", window, lambda: bool(agent.events("connected")), what="the consent"
        )
        desk.wait_until_connected()
        desk.wait_until_same(computer)
        agent.wait_for_clock(1)
        computer.screen.xdotool("key", "ctrl+alt+shift+e")
        session = portal.wait_for_end(agent.support_id)
    assert (session["end_reason"], session["blocks"]) == ("customer", 1)
