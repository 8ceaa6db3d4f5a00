"""Servers of these tests: processes that listen, and end with the block around them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from dibuc.lifeline import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@contextmanager
def listening(
    port: int, *command: str, settings: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """Run `python -m command` with these variables set, and wait until it listens on `port`."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | (settings or {}),
        preexec_fn=die_with_parent,  # noqa: PLW1509 - it outlives no thread
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the server does not listen"
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()
