"""HTTPS as the documents have it: a certificate of a company's own, nginx, two processes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.integration.rig.agent import Agent
from tests.integration.rig.certificate import Certificate
from tests.integration.rig.chromium import chromium
from tests.integration.rig.cluster import Cluster
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.portal import TECHNICIAN


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return what the company's authority has signed."""
    return Certificate.made(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate
) -> Iterator[Cluster]:
    """Return two processes behind nginx with TLS."""
    with Cluster(tmp_path_factory.mktemp("c"), certificate) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def trusting(playwright: Playwright, certificate: Certificate) -> Iterator[Browser]:
    """Return a browser that takes this one certificate, and no other unknown one."""
    pinned = f"--ignore-certificate-errors-spki-list={certificate.pin}"
    with chromium(playwright, pinned) as browser:
        yield browser


def test_a_session_over_https_from_the_log_in_to_the_end(
    cluster: Cluster, certificate: Certificate, trusting: Browser, computer: Computer
) -> None:
    computer.open_editor()
    # What an administrator does who has not put the authority into the system's own store.
    env = computer.env | {"SSL_CERT_FILE": str(certificate.authority)}
    log = computer.folder / "agent.log"
    with (
        trusting.new_context(locale="de-DE", viewport={"width": 1400, "height": 1000}) as context,
        Agent.without_window(cluster.url, log=log, env=env) as agent,
    ):
        desk = Desk(context.new_page(), cluster)
        sockets: list[str] = []
        desk.page.on("websocket", lambda socket: sockets.append(socket.url))
        desk.log_in(TECHNICIAN)
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert cookies["__Host-login"]["secure"]
        assert cookies["__Host-login"]["httpOnly"]
        desk.connect(agent)
        desk.wait_until_same(computer)
        assert sockets
        assert all(url.startswith(cluster.url.replace("https", "wss")) for url in sockets)
        desk.click_on_screen(computer, 400, 300)
        desk.page.keyboard.type("Grüße über TLS")
        desk.wait_until_same(computer)
        agent.wait_for_clock(1)
        # nginx lets go of everything that stands; both ends come back by themselves.
        relay = int(cluster.session(agent.support_id)["relay"])
        cluster.process(relay).kill()
        agent.wait_for_event("line_back", within=30)
        expect(desk.page.locator("body")).to_have_attribute("data-state", "connected")
        desk.wait_until_same(computer)
        assert len(agent.events("consent_request")) == 1
        support_id = agent.support_id
        # What was not yet in the ledger when the process was killed costs nothing.
        agent.wait_for_clock(agent.events("clock")[-1]["seconds"] + 2)
        agent.end()
        session = cluster.wait_for_end(support_id)
        assert (session["state"], session["blocks"]) == ("ended", 1)
        assert desk.faults == []


def test_browsers_are_told_to_come_by_https_only(cluster: Cluster, trusting: Browser) -> None:
    with trusting.new_context(locale="de-DE") as context:
        answer = context.new_page().goto(cluster.url)
        assert answer is not None
        assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_an_agent_that_does_not_know_the_authority_sends_nothing_and_says_why(
    cluster: Cluster, computer: Computer
) -> None:
    before = cluster.rows("SELECT count(*) AS n FROM support_sessions_session")
    log = computer.folder / "agent.log"
    with Agent.without_window(cluster.url, log=log, env=computer.env) as agent:
        agent.wait_for_event("unreachable", count=2, where=lambda event: bool(event["untrusted"]))
        assert "unable to get local issuer certificate" in agent.output
        assert agent.events("ready") == []
    assert cluster.rows("SELECT count(*) AS n FROM support_sessions_session") == before
