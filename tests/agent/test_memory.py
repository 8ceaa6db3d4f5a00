"""Nothing of a pairing that is over stays in memory."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from agent.memory import give_back, share_heap

# Threads that live at the same time each make a heap of their own, as /proc shows: besides the
# main one they are mapped in pieces of 64 MiB.
HEAPS = """
import re, sys, threading
sys.path.insert(0, sys.argv[1])
from agent.memory import share_heap
if sys.argv[2] == "shared":
    share_heap()
gate = threading.Barrier(5)
def work():
    kept = [bytes(60_000) for _ in range(50)]
    gate.wait()
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
gate.wait()
maps = open("/proc/self/maps").read()
unnamed = "^([0-9a-f]+)-[0-9a-f]+ rw-p 00000000 00:00 0 *$"
print(sum(int(start, 16) % (64 << 20) == 0 for start in re.findall(unnamed, maps, re.M)))
gate.wait()
for thread in threads:
    thread.join()
"""

# What is left in megabytes of a screen that was freed, under something small that is still used,
# after a larger one had been.
KEPT = """
import sys
sys.path.insert(0, sys.argv[1])
from agent.memory import share_heap
if sys.argv[2] == "shared":
    share_heap()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 >> 20
larger = b"1" * (24 << 20)
del larger
before = resident()
screen = b"1" * (16 << 20)
small = [b"1" * 100_000 for _ in range(10)]
del screen
print(resident() - before)
"""


class Picture:
    """Something large that refers to itself by way of another."""

    def __init__(self) -> None:
        self.pixels = bytearray(1 << 20)
        self.told = self.look

    def look(self) -> None:
        """Be bound: the circle."""


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def said(program: str, how: str) -> int:
    command = [sys.executable, "-c", program, ".", how]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.usefixtures("no_collector")
def test_what_hangs_together_in_a_circle_is_found_at_once() -> None:
    picture = Picture()
    seen = weakref.ref(picture)
    del picture
    assert seen() is not None
    give_back()
    assert seen() is None


def test_threads_share_one_heap_once_asked_to() -> None:
    assert said(HEAPS, "own") >= 4
    assert said(HEAPS, "shared") == 0


def test_a_screen_that_is_freed_leaves_nothing_behind_however_large_the_one_before() -> None:
    assert said(KEPT, "own") >= 15
    assert said(KEPT, "shared") <= 3


def test_asking_twice_is_harmless() -> None:
    share_heap()
    share_heap()
    give_back()
