"""Two server processes behind nginx: sessions find their process, and survive its end."""

import asyncio
import hashlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from agent.protocol import messages
from tests.integration.rig.agent import Agent
from tests.integration.rig.cluster import Cluster
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.portal import TECHNICIAN
from tests.integration.rig.technician import Technician
from tests.integration.rig.waiting import until
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.test_viewer_picture import noise
from tests.sessions.ends import AgentEnd, NetworkLine, TechnicianEnd, pair, show

T = TypeVar("T")
SESSIONS = 6


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return two processes behind nginx."""
    with Cluster(tmp_path_factory.mktemp("c")) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def both_listen(cluster: Cluster) -> None:
    """Wait for a process that an earlier test has killed."""
    cluster.wait_until_listening()


@pytest.fixture
def technician(cluster: Cluster) -> Technician:
    """Return who logged in through the proxy, at whichever process."""
    return Technician(cluster)


def run(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a story with an event loop of its own, which Playwright's thread cannot have."""
    results: list[T] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            results.append(asyncio.run(story()))
        except BaseException as fault:  # noqa: BLE001 - raised again in the test's thread
            faults.append(fault)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return results[0]


class Both:
    """The two ends of a session."""

    def __init__(self, cluster: Cluster, technician: Technician) -> None:
        self.cluster = cluster
        self.technician = technician
        self.agent: AgentEnd
        self.page: TechnicianEnd
        self.token: str | None = None

    async def start_agent(self, relay: int | None = None) -> None:
        """Start the agent, or let it come back: through nginx, or to one process."""
        line = await NetworkLine.open(f"{self.cluster.sockets(relay)}/ws/agent/")
        self.agent = await AgentEnd.start(line, self.token)
        self.token = self.agent.resume_token

    async def order(self) -> str:
        """Let the technician type the ID; return the address of the socket."""
        return await asyncio.to_thread(self.technician.order, self.agent.support_id)

    async def open_page(self, address: str) -> None:
        """Open the technician's socket."""
        self.page = TechnicianEnd(NetworkLine(await self.technician.open(address)))

    async def connect(self) -> None:
        """Bring both ends together, up to the first painted picture."""
        await self.open_page(await self.order())
        await pair(self.agent, self.page)
        await show(self.agent, self.page)
        await self.page.hear_clock(running=True)

    async def drop(self) -> None:
        """Break both lines."""
        await self.agent.drop()
        await self.page.drop()

    @property
    def relay(self) -> str:
        """Where the database says that the agent is."""
        relay: str = self.cluster.session(self.agent.support_id)["relay"]
        return relay


def test_sessions_at_both_processes_work_at_once(cluster: Cluster, technician: Technician) -> None:
    async def story() -> None:
        everyone = [Both(cluster, technician) for _ in range(SESSIONS)]
        for both in everyone:
            await both.start_agent()
            await both.connect()
        assert {both.relay for both in everyone} == {"1", "2"}
        for number in range(20):
            await asyncio.gather(
                *(show(both.agent, both.page, bytes([number]) * 20_000) for both in everyone)
            )
        for both in everyone:
            await both.drop()

    run(story)


def test_the_page_is_sent_from_the_wrong_process_to_the_right_one(
    cluster: Cluster, technician: Technician
) -> None:
    async def story() -> None:
        for right, wrong in (("1", "2"), ("2", "1")):
            both = Both(cluster, technician)
            await both.start_agent(int(right))
            address = await both.order()
            assert f"/ws/relay/{right}/" in address
            await both.open_page(address.replace(f"/relay/{right}/", f"/relay/{wrong}/"))
            assert (await both.page.hear("elsewhere"))["relay"] == right
            assert await both.page.closed() == 1001
            await both.open_page(address)
            await pair(both.agent, both.page)
            await both.drop()

    run(story)


def test_an_agent_that_comes_back_elsewhere_takes_the_page_along(
    cluster: Cluster, technician: Technician
) -> None:
    async def story() -> None:
        both = Both(cluster, technician)
        await both.start_agent(1)
        await both.connect()
        before, page = both.agent, both.page
        # The line broke, and the old process has not noticed.
        await both.start_agent(2)
        assert both.agent.support_id == before.support_id
        assert await before.closed() == 1001
        while (message := await page.next()) != {"type": "elsewhere", "relay": "2"}:
            assert message == {"type": "agent-gone"}
        assert await page.closed() == 1001
        await both.connect()
        # The page hears of the running clock before the ledger has it.
        while (session := cluster.session(both.agent.support_id))["state"] != "connected":
            assert session["state"] == "paused"
            await asyncio.sleep(0.05)
        # What the old process still wrote has changed nothing.
        assert session["relay"] == "2"
        assert session["agent_gone_at"] is None
        ended = [segment["ended_at"] for segment in cluster.segments(both.agent.support_id)]
        assert [each is None for each in ended] == [False, True]
        await both.drop()

    run(story)


