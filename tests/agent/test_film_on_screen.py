"""A film on a real screen goes as a film to whoever can show it, all the way."""

import asyncio
import subprocess
import sys

import pytest

from agent.protocol import control
from agent.protocol.picture import Codec
from tests.agent.conftest import ROOT, Screen
from tests.agent.customer import connected, identical, running
from tests.agent.server import Server


@pytest.mark.parametrize("can", [True, False])
async def test_a_film_goes_as_such_and_is_identical_at_rest(
    screen: Screen, server: Server, can: bool
) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.streaming.program", "W5"),
        cwd=ROOT,
        env=screen.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        await program.stdout.readline()
        async with running(screen, server.url) as customer:
            caller = await connected(customer, server)
            await caller.control(control.Can(h264=can))
            await identical(customer, caller)
            program.stdin.write(b"run 2\n")
            await program.stdin.drain()
            await program.stdout.readline()
            codecs = list(caller.painter.codecs)
            assert (codecs.count(Codec.H264) > 10) == can
            await identical(customer, caller)
    finally:
        program.kill()
        await program.wait()
