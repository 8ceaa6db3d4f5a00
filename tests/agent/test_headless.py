"""The program on the console, started as its users do."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.protocol import messages
from tests.agent.conftest import ROOT, Agent, Screen, running_agent
from tests.agent.server import Caller, Server

COMMAND = (sys.executable, "-m", "agent")


def once(screen: Screen, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end with nothing on its standard input."""
    return subprocess.run(
        [*COMMAND, *options],
        cwd=ROOT,
        env={**screen.environment, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def asked(agent: Agent, caller: Caller, password: object) -> dict[str, object]:
    """Bring the agent to its question."""
    await caller.say(messages.Paired())
    assert await caller.exchange(str(password)) == ""
    return await agent.event("consent_request")


async def test_the_whole_way_as_json_lines(screen: Screen, server: Server) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.register("218123458")
        ready = await agent.event("ready")
        assert ready["support_id"] == "218123458"
        assert len(str(ready["password"])) == 8
        question = await asked(agent, caller, ready["password"])
        assert question["technician"] == "Tina Technik"
        assert question["price"] == "8,50 EUR inkl. MwSt. je angefangene 10 Minuten"
        agent.say("j")
        assert await caller.text() == messages.Consent(True, "2026-11")
        connected = await agent.event("connected")
        assert connected["verification_code"] == question["verification_code"]
        await caller.see(lambda image: image.size == (1280, 800))
        await caller.say(messages.Clock(61, 1, 850, 539, running=True))
        clock = await agent.event("clock")
        assert (clock["seconds"], clock["blocks"], clock["amount"]) == (61, 1, "8.50")
        await caller.say(messages.Ended("technician", 905, 2, 1700))
        ended = await agent.event("ended")
        assert (ended["reason"], ended["amount"]) == ("technician", "17.00")
        assert await agent.exit_code() == 0


async def test_after_the_technician_left_it_is_ready_with_another_password(
    screen: Screen, server: Server
) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.register()
        ready = await agent.event("ready")
        await asked(agent, caller, ready["password"])
        agent.say("ja")
        await agent.event("connected")
        await caller.say(messages.Unpaired("technician-gone"))
        assert (await agent.event("technician_gone"))["resumes"]
        await caller.say(messages.Paired())
        again = await agent.event("ready")
        assert again["support_id"] == ready["support_id"]
        assert again["password"] != ready["password"]


@pytest.mark.parametrize("answer", ["n", "NEIN", "no"])
async def test_a_no_is_a_no(screen: Screen, server: Server, answer: str) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.register()
        ready = await agent.event("ready")
        await asked(agent, caller, ready["password"])
        agent.say("perhaps")  # no answer
        agent.say(answer)
        assert await caller.text() == messages.Consent(False, "2026-11")
        await agent.event("refused")


async def test_a_yes_before_the_question_is_no_consent(screen: Screen, server: Server) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.register()
        agent.say("j")
        ready = await agent.event("ready")
        agent.say("j")
        await asyncio.sleep(0.3)
        await asked(agent, caller, ready["password"])
        await asyncio.sleep(0.5)
        assert caller.texts.empty()


async def test_nobody_at_standard_input_is_a_no(screen: Screen, server: Server) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        assert agent.process.stdin is not None
        agent.process.stdin.close()
        caller = await server.call()
        await caller.register()
        ready = await agent.event("ready")
        await asked(agent, caller, ready["password"])
        assert await caller.text() == messages.Consent(False, "2026-11")


async def test_six_wrong_passwords_lock_and_a_yes_unlocks(screen: Screen, server: Server) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.register()
        await agent.event("ready")
        await caller.say(messages.Paired())
        for _ in range(6):
            await caller.exchange("00000000")
        await agent.event("locked")
        agent.say("j")
        ready = await agent.event("ready")
        assert await caller.exchange(str(ready["password"])) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_session_properly(
    screen: Screen, server: Server, number: signal.Signals
) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.register()
        await agent.event("ready")
        agent.process.send_signal(number)
        assert await caller.text() == messages.End()
        await caller.say(messages.Ended("customer", 0, 0, 0))
        assert (await agent.event("ended"))["reason"] == "customer"
        assert await agent.exit_code() == 0


async def test_an_unknown_protocol_says_download_again(screen: Screen, server: Server) -> None:
    async with running_agent(screen, server.url, "--headless") as agent:
        caller = await server.call()
        await caller.text()
        await caller.say(messages.Error("protocol-unsupported"))
        assert (await agent.event("failed"))["code"] == "protocol-unsupported"
        assert await agent.exit_code() == 3


async def test_a_server_that_is_away_is_said_and_called_again(screen: Screen) -> None:
    async with running_agent(screen, "http://127.0.0.1:9", "--headless") as agent:
        assert (await agent.event("unreachable"))["was_connected"] is False
        await agent.event("unreachable")
        agent.process.terminate()
        assert await agent.exit_code() == 0


def test_without_a_screen_it_says_so(screen: Screen) -> None:
    done = once(screen, "--headless", "--server", "http://127.0.0.1:9", DISPLAY=":4711")
    assert done.returncode == 4
    assert "keinen Bildschirm" in done.stdout
    assert done.stderr == ""


def test_without_a_screen_there_is_no_window_either(screen: Screen) -> None:
    done = once(screen, "--server", "http://127.0.0.1:9", "--language=en", DISPLAY=":4711")
    assert done.returncode == 4
    assert "finds no screen" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("language", "words"), [("de", "Xorg"), ("en", "choose 'Xorg'")])
def test_under_wayland_it_says_how_to_log_in_instead(
    screen: Screen, language: str, words: str
) -> None:
    done = once(
        screen,
        "--headless",
        f"--language={language}",
        "--server",
        "http://127.0.0.1:9",
        XDG_SESSION_TYPE="wayland",
    )
    assert done.returncode == 4
    assert words in done.stdout


def test_an_unencrypted_address_is_refused(screen: Screen) -> None:
    done = once(screen, "--headless", "--server", "http://portal.example")
    assert done.returncode == 2
    assert "https://" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_language_follows_the_environment_and_german_is_the_first(screen: Screen) -> None:
    for locale, words in (("en_GB.UTF-8", "finds no screen"), ("C", "keinen Bildschirm")):
        done = once(
            screen, "--headless", "--server", "http://127.0.0.1:9", DISPLAY=":4711", LANG=locale
        )
        assert words in done.stdout


async def test_people_read_sentences_instead_of_json(screen: Screen, server: Server) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "--headless",
        "--server",
        server.url,
        cwd=ROOT,
        env=screen.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    caller = await server.call()
    await caller.register("218123458")
    await asyncio.sleep(0.5)
    process.terminate()
    await caller.text()
    await caller.say(messages.Ended("customer", 0, 0, 0))
    output, _ = await process.communicate()
    assert "218 123 458" in output.decode()
    assert "8,50 EUR inkl. MwSt. je angefangene 10 Minuten" in output.decode()
    assert "{" not in output.decode()


async def test_nothing_stays_on_the_customers_computer(
    screen: Screen, server: Server, tmp_path: Path
) -> None:
    folders = {name: tmp_path / name for name in ("config", "cache", "data", "run", "tmp")}
    for folder in folders.values():
        folder.mkdir()
    screen.extra = {
        "XDG_CONFIG_HOME": str(folders["config"]),
        "XDG_CACHE_HOME": str(folders["cache"]),
        "XDG_DATA_HOME": str(folders["data"]),
        "XDG_RUNTIME_DIR": str(folders["run"]),
        "TMPDIR": str(folders["tmp"]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for options in (["--headless"], []):
        async with running_agent(screen, server.url, *options) as agent:
            caller = await server.call()
            await caller.register()
            ready = await agent.event("ready")
            if options:
                await asked(agent, caller, ready["password"])
                agent.say("j")
                await agent.event("connected")
                await caller.see(lambda image: image.size == (1280, 800))
            agent.process.terminate()
            while not isinstance(await caller.text(), messages.End):
                pass
            await caller.say(messages.Ended("customer", 0, 0, 0))
            assert await agent.exit_code() == 0
    left = [path for folder in (*folders.values(), screen.home) for path in folder.rglob("*")]
    assert left == []


def test_every_line_is_one_json_object(screen: Screen) -> None:
    done = once(screen, "--headless", "--json", "--server", "http://127.0.0.1:9", DISPLAY=":4711")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"event": "failed", "code": "no-screen"}
    ]