def test_a_killed_process_takes_no_session_with_it(
    cluster: Cluster, technician: Technician
) -> None:
    async def story() -> None:
        lost = [Both(cluster, technician) for _ in range(3)]
        safe = [Both(cluster, technician) for _ in range(3)]
        for both in lost:
            await both.start_agent(1)
            await both.connect()
        for both in safe:
            await both.start_agent(2)
            await both.connect()
        await cluster.kill_process(1)
        for both in lost:
            assert await both.agent.closed() == 1006
            assert await both.page.closed() == 1006
            # Through nginx, which finds the one that is left, or the one that is back.
            await both.start_agent()
            await both.connect()
        for both in safe:
            await show(both.agent, both.page, b"undisturbed")
        for both in (*lost, *safe):
            await both.drop()

    run(story)


def test_a_page_may_be_there_before_its_agent_is_back(
    cluster: Cluster, technician: Technician
) -> None:
    async def story() -> None:
        both = Both(cluster, technician)
        await both.start_agent(2)
        await both.connect()
        old = both.page
        address = await both.order()
        await cluster.kill_process(2)
        assert await old.closed() == 1006
        # nginx brings it to the other process, which lets it wait.
        await both.open_page(address)
        await both.page.hear("agent-gone")
        await both.start_agent(1)
        await both.page.hear("agent-back")
        await pair(both.agent, both.page)
        await show(both.agent, both.page)
        await both.drop()

    run(story)


def opened(url: str) -> Any:
    """Ask for a page, not through whatever proxy the environment names."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(url, timeout=30)


def test_files_come_from_nginx_and_only_those_that_the_portal_allows(cluster: Cluster) -> None:
    content = b"the agent" * 100_000
    (cluster.data / "downloads" / "agent").write_bytes(content)
    entry = {
        "file": "agent",
        "version": "1",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    manifest = cluster.data / "downloads" / "manifest.json"
    before = manifest.read_text() if manifest.exists() else None
    manifest.write_text(json.dumps({"linux-x86_64": entry}))
    try:
        with opened(f"{cluster.url}/download/linux/") as answer:
            assert answer.read() == content
            # Said to nginx, not to the visitor.
            assert answer.headers["X-Accel-Redirect"] is None
        for path in ("/data/secret-key", "/data/downloads/agent", "/data/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                opened(f"{cluster.url}{path}")
    finally:
        if before is not None:
            manifest.write_text(before)


def test_a_real_agent_and_a_real_page_go_on_after_their_process_was_killed(
    cluster: Cluster, browser: Browser, computer: Computer, tmp_path: Path
) -> None:
    with (
        browser.new_context(locale="de-DE", viewport={"width": 1400, "height": 1000}) as context,
        Agent.without_window(cluster.url, log=tmp_path / "agent.log", env=computer.env) as agent,
    ):
        desk = Desk(context.new_page(), cluster)
        desk.log_in(TECHNICIAN)
        desk.connect(agent)
        desk.wait_until_same(computer)
        relay = int(cluster.session(agent.support_id)["relay"])
        run(lambda: cluster.kill_process(relay))
        # Without a password: both ends still have their secret.
        until(
            lambda: len(cluster.segments(agent.support_id)) == 2,
            within=30,
            what="the ledger's second stretch",
            pause=0.2,
        )
        desk.wait_until_same(computer)
        assert urlsplit(desk.page.url).path.startswith("/sitzungen/")
        assert cluster.session(agent.support_id)["state"] == "connected"
        assert not desk.faults


def test_the_page_follows_an_agent_that_moves_while_both_lines_stand(
    cluster: Cluster, browser: Browser
) -> None:
    with (
        browser.new_context(locale="de-DE") as context,
        ScriptedAgent(cluster.sockets(1).replace("ws", "http", 1)) as agent,
    ):
        desk = Desk(context.new_page(), cluster)
        desk.log_in(TECHNICIAN)
        desk.order(agent.support_id, agent.password)
        agent.wait_until_granted()
        agent.show(noise(320, 200))
        agent.said.clear()
        agent.come_back(cluster.sockets(2).replace("ws", "http", 1))
        # At the second process, to which nobody but the first has sent the page.
        agent.wait_for(lambda: agent.has(messages.Paired), "the page at the other process")
        assert cluster.session(agent.support_id)["relay"] == "2"
        assert not desk.faults
