"""Rights of an open socket: whoever loses them loses the page."""

from django.contrib.sessions.models import Session as Login

from technicians.models import User
from tests.sessions.ends import show
from tests.sessions.relay.conftest import AtWork


async def test_whoever_loses_the_role_loses_the_page(at_work: AtWork, technician: User) -> None:
    agent, page, _session = at_work
    technician.is_technician = False
    await technician.asave()
    assert await page.refused() == "not-allowed"
    await agent.hear("unpaired")


async def test_whoever_is_deactivated_loses_the_page(at_work: AtWork, technician: User) -> None:
    _agent, page, _session = at_work
    technician.is_active = False
    await technician.asave()
    assert await page.refused() == "not-allowed"


async def test_other_changes_of_a_user_leave_the_page_open(
    at_work: AtWork, technician: User
) -> None:
    agent, page, _session = at_work
    technician.name = "Tina Neu"
    await technician.asave()
    await show(agent, page, b"goes on")


async def test_a_log_in_that_ended_ends_the_page_at_the_next_check(
    at_work: AtWork, technician: User
) -> None:
    _agent, page, _session = at_work
    await Login.objects.all().adelete()
    technician.name = "anything that makes the server look again"
    await technician.asave()
    assert await page.refused() == "not-allowed"
