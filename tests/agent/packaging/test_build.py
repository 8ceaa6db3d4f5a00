"""The one file as it is handed out: what is in it, and that it runs on its own."""

import asyncio
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from PyInstaller.archive.readers import CArchiveReader

from agent import __version__
from agent.encode import h264, kernel
from agent.inject.guard_x11 import FROZEN_WORD
from agent.inject.layout_x11 import Layout
from agent.packaging.build import build
from agent.protocol import control, messages
from agent.xlib import Connection
from tests.agent.conftest import ROOT, Agent, Screen, until
from tests.agent.server import Caller, Server

# What may be in the file besides the standard library. Whoever adds to it knows why.
PACKAGES = {"PIL", "agent", "cryptography", "websockets", "zstandard"}
NEVER = {"numpy", "django", "tests", "pip", "setuptools", "pytest", "sqlite3", "unittest"}
# Shared libraries for which the customer's own are right, or that are nobody's business.
NOT_BUNDLED = ("libc.so", "libm.so", "libXtst", "libXdamage", "libXi.", "libxcb.so", "_sqlite3")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the file: the one that the set-up made, or a new one."""
    folder = ROOT / "build" / "downloads"
    if (folder / "manifest.json").exists():
        return folder
    folder = tmp_path_factory.mktemp("downloads")
    build(folder, "dibuc-fernwartung-{platform}")
    return folder


@pytest.fixture(scope="module")
def program(built: Path) -> Path:
    manifest = json.loads((built / "manifest.json").read_text())
    return built / str(manifest["linux-x86_64"]["file"])


@pytest.fixture(scope="module")
def modules(program: Path) -> set[str]:
    """Return the full names of the Python modules in the file."""
    archive = CArchiveReader(str(program))
    (name,) = [name for name in archive.toc if name.startswith("PYZ")]
    return set(archive.open_embedded_archive(name).toc)


def test_the_manifest_tells_name_version_hash_and_size(built: Path) -> None:
    entry = json.loads((built / "manifest.json").read_text())["linux-x86_64"]
    data = (built / entry["file"]).read_bytes()
    assert entry == {
        "file": "dibuc-fernwartung-linux-x86_64",
        "version": __version__,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }


def test_only_the_packages_that_are_needed_are_in_it(modules: set[str]) -> None:
    tops = {name.partition(".")[0] for name in modules}
    assert tops - set(sys.stdlib_module_names) == PACKAGES
    assert not tops & NEVER


def test_every_module_of_the_agent_is_in_it_but_the_builder(modules: set[str]) -> None:
    there = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "agent").rglob("*.py")
    }
    for name in ("agent.session", "agent.capture.x11", "agent.inject.x11", "agent.gui.window"):
        assert name in modules
    mine = {name for name in modules if name.partition(".")[0] == "agent"}
    assert mine <= there
    assert not [name for name in mine if name.startswith("agent.packaging")]


def test_no_server_is_in_it_that_could_be_talked_to(modules: set[str]) -> None:
    assert "websockets.asyncio.server" not in modules
    assert "http.server" not in modules


def test_the_systems_own_libraries_are_used_where_they_must_be(program: Path) -> None:
    names = list(CArchiveReader(str(program)).toc)
    assert [n for n in names if Path(n).name.startswith(NOT_BUNDLED)] == []


async def start(program: Path, screen: Screen, folder: Path, *options: str) -> Agent:
    """Start it with an environment that holds nothing but the screen, and no Python."""
    process = await asyncio.create_subprocess_exec(
        str(program),
        *options,
        cwd="/",
        env={"DISPLAY": screen.display, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return Agent(process)


def names_in(folder: str) -> list[str]:
    return [path.name for path in Path(folder).iterdir()]


async def stop(agent: Agent, caller: Caller) -> None:
    agent.process.terminate()
    while not isinstance(await caller.text(), messages.End):
        pass
    await caller.say(messages.Ended("customer", 0, 0, 0))
    assert await agent.exit_code() == 0


@pytest.mark.parametrize("options", [("--headless",), ()])
async def test_it_runs_without_python_and_leaves_nothing(
    program: Path, screen: Screen, server: Server, options: tuple[str, ...]
) -> None:
    screen.manager()
    with tempfile.TemporaryDirectory() as folder:
        agent = await start(
            program, screen, Path(folder), "--json", "--server", server.url, *options
        )
        caller = await server.call()
        await caller.register("218123458")
        ready = await agent.event("ready")
        await caller.say(messages.Paired())
        assert await caller.exchange(str(ready["password"])) == ""
        await agent.event("consent_request")
        if options:
            agent.say("j")
        else:
            await asyncio.sleep(1.2)
            screen.run("xdotool", "key", "alt+z")
        assert await caller.text() == messages.Consent(True, "2026-11")
        await caller.see(lambda image: image.size == (1280, 800))
        await stop(agent, caller)
        assert names_in(folder) == []


async def test_killed_with_a_key_pressed_it_leaves_none(
    program: Path, screen: Screen, server: Server, tmp_path: Path
) -> None:
    agent = await start(program, screen, tmp_path, "--headless", "--json", "--server", server.url)
    caller = await server.call()
    await caller.register("218123458")
    ready = await agent.event("ready")
    await caller.say(messages.Paired())
    assert await caller.exchange(str(ready["password"])) == ""
    await agent.event("consent_request")
    agent.say("j")
    await caller.see(lambda image: image.size == (1280, 800))
    await caller.control(control.Key("ControlLeft", down=True))
    connection = Connection(screen.display)
    layout = Layout(connection)
    await asyncio.to_thread(until, lambda: layout.state().base_mods)
    started = psutil.Process(agent.process.pid)
    for process in [*started.children(recursive=True), started]:
        if FROZEN_WORD not in process.cmdline():
            process.kill()
    await agent.process.wait()
    await asyncio.to_thread(until, lambda: not layout.state().base_mods)
    connection.close()


def test_the_compiled_inner_loops_are_in_it(program: Path) -> None:
    names = [n for n in CArchiveReader(str(program)).toc if n.startswith("agent/encode/kernel/")]
    assert names == [f"agent/encode/kernel/{kernel.compiled().name}"]


def test_films_can_be_coded_wherever_it_runs(program: Path) -> None:
    names = set(CArchiveReader(str(program)).toc)
    assert f"agent/encode/h264/{h264.compiled().name}" in names
    assert {"libopenh264.so.7", "licences/openh264/copyright"} <= names


def test_nothing_under_the_gpl_comes_along(program: Path) -> None:
    names = [Path(name).name for name in CArchiveReader(str(program)).toc]
    assert [name for name in names if "x264" in name or name.startswith(("libav", "libsw"))] == []


def test_it_says_its_version(program: Path) -> None:
    done = subprocess.run(
        [str(program), "--version"], env={}, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == __version__


async def test_the_address_that_was_built_in_is_called(
    program: Path, screen: Screen, tmp_path: Path
) -> None:
    agent = await start(program, screen, tmp_path, "--headless", "--json", "--help")
    output, _ = await agent.process.communicate()
    assert b"http://127.0.0.1:8000" in output
