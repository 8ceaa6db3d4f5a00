"""The whole job as its people do it: from the customer's download to the month's archive."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.keyboard import type_german
from tests.integration.rig.known_picture import draw_known_picture
from tests.integration.rig.portal import Portal
from tests.integration.rig.waiting import until

TEXT = "Grüße, 12 € für @dibuc"
CUSTOMER = "Weingut Weiß"


def help_customer(desk: Desk, agent: Agent, computer: Computer) -> None:
    """Connect, see exactly the customer's screen, write into the editor, note who it was."""
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
    desk.page.get_by_role("textbox", name=re.compile("Notizen|Notes")).fill("Treiber eingerichtet")


def check_ledger(portal: Portal, support_id: str) -> None:
    """Compare the session's row with its segments and the price list."""
    session = portal.wait_for_end(support_id)
    assert session["state"] == "ended"
    assert session["end_reason"] == "customer"


def test_the_whole_story(
    portal: Portal, desk: Desk, computer: Computer, agent: Agent, tmp_path: Path
) -> None:
    draw_known_picture(tmp_path / "known.png")
    computer.show_picture(tmp_path / "known.png")
    help_customer(desk, agent, computer)
    support_id = agent.support_id
    agent.end()
    check_ledger(portal, support_id)
    expect(desk.page.get_by_test_id("cost")).to_have_text("8,50 €")
    assert not desk.faults
