"""The program on the customer's screen: `python -m bench.streaming.program W2`.

It shows the workload, and when told `run SECONDS` on standard input lets it happen and
answers with a JSON line: when it rests, and when each numbered frame was drawn (seconds of
the wall clock, which the browser on the same machine can read too). F9 toggles the probe, a
small square, at any time and without taking the focus from anybody: that is the repaint
whose way to the technician is timed. `end` ends it.
"""

import json
import math
import sys
import time
from typing import Final

from bench.streaming.drawn import DRAWN
from bench.streaming.real import REAL
from bench.streaming.scene import BITS, CELL, PROBE, SIGNAL_X, SIGNAL_Y, Numbered, Scene
from bench.streaming.xlib import Server

SCENES: Final[dict[str, type[Scene]]] = {**DRAWN, **REAL}


class Stage:
    """Lets a scene happen when told, and answers the probe's key at any time."""

    def __init__(self, server: Server, scene: Scene) -> None:
        """Show the probe, and the beacon where the stage draws it, above the scene."""
        self._server = server
        self._scene = scene
        beacon = BITS * CELL if scene.numbered is Numbered.BY_STAGE else 0
        self._probe_x = beacon
        x = SIGNAL_X + BITS * CELL - beacon
        self._signal = server.window(x, SIGNAL_Y, beacon + PROBE, PROBE)
        self._key = server.keycode("F9")
        server.grab_key(self._key)
        self._probe = False
        self._number = 0
        self._show_probe()
        server.sync()

    def _show_probe(self) -> None:
        colour = 0xFFFFFF if self._probe else 0
        self._server.fill(self._signal, colour, (self._probe_x, 0, PROBE, PROBE))
        self._server.flush()

    def _show_beacon(self) -> None:
        for bit in range(BITS):
            colour = 0xFFFFFF if self._number >> bit & 1 else 0
            self._server.fill(self._signal, colour, (bit * CELL, 0, CELL, PROBE))

    def _rest_until(self, moment: float, *others: int) -> list[int]:
        """Answer keys until `moment` (monotonic seconds) or until `others` can be read."""
        while True:
            for _ in range(self._server.presses(self._key)):
                self._probe = not self._probe
                self._show_probe()
            left = moment - time.monotonic()
            if left <= 0:
                return []
            readable = self._server.wait(min(left, 3600), *others)
            if ready := [number for number in others if number in readable]:
                return ready

    def run(self, seconds: float) -> None:
        """Let the scene happen for `seconds` and say on standard output what was drawn when."""
        steps = []
        begin = time.monotonic()
        step = 1
        while (moment := begin + step * self._scene.interval) < begin + seconds:
            self._rest_until(moment)
            self._number += 1
            self._scene.step(self._number)
            if self._scene.numbered is Numbered.BY_STAGE:
                self._show_beacon()
            self._server.sync()
            steps.append((self._number, time.time()))
            step += 1
        self._scene.finish()
        self._rest_until(begin + seconds + self._scene.settles)
        say({"rests": time.time(), "drawn": self._scene.frames(steps)})

    def serve(self) -> None:
        """Obey standard input until it ends."""
        say({"ready": True})
        while self._rest_until(math.inf, sys.stdin.fileno()):
            command, _, argument = sys.stdin.readline().strip().partition(" ")
            if command != "run":
                return
            self.run(float(argument))


def say(message: dict[str, object]) -> None:
    """Print one JSON line at once."""
    print(json.dumps(message), flush=True)


def main(workload: str) -> None:
    """Show the workload and obey."""
    server = Server()
    with SCENES[workload](server) as scene:
        Stage(server, scene).serve()


if __name__ == "__main__":
    main(sys.argv[1])
